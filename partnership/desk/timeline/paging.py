"""One page of a timeline, and the keys of the rows above and below it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from django.db.models import Q, QuerySet
from django.http import Http404, QueryDict

from interactions.models import Deletion, Interaction
from interactions.querysets import PAGE_SIZE
from partnership.core.compiled_queries import CompiledQuery
from partnership.core.pagination import format_key, parse_key, parse_moment
from partnership.core.params import parse_number
from partnership.desk.timeline.entries import Day, days_of
from partnership.desk.timeline.filters import Filters, day_in, start_of
from partnership.desk.timeline.rows import LIST_TEXT_LENGTH, Line, PeopleIds, Row
from partnership.desk.timeline.tier_changes import TierChange, tier_changes

_ROWS_ABOVE = 10  # shown above the entry that was asked for

Key = tuple[datetime, int]

# Beyond both ends of every timeline.
_NEWEST = datetime.max.replace(tzinfo=UTC), 0
_OLDEST = datetime.min.replace(tzinfo=UTC), 0


@dataclass(frozen=True)
class Place:
    """Where the page lies: at the top, below or above a key, around an entry, or down from a day."""

    before: Key | None = None
    after: Key | None = None
    at: int | None = None
    day: date | None = None

    @classmethod
    def of(cls, given: QueryDict) -> "Place":
        """Read a query string. BadRequest when a key is none."""
        before, after = given.get("before"), given.get("after")
        return cls(
            before=parse_key(before, parse_moment) if before else None,
            after=parse_key(after, parse_moment) if after else None,
            at=parse_number(given.get("at", "")),
            day=day_in(given.get("day", "")),
        )


@dataclass(frozen=True)
class Window:
    """`newer` and `older`: keys as text, None at the ends of the timeline. `at`: the entry that was asked for."""

    days: list[Day]
    newer: str | None
    older: str | None
    at: int | None = None


def window(
    line: Line, filters: Filters, place: Place, *, size: int = PAGE_SIZE, limit: int = LIST_TEXT_LENGTH
) -> Window:
    """Read one page. Http404 when the entry that is asked for isn't on this timeline."""
    if place.after:
        return _window_above(line, filters, place.after, size)
    rows, key, nearby = line.rows(filters, limit=limit), place.before, []
    if place.at:
        moment, pk = _key_of(line, place.at)
        key, nearby = (moment, pk + 1), rows.after((moment, pk), _ROWS_ABOVE)
    elif place.day:
        key = _end_of(place.day)
    found = [*nearby, *rows.read_before(key, size + 1)]
    shown = found[: size + len(nearby)]
    top = _key_of_row(nearby[0]) if len(nearby) == _ROWS_ABOVE else None if nearby or place.at else key
    bottom = _key_of_row(shown[-1]) if len(found) > len(shown) else None
    newer = _key_of_row(shown[0]) if key and shown else key
    return Window(_days_between(line, filters, shown, top, bottom), _key_text(newer), _key_text(bottom), place.at)


def _window_above(line: Line, filters: Filters, key: Key, size: int) -> Window:
    found = line.rows(filters).after(key, size + 1)
    shown = found[-size:]
    top = _key_of_row(shown[0]) if len(found) > len(shown) else None
    return Window(_days_between(line, filters, shown, top, key), _key_text(top), format_key(*key))


def _days_between(line: Line, filters: Filters, rows: list[Row], top: Key | None, bottom: Key | None) -> list[Day]:
    """Group rows with the traces of deleted entries and the tier changes between two keys (None: the end)."""
    top, bottom = top or _NEWEST, bottom or _OLDEST
    gone = _traces_between(line, filters, top, bottom) if filters.shows_traces else ()
    tiers: list[TierChange] = []
    if filters.shows_tiers:
        tiers = tier_changes(line.customer, line.firm, line.tier_changes, above=bottom[0], below=top[0])
    return days_of(
        rows,
        line.customer,
        deletions=gone,
        tiers=tiers,
        words=filters.words,
        viewer=line.viewer,
        folds=filters.collapses,
    )


def _traces_between(line: Line, filters: Filters, top: Key, bottom: Key) -> list[Deletion]:
    if line.has_people:
        return list(_traces(filters, line.people_ids, top, bottom))
    keys = {"top": top[0], "top_pk": top[1], "bottom": bottom[0], "bottom_pk": bottom[1]}
    return _compiled_traces(filters.scope)(customer=line.customer.pk, **keys)


@lru_cache
def _compiled_traces(scope: str) -> CompiledQuery[Deletion]:
    """Compile the traces on one customer's own timeline."""

    def build(customer: int, top: datetime, top_pk: int, bottom: datetime, bottom_pk: int) -> QuerySet[Deletion]:
        return _traces(Filters(scope=scope), [customer], (top, top_pk), (bottom, bottom_pk))

    return CompiledQuery(build, customer=int, top=datetime, top_pk=int, bottom=datetime, bottom_pk=int)


def _traces(filters: Filters, people_ids: PeopleIds, top: Key, bottom: Key) -> QuerySet[Deletion]:
    """Query the traces between two keys, without them."""
    below = Q(occurred_at__lt=top[0]) | Q(occurred_at=top[0], interaction_id__lt=top[1])
    above = Q(occurred_at__gt=bottom[0]) | Q(occurred_at=bottom[0], interaction_id__gt=bottom[1])
    found = Deletion.objects.filter(filters.in_scope, below, above, customer__in=people_ids, undone_at=None)
    return found.select_related("by", "customer").order_by("-occurred_at", "-interaction_id")


def _key_of(line: Line, pk: int) -> Key:
    found = Interaction.objects.filter(pk=pk, customer__in=line.people_ids).values_list("occurred_at", "pk").first()
    if found is None:
        raise Http404
    return found


def _key_of_row(row: Row) -> Key:
    return row.occurred_at, row.pk


def _end_of(day: date) -> Key | None:
    moment = start_of(day, after=1)
    return (moment, 0) if moment else None


def _key_text(key: Key | None) -> str | None:
    return format_key(*key) if key else None
