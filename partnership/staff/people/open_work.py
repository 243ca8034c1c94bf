"""What a colleague has yet to do. The apps above, which know it, add to WORK in ready()."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import QuerySet

from partnership.staff.models import User

_MOST_ROWS = 25


class HandOver(Protocol):
    """Give all of a kind to a colleague, but for what they may not see; return how many."""

    def __call__(self, person: User, /, *, to: User, by: User, at: datetime) -> int: ...


@dataclass(frozen=True)
class WorkKind:
    """A kind of work. `label` says how many there are, `rows` are a colleague's, `link` is the text and URL of one."""

    name: str
    label: Callable[[int], str]
    rows: Callable[[User], "QuerySet[Any]"]
    link: Callable[[Any], tuple[str, str]]
    hand_over: HandOver


WORK: list[WorkKind] = []


@dataclass(frozen=True)
class OpenWork:
    """A kind's rows of one colleague: how many, in words, and the first of them; `more`: how many are not listed."""

    label: str
    links: list[tuple[str, str]]
    more: int


def list_open_work(person: User) -> list[OpenWork]:
    """List what the colleague has yet to do, kinds without any left out."""
    found = []
    for kind in WORK:
        rows = kind.rows(person)
        if number := rows.count():
            links = [kind.link(row) for row in rows[:_MOST_ROWS]]
            found.append(OpenWork(kind.label(number), links, number - len(links)))
    return found
