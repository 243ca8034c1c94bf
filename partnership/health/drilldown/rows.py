"""The rows that a number counts, a page by key, each with a link to where it stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.db.models import Model, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Commitment, Goal
from interactions.models import Interaction, Settlement
from interactions.models.kinds import Kind
from partnership.core.formats import format_number
from partnership.core.pagination import Page, build_page, parse_key, parse_moment
from partnership.health.drilldown import row_files
from partnership.health.frame.scope import Scope
from partnership.health.frame.wording import format_day, hours
from partnership.health.models import Answer
from partnership.health.rollup.metrics import METRICS, Metric, Rows
from partnership.health.rollup.periods import Span

SIZE = 50


@dataclass(frozen=True)
class Action:
    """What to do about a row: a link, or with `posts` a button; `returns`: it leads back to the page named `next`."""

    label: str
    url: str
    posts: bool = False
    returns: bool = False


@dataclass(frozen=True)
class Row:
    """`day`: when it happened, None for a number as of today, whose rows have `since` instead; `detail`: time, due day,
    how long they waited."""

    day: date | None
    customer: str
    customer_url: str
    what: str
    url: str
    detail: str
    owner: str = ""
    since: date | None = None
    action: Action | None = None


def shown_heads(name: str) -> list[str]:
    """Return the heads of the page, the last of which an action without a head follows."""
    day = _("Day") if METRICS[name].day else _("Since")
    return [day, _("Customer"), _("What"), _("Detail"), _("Owner")]


def counted_rows(scope: Scope, name: str, *, before: bool = False) -> Rows:
    """Return the rows that a metric counts: the newest first, but promises owed by their due day, the oldest first."""
    metric, asked = METRICS[name], scope.span(before=before)
    found = metric.within(scope.firm, scope.day, asked).filter(**{f"{metric.customer}__in": scope.customers()})
    if metric.day in _SORTED_BY:
        found = found.filter(**bound_moments(scope, _SORTED_BY[metric.day], asked)).defer(
            "html", "quoted", "source_snapshot", "payload"
        )
    if name in _OWED_SINCE:
        order = [_OWED_SINCE[name], "pk"]
    else:
        order = [f"-{_sort_field(metric)}", "-pk"] if metric.day else ["-pk"]
    unshown = (f"{metric.customer}__{name}" for name in ("source_snapshot", "trigrams", "attributes", "about", "tags"))
    related = [metric.customer, f"{metric.customer}__owner"]
    if name in _OF_MISTAKES:
        related.append("recovery")
    return found.select_related(*related, *_RELATED.get(found.model, ())).defer(*unshown).order_by(*order)


_OWED_SINCE = {"ours_owed": "due_on", "theirs_owed": "due_on"}
"""The day since which it is owed, of numbers of which the oldest row comes first."""

_OF_MISTAKES = ("mistakes", "recoveries_open")

_SORTED_BY = {"occurred_on": "occurred_at"}
"""A day and the moment that it was told from: these have an index for everybody, interactions_newest."""

_ZONE_SLACK = timedelta(days=2)


def _sort_field(metric: Metric) -> str:
    return _SORTED_BY.get(metric.day, metric.day)


def bound_moments(scope: Scope, moment: str, asked: Span) -> dict[str, datetime]:
    """Return filters of a moment that hold for all days asked for, whatever zone the firm had then."""
    begin, end = scope.firm.start_of_day(asked.since) - _ZONE_SLACK, scope.firm.end_of_day(asked.until) + _ZONE_SLACK
    return {f"{moment}__gte": begin, f"{moment}__lt": end}


@dataclass(frozen=True)
class Extent:
    """How many rows there are, `more` than that where they are too many to count, and the sum of their `amount`."""

    count: int
    more: bool
    amount: int | None


_MOST_COUNTED = 10_000


def extent(scope: Scope, name: str, *, before: bool = False, today: date) -> Extent:
    """Return the metric's own number, of the boards; of the rows themselves as of an earlier day than `today`."""
    metric = METRICS[name]
    column = f"before_{name}" if before and metric.day else name
    stored = scope.totals(name)[column] if scope.day == today else None
    if stored is not None and not metric.amount:
        return Extent(stored, False, None)
    rows = counted_rows(scope, name, before=before)
    count = rows.order_by()[: _MOST_COUNTED + 1].count()
    if metric.amount and stored is None:
        stored = rows.order_by().aggregate(sum=Sum(metric.amount))["sum"] or 0
    return Extent(min(count, _MOST_COUNTED), count > _MOST_COUNTED, stored if metric.amount else None)


def describe_extent(scope: Scope, name: str, *, before: bool = False, today: date) -> str:
    """Say how many rows there are and what they sum up to."""
    found = extent(scope, name, before=before, today=today)
    text = _("More than %s rows") if found.more else ngettext("%s row", "%s rows", found.count)
    count = text % format_number(found.count)
    if found.amount is None:
        return count
    is_money = METRICS[name].amount == "amount"
    amount = f"{format_number(found.amount)} {scope.firm.currency}" if is_money else hours(found.amount)
    return _("%(count)s, %(amount)s in total") % {"count": count, "amount": amount}


_RELATED: dict[type[Model], tuple[str, ...]] = {
    Commitment: ("owner",), Answer: ("conversation",), Settlement: ("by",),
}  # fmt: skip


