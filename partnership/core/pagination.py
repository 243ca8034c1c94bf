"""Pages by key: the next page begins after a value of the last row, so that no page costs more than the first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from django.core.exceptions import BadRequest

T = TypeVar("T")
K = TypeVar("K")

_MOST_KEY = 2**63 - 1  # PostgreSQL's bigint


@dataclass(frozen=True)
class Page(Generic[T]):
    """`after` is the key of the last row, as text for a URL; None on the last page."""

    rows: list[T]
    after: str | None


def build_page(rows: Iterable[T], *, size: int, key: Callable[[T], tuple[object, int]]) -> Page[T]:
    """Build a page of `size` from rows of which one more was fetched; `key`: what they are ordered by, and the pk."""
    found = list(rows)
    if len(found) <= size:
        return Page(found, None)
    return Page(found[:size], format_key(*key(found[size - 1])))


def format_key(value: object, pk: int) -> str:
    """Return a key as text for a URL, which parse_key reads."""
    isoformat = getattr(value, "isoformat", None)
    return f"{isoformat() if isoformat else value},{pk}"


def parse_key(text: str, read: Callable[[str], K]) -> tuple[K, int]:
    """Return the value, parsed by `read`, and the pk of a key; BadRequest when the text is not one."""
    value, _, pk = text.replace("\0", "").rpartition(",")
    try:
        number = int(pk)
        if not -_MOST_KEY <= number <= _MOST_KEY:
            raise ValueError(pk)
        return read(value), number
    except ValueError as error:
        raise BadRequest(f"{text[:80]!r} is no place in this list") from error


def parse_moment(text: str) -> datetime:
    """Parse a moment in ISO format and return it in UTC; ValueError without a time zone."""
    moment = datetime.fromisoformat(text)
    # Years that can be reckoned with in every time zone. In UTC, as PostgreSQL refuses offsets of 16 hours and more.
    if moment.tzinfo is None or not 1000 <= moment.year < 9000:
        raise ValueError(text)
    return moment.astimezone(UTC)
