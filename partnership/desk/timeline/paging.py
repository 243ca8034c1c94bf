"""A stretch of a line of time, and the keys of what lies above and below it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, QueryDict

from interactions.models import Deletion, Interaction
from interactions.querysets import PAGE_SIZE
from partnership.core.compiled_queries import Prepared
from partnership.core.pagination import as_text, parse_key, read_moment
from partnership.core.params import parse_number
from partnership.desk.timeline.entries import Day, days_of
from partnership.desk.timeline.filters import Filters, day_in, start_of
from partnership.desk.timeline.rows import LONG, Line
from partnership.desk.timeline.tier_changes import tier_changes

ABOVE = 10
"""Rows that are shown above the one that was asked for."""

Key = tuple[datetime, int]

NEWEST = datetime.max.replace(tzinfo=UTC), 0
OLDEST = datetime.min.replace(tzinfo=UTC), 0
"""Beyond the ends of every line."""


@dataclass(frozen=True)
class Place:
    """Where in the line: its newest end, below or above a key, around an entry, or down from a day."""

    before: Key | None = None
    after: Key | None = None
    at: int | None = None
    day: date | None = None

    @classmethod
    def of(cls, given: QueryDict) -> "Place":
        """BadRequest when a key is none."""
        before, after = given.get("before"), given.get("after")
        return cls(
            before=parse_key(before, read_moment) if before else None,
            after=parse_key(after, read_moment) if after else None,
            at=parse_number(given.get("at", "")),
            day=day_in(given.get("day", "")),
        )


@dataclass(frozen=True)
class Window:
    """`newer` and `older` are keys as text, None where the line ends (`newer`: or where it begins)."""

    days: list[Day]
    newer: str | None
    older: str | None
    at: int | None = None


def window(line: Line, filters: Filters, place: Place, *, size: int = PAGE_SIZE, limit: int = LONG) -> Window:
    """Http404 when the entry that is asked for isn't on this line."""
    if place.after:
        return window_above(line, filters, place.after, size)
    rows, key, nearby = line.rows(filters, limit=limit), place.before, []
    if place.at:
        moment, pk = key_of(line, place.at)
        key, nearby = (moment, pk + 1), rows.after((moment, pk), ABOVE)
    elif place.day:
        key = end_of(place.day)
    found = [*nearby, *rows.read_before(key, size + 1)]
    shown = found[: size + len(nearby)]
    top = key_of_row(nearby[0]) if len(nearby) == ABOVE else None if nearby or place.at else key
    bottom = key_of_row(shown[-1]) if len(found) > len(shown) else None
    newer = key_of_row(shown[0]) if key and shown else key
    return Window(days_between(line, filters, shown, top, bottom), as_key(newer), as_key(bottom), place.at)


def window_above(line: Line, filters: Filters, key: Key, size: int) -> Window:
    found = line.rows(filters).after(key, size + 1)
    shown = found[-size:]
    top = key_of_row(shown[0]) if len(found) > len(shown) else None
    return Window(days_between(line, filters, shown, top, key), as_key(top), as_text(*key))


def days_between(line: Line, filters: Filters, rows: list[Any], top: Key | None, bottom: Key | None) -> list[Day]:
    """With the traces of what was deleted between these keys (None: where the line ends) and the changes of the tier,
    where nothing but a scope was asked for."""
    top, bottom = top or NEWEST, bottom or OLDEST
    gone = traces_between(line, filters, top, bottom) if filters.shows_traces else ()
    tiers = tier_changes(line.customer, line.firm, above=bottom[0], below=top[0]) if filters.shows_tiers else ()
    return days_of(rows, line.customer, deletions=gone, tiers=tiers, words=filters.words, viewer=line.viewer)


def traces_between(line: Line, filters: Filters, top: Key, bottom: Key) -> list[Deletion]:
    if line.has_people:
        return list(traces(filters, line.people_ids, top, bottom))
    given = {"top": top[0], "top_pk": top[1], "bottom": bottom[0], "bottom_pk": bottom[1]}
    return traces_read(filters.scope)(customer=line.customer.pk, **given)


@lru_cache
def traces_read(scope: str) -> Prepared:
    """Of one customer's line."""

    def build(customer: int, top: datetime, top_pk: int, bottom: datetime, bottom_pk: int) -> QuerySet[Deletion]:
        return traces(Filters(scope=scope), [customer], (top, top_pk), (bottom, bottom_pk))

    return Prepared(build, customer=int, top=datetime, top_pk=int, bottom=datetime, bottom_pk=int)


def traces(filters: Filters, people_ids: Any, top: Key, bottom: Key) -> QuerySet[Deletion]:
    """Between two keys, without them."""
    below = Q(occurred_at__lt=top[0]) | Q(occurred_at=top[0], interaction_id__lt=top[1])
    above = Q(occurred_at__gt=bottom[0]) | Q(occurred_at=bottom[0], interaction_id__gt=bottom[1])
    stand = Deletion.objects.filter(filters.in_scope, below, above, customer__in=people_ids, undone_at=None)
    return stand.select_related("by", "customer").order_by("-occurred_at", "-interaction_id")


def key_of(line: Line, pk: int) -> Key:
    found = Interaction.objects.filter(pk=pk, customer__in=line.people_ids).values_list("occurred_at", "pk").first()
    if found is None:
        raise Http404
    return found


def key_of_row(row: Any) -> Key:
    return row.occurred_at, row.pk


def end_of(day: date) -> Key | None:
    moment = start_of(day, after=1)
    return (moment, 0) if moment else None


def as_key(key: Key | None) -> str | None:
    return as_text(*key) if key else None
