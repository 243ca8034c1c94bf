"""What the URL of the list asks for."""

from collections.abc import Mapping
from typing import TypedDict
from urllib.parse import urlencode


class Criteria(TypedDict, total=False):
    """The understood parameters of the list: search, filters and order. Those not given are absent."""

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
    """Write parameters as a query string, a ticked box as 1."""
    return urlencode({name: 1 if value is True else value for name, value in params.items()})
