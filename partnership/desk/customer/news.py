"""What happened on a customer's timeline since a page of it was opened."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Func, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Greatest
from django.http import Http404

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from interactions.models import Deletion, Interaction
from partnership.core.compiled_queries import CompiledQuery
from partnership.core.params import parse_number
from partnership.desk.timeline.entries import Day, days_of
from partnership.desk.timeline.filters import Filters
from partnership.desk.timeline.rows import Line
from partnership.staff.models import User

# A row becomes visible when its transaction ends: so long may that take. The page drops what it shows already.
_LONGEST_TRANSACTION = timedelta(minutes=10)
_MOST_ROWS = 100  # at once; with more, the page offers to be loaded anew
_NO_DELETIONS = "0."


@dataclass(frozen=True)
class News:
    """`gone`: keys of deleted entries, whose traces are among `days`. `is_too_much`: there are more rows than shown."""

    days: list[Day]
    gone: list[int]
    is_too_much: bool


@dataclass(frozen=True)
class _TimelineState:
    """`rows` and `deletions` change with every change of the timeline, in any order of commits."""

    customer: Customer
    rows: str
    deletions: str


def timeline_state_or_404(viewer: User, pk: int) -> _TimelineState:
    found = _OF_ANY(pk=pk) if viewer.is_manager else _OF_VISIBLE(pk=pk, viewer=viewer.pk)
    if not found:
        raise Http404
    read = vars(found[0])
    return _TimelineState(found[0], read["row_state"], read["deletion_state"])


def _with_state(visible: CustomerQuerySet, pk: int) -> CustomerQuerySet:
    people = visible.unmerged().filter(Q(pk=pk) | Q(organisation=pk)).order_by().values("pk")
    rows = Interaction.objects.filter(customer__in=people).order_by().annotate(state=_joined("count", "max", "pk"))
    deletions = Deletion.objects.filter(customer__in=people).order_by()
    changed = Greatest("deleted_at", "undone_at")  # of those that are there
    changes = deletions.annotate(changed=changed).annotate(state=_joined("count", "max", "changed"))
    return (
        visible.unmerged()
        .filter(pk=pk)
        .select_related("score")
        .annotate(row_state=Subquery(rows.values("state")), deletion_state=Subquery(changes.values("state")))
    )


def _of_any(pk: int) -> CustomerQuerySet:
    return _with_state(Customer.objects.all(), pk)


def _of_visible(pk: int, viewer: int) -> CustomerQuerySet:
    return _with_state(Customer.objects.visible_to_non_manager(viewer), pk)


_OF_ANY = CompiledQuery(_of_any, pk=int)
_OF_VISIBLE = CompiledQuery(_of_visible, pk=int, viewer=int)


def _joined(first: str, second: str, field: str) -> Func:
    """Join two aggregates of a subquery into one text; Django would group by an Aggregate."""
    aggregates = (Func(F(field), function=name, output_field=TextField()) for name in (first, second))
    one, other = aggregates
    return Func(one, Value("."), other, function="concat", output_field=TextField())


def news_of(line: Line, filters: Filters, *, since: datetime, known: str, deletions: str) -> News:
    """Read what is new. `known`: the state that the page was told last, empty at first; `deletions`: theirs now."""
    rows_then, deletions_then = [*known.split("/"), "", ""][:2]
    new = Q(recorded_at__gte=since)
    if rows_then:
        new |= Q(pk__gt=parse_number(rows_then.rpartition(".")[2]) or 0)
    has_changed = deletions not in (deletions_then, _NO_DELETIONS)
    changed = list(_changed_deletions(line, since)) if has_changed else []
    restored = [deletion.interaction_id for deletion in changed if deletion.undone_at]
    if restored:
        new |= Q(pk__in=restored)
    gone = [deletion for deletion in changed if not deletion.undone_at]
    earliest = since - _LONGEST_TRANSACTION
    rows = list(line.rows(filters).matching(new | Q(recorded_at__gte=earliest))[: _MOST_ROWS + 1])
    if len(rows) > _MOST_ROWS:  # much was recorded shortly before the page was opened, which shows that
        rows = list(line.rows(filters).matching(new)[: _MOST_ROWS + 1])
    traces = sorted(gone, key=lambda deletion: (deletion.occurred_at, deletion.interaction_id), reverse=True)
    shown = traces if filters.shows_traces else ()
    days = days_of(rows[:_MOST_ROWS], line.customer, deletions=shown, words=filters.words, viewer=line.viewer)
    return News(days, [deletion.interaction_id for deletion in gone], len(rows) > _MOST_ROWS)


def _changed_deletions(line: Line, since: datetime) -> QuerySet[Deletion]:
    earliest = since - _LONGEST_TRANSACTION
    return (
        Deletion.objects.filter(Q(deleted_at__gte=earliest) | Q(undone_at__gte=earliest), customer__in=line.people_ids)
        .select_related("by", "customer")
        .order_by("deleted_at")
    )