def page(scope: Scope, name: str, *, before: bool = False, after: str = "") -> Page[Row]:
    """BadRequest when `after` is no place in the list."""
    metric, found = METRICS[name], counted_rows(scope, name, before=before)
    line = _OWED_SINCE.get(name) or _sort_field(metric)
    if after and name in _OWED_SINCE:
        day, pk = parse_key(after, date.fromisoformat)
        found = found.filter(**{f"{line}__gte": day}).exclude(**{line: day, "pk__lte": pk})
    elif after and line:
        value, pk = parse_key(after, parse_moment)
        found = found.filter(**{f"{line}__lte": value}).exclude(**{line: value, "pk__gte": pk})
    elif after:
        found = found.filter(pk__lt=parse_key(after, str)[1])
    key = (lambda one: (getattr(one, line), one.pk)) if line else (lambda one: ("", one.pk))
    page = build_page(found[: SIZE + 1], size=SIZE, key=key)
    return Page([_row(one, name, scope.firm.zone) for one in page.rows], page.after)


def file_heads(scope: Scope, name: str) -> list[str]:
    """Return the heads of the file: as on the page, then what the detail says in cells of its own, and who it is."""
    return row_files.heads(METRICS[name].rows(scope.firm, scope.day).model, day=shown_heads(name)[0])


def export_rows(scope: Scope, name: str, *, before: bool = False) -> Iterator[list[object]]:
    """All of them for a file, never more than BATCH in memory."""
    metric, found = METRICS[name], counted_rows(scope, name, before=before)
    zone = scope.firm.zone
    with_owners = found.select_related(f"{metric.customer}__owner")
    return row_files.lines(scope, with_owners, lambda one: _row(one, name, zone), lambda one: one.customer)


def _row(one: Any, name: str, zone: tzinfo) -> Row:
    """A file is written when the zone of the page that asked is gone: it is given."""
    what, url, detail = _DESCRIPTIONS[type(one)](one)
    owner = one.customer.owner.name if one.customer.owner else ""
    day, begins = METRICS[name].day, _OWED_SINCE.get(name) or _BEGINS_AT.get(type(one), "")
    since = None if day else _day_of(getattr(one, begins, None), zone)
    when = _day_of(getattr(one, day), zone) if day else None
    return Row(
        when, one.customer.name, one.customer.get_absolute_url(), what, url, detail, owner, since, action_of(one)
    )


def _day_of(moment: datetime | date | None, zone: tzinfo) -> date | None:
    return moment.astimezone(zone).date() if isinstance(moment, datetime) else moment


_BEGINS_AT: dict[type[Model], str] = {Interaction: "occurred_on", Goal: "set_at", Commitment: "made_at"}
"""The field that says since when a row of another number as of today is so."""


def action_of(one: Any) -> Action | None:
    """Return the act that settles the row; None where there is no single one."""
    if isinstance(one, Commitment) and one.status in (one.Status.OPEN, one.Status.MISSED):
        return Action(_("Mark as kept"), reverse("promise_keeping", args=[one.pk]), posts=True, returns=True)
    if isinstance(one, Answer) and one.late:
        return Action(_("Open the conversation"), reverse("conversation", args=[one.conversation_id]))
    if isinstance(one, Goal) and one.status == one.Status.ACTIVE:
        return Action(_("Check in"), reverse("check_ins", args=[one.pk]), returns=True)
    if isinstance(one, Interaction) and one.kind == Kind.MISTAKE and (recovery := getattr(one, "recovery", None)):
        return Action(_("Open the recovery"), reverse("recovery", args=[recovery.pk]))
    return None


def describe_entry(one: Interaction) -> tuple[str, str, str]:
    """Return what it is, its URL, and its time and amount."""
    text = one.subject or one.body[:80]
    kind = str(Kind(one.kind).label)  # get_kind_display() goes through all kinds
    what = f"{kind}: {text}" if text else kind
    amount = f"{format_number(one.amount, 2)} {one.currency}" if one.amount is not None else ""
    spent = "" if one.minutes is None else hours(one.minutes)
    return what, reverse("entry", args=[one.customer_id, one.pk]), " · ".join(filter(None, [spent, amount]))


def _describe_goal(one: Goal) -> tuple[str, str, str]:
    detail = _("due %s") % format_day(one.due_on) if one.due_on else ""
    return one.title, one.customer.get_absolute_url(), detail


def _describe_promise(one: Commitment) -> tuple[str, str, str]:
    parts = [_("due %s") % format_day(one.due_on) if one.due_on else "", one.owner.name if one.owner else ""]
    timeline = f"{reverse('timeline', args=[one.customer_id])}?kind=commitment_{one.status}"
    made = f"{reverse('timeline', args=[one.customer_id])}?kind=commitment_made"
    return one.what, made if one.status == one.Status.OPEN else timeline, " · ".join(filter(None, parts))


def _describe_answer(one: Answer) -> tuple[str, str, str]:
    detail = _("waited %(waited)s, response target %(promised)d business hours") % {
        "waited": hours(one.waited / 60), "promised": one.promised,
    }  # fmt: skip
    return str(one.conversation), reverse("conversation", args=[one.conversation_id]), detail


def _describe_settlement(one: Settlement) -> tuple[str, str, str]:
    detail = " · ".join(filter(None, [one.by.name if one.by else "", one.reason]))
    return str(one.conversation), reverse("conversation", args=[one.conversation_id]), detail


_DESCRIPTIONS: dict[type[Model], Callable[[Any], tuple[str, str, str]]] = {
    Interaction: describe_entry, Goal: _describe_goal, Commitment: _describe_promise, Answer: _describe_answer,
    Settlement: _describe_settlement,
}  # fmt: skip
