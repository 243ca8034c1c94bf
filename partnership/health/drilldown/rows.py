"""The rows that a number counts, a page by key, each with a link to where it stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import islice
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Commitment, Goal
from interactions.models import Interaction
from interactions.models.kinds import Kind
from partnership.core.pagination import Page, page_of, parse_key, read_moment
from partnership.health.frame.scope import Scope
from partnership.health.frame.wording import hours, in_words
from partnership.health.models import Answer
from partnership.health.rollup.metrics import MEASURES, Measure, Rows
from partnership.health.rollup.periods import Span

SIZE = 50
BATCH = 1000
"""Rows of a file that are fetched at a time."""


@dataclass(frozen=True)
class Row:
    """`day` is empty where what is counted has none; `detail`: time, due day, how long they waited."""

    day: str
    customer: str
    customer_url: str
    what: str
    url: str
    detail: str

    @property
    def cells(self) -> tuple[str, ...]:
        return self.day, self.customer, self.what, self.detail


def heads() -> list[str]:
    return [_("Day"), _("Customer"), _("What"), _("Detail")]


def counted(scope: Scope, name: str, *, before: bool = False) -> Rows:
    """The newest first; where there is no day, the newest record."""
    measure, asked = MEASURES[name], scope.span(before=before)
    found = measure.within(scope.firm, scope.day, asked).filter(customer__in=scope.customers())
    if measure.day in IN_LINE:
        found = found.filter(**about(scope, IN_LINE[measure.day], asked)).defer(
            "html", "quoted", "source_snapshot", "payload"
        )
    order = [f"-{line_of(measure)}"] if measure.day else []
    unshown = (f"customer__{name}" for name in ("source_snapshot", "trigrams", "attributes", "about", "tags"))
    return found.select_related("customer", *MORE.get(found.model, ())).defer(*unshown).order_by(*order, "-pk")


IN_LINE = {"occurred_on": "occurred_at"}
"""A day and the moment that it was told from: these have an index for everybody, interactions_newest."""

SLACK = timedelta(days=2)
"""The days were told in the zone that the firm had then."""


def line_of(measure: Measure) -> str:
    return IN_LINE.get(measure.day, measure.day)


def about(scope: Scope, moment: str, asked: Span) -> dict[str, datetime]:
    begin, end = scope.firm.start_of_day(asked.since) - SLACK, scope.firm.end_of_day(asked.until) + SLACK
    return {f"{moment}__gte": begin, f"{moment}__lt": end}


MORE: dict[Any, tuple[str, ...]] = {Commitment: ("owner",), Answer: ("conversation",)}


def page(scope: Scope, name: str, *, before: bool = False, after: str = "") -> Page[Row]:
    """BadRequest when `after` is no place in the list."""
    measure, found = MEASURES[name], counted(scope, name, before=before)
    line = line_of(measure)
    if after and line:
        value, pk = parse_key(after, read_moment)
        found = found.filter(**{f"{line}__lte": value}).exclude(**{line: value, "pk__gte": pk})
    elif after:
        found = found.filter(pk__lt=parse_key(after, str)[1])
    key = (lambda one: (getattr(one, line), one.pk)) if line else (lambda one: ("", one.pk))
    page = page_of(found[: SIZE + 1], size=SIZE, key=key)
    return Page([row_of(one, measure.day, scope.firm.zone) for one in page.rows], page.after)


def every(scope: Scope, name: str, *, before: bool = False) -> Iterator[tuple[str, ...]]:
    """All of them for a file, never more than BATCH in memory."""
    rows = counted(scope, name, before=before).iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        yield from (row_of(one, MEASURES[name].day, scope.firm.zone).cells for one in batch)


def row_of(one: Any, day: str, zone: tzinfo) -> Row:
    """A file is written when the zone of the page that asked is gone: it is given."""
    what, url, detail = DESCRIBED[type(one)](one)
    moment = getattr(one, day) if day else None
    when = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
    return Row(when.isoformat() if when else "", one.customer.name, one.customer.get_absolute_url(), what, url, detail)


def of_entry(one: Interaction) -> tuple[str, str, str]:
    text = one.subject or one.body[:80]
    kind = str(Kind(one.kind).label)  # get_kind_display() goes through all kinds
    what = f"{kind}: {text}" if text else kind
    amount = f"{one.amount:,.2f} {one.currency}" if one.amount is not None else ""
    spent = hours(one.minutes) if one.minutes else ""
    return what, reverse("entry", args=[one.customer_id, one.pk]), " · ".join(filter(None, [spent, amount]))


def of_goal(one: Goal) -> tuple[str, str, str]:
    detail = _("due %s") % in_words(one.due_on) if one.due_on else ""
    return one.title, one.customer.get_absolute_url(), detail


def of_promise(one: Commitment) -> tuple[str, str, str]:
    parts = [_("due %s") % in_words(one.due_on) if one.due_on else "", one.owner.name if one.owner else ""]
    timeline = f"{reverse('timeline', args=[one.customer_id])}?kind=commitment_{one.status}"
    made = f"{reverse('timeline', args=[one.customer_id])}?kind=commitment_made"
    return one.what, made if one.status == one.Status.OPEN else timeline, " · ".join(filter(None, parts))


def of_answer(one: Answer) -> tuple[str, str, str]:
    detail = _("waited %(waited)s, promised %(promised)d business hours") % {
        "waited": hours(one.waited / 60), "promised": one.promised,
    }  # fmt: skip
    return str(one.conversation), reverse("conversation", args=[one.conversation_id]), detail


DESCRIBED: dict[Any, Callable[[Any], tuple[str, str, str]]] = {
    Interaction: of_entry, Goal: of_goal, Commitment: of_promise, Answer: of_answer,
}  # fmt: skip
