"""What the URL of the list asks for."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TypedDict
from urllib.parse import urlencode


class Criteria(TypedDict, total=False):
    """The understood parameters of the list: search, filters and order. Those not given are absent.

    Filters by custom fields have the names that desk.custom_fields.filters gives them.
    """

    q: str
    tier: int
    owner: str
    tag: str
    lifecycle: str
    sort: str
    waiting: bool
    stalled: bool
    quiet: bool
    do_not_contact: bool
    renews: str


def encode_query(params: Mapping[str, object]) -> str:
    """Write parameters as a query string, a ticked box as 1, several choices one after the other."""
    return urlencode({name: _encode(value) for name, value in params.items()}, doseq=True)


def _encode(value: object) -> object:
    if isinstance(value, Decimal):
        # Six decimals: three could be read as thousands.
        return int(value) if value == value.to_integral_value() else f"{value:.6f}"
    return 1 if value is True else value
