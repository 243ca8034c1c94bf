"""How many renewals there are, what they are worth, and how much of that is at risk."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, DecimalField, F, Q, Sum, Value
from django.db.models.functions import Coalesce, TruncMonth
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_money, format_number
from partnership.health.frame.scope import Scope
from partnership.health.renewals.risk import renewals, with_hidden_risk
from partnership.scoring.models import Tier

WEEKS = 13  # that the sentences look ahead

_NOTHING = Value(Decimal(0), DecimalField())


@dataclass(frozen=True)
class Span:
    """Days on which customers renew, both included; `since`: None for all that are past."""

    since: date | None
    until: date

    @property
    def condition(self) -> Q:
        asked = {"customer__renews_on__gte": self.since, "customer__renews_on__lte": self.until}
        return Q(**{name: day for name, day in asked.items() if day})

    @property
    def query(self) -> dict[str, object]:
        return {"renews_from": self.since, "renews_to": self.until}


@dataclass(frozen=True)
class Worth:
    """What some renewals are worth; `unknown`: how many of them have no amount."""

    number: int
    worth: Decimal
    unknown: int

    @property
    def is_unknown(self) -> bool:
        return 0 < self.number == self.unknown


@dataclass
class Sums:
    number: int = 0
    worth: Decimal = Decimal(0)
    number_at_risk: int = 0
    worth_at_risk: Decimal = Decimal(0)
    unknown: int = 0
    unknown_at_risk: int = 0

    def add(self, row: dict[str, Any]) -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + row[one.name])

    @property
    def all_of_them(self) -> Worth:
        return Worth(self.number, self.worth, self.unknown)

    @property
    def at_risk(self) -> Worth:
        return Worth(self.number_at_risk, self.worth_at_risk, self.unknown_at_risk)


@dataclass
class Month:
    """A month's renewals, of everybody and by tier in force (None: without one). The first month and the last one are
    parts of one."""

    span: Span
    all: Sums = field(default_factory=Sums)
    by_tier: defaultdict[Tier | None, Sums] = field(default_factory=lambda: defaultdict(Sums))


def add_up(parts: Iterable[Sums]) -> Sums:
    whole = Sums()
    for part in parts:
        whole.add(vars(part))
    return whole


def describe_amount(scope: Scope, amount: Decimal) -> str:
    return format_money(amount, scope.firm.currency)


def describe_unknown(number: int) -> str:
    told = ngettext("%s renewal without an amount", "%s renewals without an amount", number)
    return told % format_number(number)


def describe_worth(scope: Scope, worth: Worth) -> str:
    """Say what renewals are worth, with how many of them have no amount."""
    if worth.is_unknown:
        return describe_unknown(worth.unknown)
    known = describe_amount(scope, worth.worth)
    if not worth.unknown:
        return known
    return _("%(known)s and %(unknown)s") % {"known": known, "unknown": describe_unknown(worth.unknown)}


def overdue_span(scope: Scope) -> Span:
    return Span(None, scope.day - timedelta(days=1))


def coming_span(scope: Scope) -> Span:
    return Span(scope.day, scope.day + timedelta(weeks=WEEKS, days=-1))


def year_span(scope: Scope) -> Span:
    """Return the days from today to the same day a year later; to 28 February of the year after a 29 February."""
    today = scope.day
    last = today.replace(year=today.year + 1, day=28 if (today.month, today.day) == (2, 29) else today.day)
    return Span(today, last)


def _month_spans(year: Span) -> Iterator[Span]:
    since = year.since
    while since and since <= year.until:
        following = (since.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield Span(since, min(following - timedelta(days=1), year.until))
        since = following


def _aggregates(within: Q | None = None) -> dict[str, Any]:
    """Return the aggregates of renewals, by the names of the fields of Sums."""
    among = within or Q()
    at_risk, amount = among & Q(is_at_risk=True), F("customer__renewal_amount")
    no_amount = Q(customer__renewal_amount=None)
    return {
        "number": Count("pk", filter=within),
        "worth": Coalesce(Sum(amount, filter=within), _NOTHING),
        "number_at_risk": Count("pk", filter=at_risk),
        "worth_at_risk": Coalesce(Sum(amount, filter=at_risk), _NOTHING),
        "unknown": Count("pk", filter=among & no_amount),
        "unknown_at_risk": Count("pk", filter=at_risk & no_amount),
    }


def sums_within(scope: Scope, **spans: Span) -> dict[str, Sums]:
    """Sum up the renewals of each span, in one read."""
    asked = {
        f"{name}_{what}": sum_ for name, span in spans.items() for what, sum_ in _aggregates(span.condition).items()
    }
    among = reduce(or_, (span.condition for span in spans.values()))
    found = with_hidden_risk(scope, renewals(scope).filter(among)).aggregate(**asked)
    return {name: Sums(**{what: found[f"{name}_{what}"] for what in _aggregates()}) for name in spans}


def months(scope: Scope) -> list[Month]:
    """Sum up the renewals of the coming months, by tier, in one read."""
    year = year_span(scope)
    found = {span.since and span.since.replace(day=1): Month(span) for span in _month_spans(year)}
    coming = with_hidden_risk(scope, renewals(scope).filter(year.condition))
    rows = coming.values("tier", month=TruncMonth("customer__renews_on")).annotate(**_aggregates()).order_by()
    for row in rows:
        month = found[row["month"]]
        month.all.add(row)
        # While the rules change, some customers still have a tier of the rules before.
        month.by_tier[scope.lineage.now.get(row["tier"])].add(row)
    return list(found.values())
