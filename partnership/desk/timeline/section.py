"""The timeline as a part of the customer's page and as a page of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.lookups import visible_customers
from customers.models import Customer, Goal
from interactions.models import Channel, Direction, Kind
from partnership.desk.timeline.entries import Day
from partnership.desk.timeline.filters import Filters, asked_for
from partnership.desk.timeline.paging import Place, window
from partnership.desk.timeline.rows import Line
from partnership.desk.timeline.tier_changes import TierChangeRow
from partnership.scoring.models import ValueRule
from partnership.staff.access import staff_member
from partnership.staff.models import User

SESSION_KEY = "timeline"  # of the query string of the filters last used


@dataclass(frozen=True)
class Chip:
    """A filter that is on; `url`: the timeline without it."""

    text: str
    url: str


@dataclass(frozen=True)
class Scope:
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class TimelineSection:
    """`newer` and `older`: URLs, None at the ends; `at`: the entry that was asked for; `query_pairs`: of the filters
    without the words; `since`: when the page was made."""

    customer: Customer
    filters: Filters
    days: list[Day]
    newer: str | None
    older: str | None
    at: int | None
    scopes: list[Scope]
    chips: list[Chip]
    timeline_url: str
    clear_url: str
    query_pairs: list[tuple[str, str]]
    since: str


def line_of(request: HttpRequest, customer: Customer, *, tier_changes: Sequence[TierChangeRow] | None = None) -> Line:
    viewer = staff_member(request)
    return Line(customer, visible_customers(request), request.firm, viewer, tier_changes)  # type: ignore[attr-defined]


def timeline_section(
    request: HttpRequest, customer: Customer, *, tier_changes: Sequence[TierChangeRow] | None = None
) -> TimelineSection:
    """Read the page of the timeline that the URL asks for. Http404 or BadRequest when there is no such place.

    `tier_changes`: all of the customer's where they were read already.
    """
    filters = asked_for(request.GET, request.session.get(SESSION_KEY, ""))
    line = line_of(request, customer, tier_changes=tier_changes)
    page = window(line, filters, Place.of(request.GET))
    url = reverse("timeline", args=[customer.pk])
    return TimelineSection(
        customer=customer,
        filters=filters,
        days=page.days,
        newer=filters.address(url, after=page.newer) if page.newer else None,
        older=filters.address(url, before=page.older) if page.older else None,
        at=page.at,
        scopes=_scopes(filters, url),
        chips=list(filter_chips(filters, line)),
        timeline_url=url,
        clear_url=Filters().address(url, keep=1),
        query_pairs=parse_qsl(filters.without("words").query),
        since=timezone.now().isoformat(),
    )


def _scopes(filters: Filters, url: str) -> list[Scope]:
    rest = filters.without("scope", "flat", "thread")
    named = (("talk", _("Conversation")), ("activity", _("Activity")), ("", _("Everything")))
    return [Scope(str(name), rest.address(url, scope=scope, keep=1), filters.scope == scope) for scope, name in named]


def filter_chips(filters: Filters, line: Line) -> Iterator[Chip]:
    """Yield a chip for each filter that is on but the scope, which has tabs; some cost one read for a name."""

    def chip(text: object, *names: str) -> Chip:
        return Chip(str(text), filters.without(*names).url(line.customer.pk, keep=1))

    if filters.words:
        yield chip(_("“%s”") % filters.words, "words")
    if filters.kinds:
        yield chip(", ".join(str(Kind(kind).label) for kind in filters.kinds), "kinds")
    if filters.channels:
        yield chip(", ".join(str(Channel(channel).label) for channel in filters.channels), "channels")
    if filters.direction:
        yield chip(Direction(filters.direction).label, "direction")
    if filters.author:
        yield chip(_("by %s") % _first_or_unknown(User.objects.filter(pk=filters.author), "name"), "author")
    if filters.person:
        yield chip(_first_or_unknown(line.people.filter(pk=filters.person), "name"), "person")
    if filters.goal:
        goals = Goal.objects.filter(pk=filters.goal, customer__in=line.people_ids)
        yield chip(_first_or_unknown(goals, "title"), "goal")
    if filters.since:
        yield chip(_("from %s") % date_format(filters.since, "SHORT_DATE_FORMAT"), "since")
    if filters.until:
        yield chip(_("until %s") % date_format(filters.until, "SHORT_DATE_FORMAT"), "until")
    if filters.thread:
        yield chip(_("one conversation"), "thread", "flat")
    if filters.rule:
        yield chip(_("counted by “%s”") % _first_or_unknown(ValueRule.objects.filter(pk=filters.rule), "name"), "rule")


def _first_or_unknown(found: QuerySet[Any], field: str) -> str:
    return found.values_list(field, flat=True).first() or _("unknown")
