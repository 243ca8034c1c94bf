"""What happened on somebody's line of time since a page of it was opened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Func, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Greatest
from django.http import Http404

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from interactions.models import Deletion, Interaction
from partnership.core.compiled_queries import Prepared
from partnership.core.params import parse_number
from partnership.desk.timeline.entries import Day, days_of
from partnership.desk.timeline.filters import Filters
from partnership.desk.timeline.rows import Line
from partnership.staff.models import User

OVERLAP = timedelta(minutes=10)
"""What is recorded becomes visible when its transaction ends: so long may that take. What is told twice is dropped by
the page, which knows what it shows."""

MOST = 100
"""Rows that are told at once; whoever missed more opens the page anew."""


NO_LOSSES = "0."


@dataclass(frozen=True)
class News:
    """`gone`: keys of deleted entries, whose traces are among `days`."""

    days: list[Day]
    gone: list[int]
    is_too_much: bool


def with_state_or_404(viewer: User, pk: int) -> Any:
    """A customer; `rows` and `losses` differ whenever the line does, whatever order its changes were committed in."""
    read, given = (OF_ALL, {}) if viewer.is_manager else (OF_THOSE_SEEN, {"viewer": viewer.pk})
    for found in read(pk=pk, **given):
        return found
    raise Http404


def with_state(visible: CustomerQuerySet, pk: int) -> CustomerQuerySet:
    people = visible.unmerged().filter(Q(pk=pk) | Q(organisation=pk)).order_by().values("pk")
    rows = Interaction.objects.filter(customer__in=people).order_by().annotate(state=text_of("count", "max", "pk"))
    deletions = Deletion.objects.filter(customer__in=people).order_by()
    changed = Greatest("deleted_at", "undone_at")  # of those that are there
    losses = deletions.annotate(changed=changed).annotate(state=text_of("count", "max", "changed"))
    return (
        visible.unmerged()
        .filter(pk=pk)
        .select_related("score")
        .annotate(rows=Subquery(rows.values("state")), losses=Subquery(losses.values("state")))
    )


OF_ALL = Prepared(lambda pk: with_state(Customer.objects.all(), pk), pk=int)
OF_THOSE_SEEN = Prepared(
    lambda pk, viewer: with_state(Customer.objects.visible_to_non_manager(viewer), pk), pk=int, viewer=int
)


def text_of(first: str, second: str, field: str) -> Func:
    """Both aggregates of a subquery as one text; Django would group by an Aggregate."""
    aggregates = (Func(F(field), function=name, output_field=TextField()) for name in (first, second))
    one, other = aggregates
    return Func(one, Value("."), other, function="concat", output_field=TextField())


def news_of(line: Line, filters: Filters, *, since: datetime, known: str, losses: str) -> News:
    """`known`: the state of the line as the page was told it last, empty at first; `losses`: now."""
    rows_then, losses_then = [*known.split("/"), "", ""][:2]
    new = Q(recorded_at__gte=since)
    if rows_then:
        new |= Q(pk__gt=parse_number(rows_then.rpartition(".")[2]) or 0)
    deletions = list(changed_deletions(line, since)) if losses not in (losses_then, NO_LOSSES) else []
    restored = [deletion.interaction_id for deletion in deletions if deletion.undone_at]
    if restored:
        new |= Q(pk__in=restored)
    gone = [deletion for deletion in deletions if not deletion.undone_at]
    late = Q(recorded_at__gte=since - OVERLAP)
    rows: list[Any] = list(line.rows(filters).these(new | late)[: MOST + 1])
    if len(rows) > MOST:  # much was recorded shortly before the page was opened, which shows that
        rows = list(line.rows(filters).these(new)[: MOST + 1])
    traces = sorted(gone, key=lambda gone: (gone.occurred_at, gone.interaction_id), reverse=True)
    shown = traces if filters.shows_traces else ()
    days = days_of(rows[:MOST], line.customer, deletions=shown, words=filters.words, viewer=line.viewer)
    return News(days, [deletion.interaction_id for deletion in gone], len(rows) > MOST)


def changed_deletions(line: Line, since: datetime) -> QuerySet[Deletion]:
    lately = Q(deleted_at__gte=since - OVERLAP) | Q(undone_at__gte=since - OVERLAP)
    return (
        Deletion.objects.filter(lately, customer__in=line.people_ids)
        .select_related("by", "customer")
        .order_by("deleted_at")
    )
