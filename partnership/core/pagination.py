"""Pages by key: where a page ends is a value of its last row, so that no page costs more than the first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.core.exceptions import BadRequest

T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True)
class Page(Generic[T]):
    """`after` is the key of its last row, as text for a URL; None on the last page."""

    rows: list[T]
    after: str | None


def page_of(rows: Iterable[T], *, size: int, key: Callable[[T], tuple[object, int]]) -> Page[T]:
    """A page of `size` from rows of which one more was fetched. `key`: what they are ordered by, and the pk."""
    found = list(rows)
    if len(found) <= size:
        return Page(found, None)
    return Page(found[:size], as_text(*key(found[size - 1])))


def as_text(value: object, pk: int) -> str:
    isoformat = getattr(value, "isoformat", None)
    return f"{isoformat() if isoformat else value},{pk}"


def parse_key(text: str, read: Callable[[str], K]) -> tuple[K, int]:
    """The value and the pk of a key; BadRequest when it is none."""
    value, _, pk = text.replace("\0", "").rpartition(",")
    try:
        return read(value), int(pk)
    except ValueError as error:
        raise BadRequest(f"{text!r} is no place in this list") from error


def read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1 < moment.year < 9999:  # the ends of time are days that some time zones lack
        raise ValueError(text)
    return moment
