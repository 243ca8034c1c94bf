"""The timeline's part of a page: what both the customer's page and the timeline's own show of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.lookups import visible_customers
from customers.models import Customer, Goal
from interactions.models import Channel, Direction, Kind
from partnership.desk.timeline.filters import Filters, asked_for
from partnership.desk.timeline.paging import Place, window
from partnership.desk.timeline.rows import Line
from partnership.scoring.models import ValueRule
from partnership.staff.access import staff_member
from partnership.staff.models import User

REMEMBERED = "timeline"
"""The key of the session under which the query string of the filters last used is kept at hand."""


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the way to the timeline without it."""

    text: str
    url: str


@dataclass(frozen=True)
class Scope:
    name: str
    url: str
    is_current: bool


def line_of(request: HttpRequest, customer: Customer) -> Line:
    viewer = staff_member(request)
    return Line(customer, visible_customers(request), request.firm, viewer)  # type: ignore[attr-defined]


def timeline_section(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """Http404 or BadRequest when the URL asks for a place that isn't there."""
    filters = asked_for(request.GET, request.session.get(REMEMBERED, ""))
    line = line_of(request, customer)
    shown = window(line, filters, Place.of(request.GET))
    return {
        "customer": customer,
        "filters": filters,
        "days": shown.days,
        "newer": shown.newer and filters.url(customer.pk, after=shown.newer),
        "older": shown.older and filters.url(customer.pk, before=shown.older),
        "at": shown.at,
        "scopes": scopes_of(filters, customer),
        "chips": list(chips_of(filters, line)),
        "forget_url": Filters().url(customer.pk, keep=1),
        "asked": parse_qsl(filters.without("words").query),
        "since": timezone.now().isoformat(),
    }


def scopes_of(filters: Filters, customer: Customer) -> list[Scope]:
    rest = filters.without("scope", "flat", "thread")
    named = (("talk", _("Conversation")), ("activity", _("Activity")), ("", _("Everything")))
    return [
        Scope(str(name), rest.url(customer.pk, scope=scope, keep=1), filters.scope == scope) for scope, name in named
    ]


def chips_of(filters: Filters, line: Line) -> Iterator[Chip]:
    """All that is on but the scope, which has tabs. A name that must be looked up is one read, and rarely asked for."""

    def chip(text: object, *names: str) -> Chip:
        return Chip(str(text), filters.without(*names).url(line.customer.pk, keep=1))

    if filters.words:
        yield chip(f"“{filters.words}”", "words")
    if filters.kinds:
        yield chip(", ".join(str(Kind(kind).label) for kind in filters.kinds), "kinds")
    if filters.channels:
        yield chip(", ".join(str(Channel(channel).label) for channel in filters.channels), "channels")
    if filters.direction:
        yield chip(Direction(filters.direction).label, "direction")
    if filters.author:
        yield chip(_("by %s") % name_in(User.objects.filter(pk=filters.author), "name"), "author")
    if filters.person:
        yield chip(name_in(line.people.filter(pk=filters.person), "name"), "person")
    if filters.goal:
        goals = Goal.objects.filter(pk=filters.goal, customer__in=line.people_ids)
        yield chip(name_in(goals, "title"), "goal")
    if filters.since:
        yield chip(_("from %s") % date_format(filters.since, "j M Y"), "since")
    if filters.until:
        yield chip(_("until %s") % date_format(filters.until, "j M Y"), "until")
    if filters.thread:
        yield chip(_("one thread"), "thread", "flat")
    if filters.rule:
        yield chip(_("counted by “%s”") % name_in(ValueRule.objects.filter(pk=filters.rule), "name"), "rule")


def name_in(found: Any, field: str) -> str:
    return found.values_list(field, flat=True).first() or _("nobody here")
