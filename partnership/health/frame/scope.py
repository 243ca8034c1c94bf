"""What a dashboard is asked for: the period and which customers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from django import forms
from django.db.models import F, FloatField, Max, Q, QuerySet, Sum
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast, Coalesce
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.lookups import ANY_LIFECYCLE, LIFECYCLE_FILTERS, lifecycle_condition
from customers.models import Customer
from customers.querysets import CustomerQuerySet
from partnership.core.params import parse_number
from partnership.health.frame.tables import Subject
from partnership.health.models import CustomerMetrics
from partnership.health.rollup.metrics import METRICS
from partnership.health.rollup.periods import TREND_PERIODS, USUAL, Span, span
from partnership.scoring.models import Tier
from partnership.scoring.rules.tier_lineage import TierLineage
from partnership.staff.models import Department, Firm, User

_CHOICES = {"week": _("1 week"), "month": _("4 weeks"), "quarter": _("13 weeks"), "year": _("52 weeks")}

_LABELS = {
    "week": _("the last week"),
    "month": _("the last 4 weeks"),
    "quarter": _("the last 13 weeks"),
    "year": _("the last 52 weeks"),
}
"""The same in a sentence."""


_ROW_PAGES = ("health_rows", "health_customers")


class ScopeForm(forms.Form):
    period = forms.ChoiceField(label=_("Period"), required=False, choices=list(_CHOICES.items()))
    owner = forms.ModelChoiceField(
        label=_("Owner"),
        required=False,
        queryset=User.objects.filter(is_active=True),
        empty_label=_("everybody"),
        error_messages={"invalid_choice": _("No colleague of that number works here: choose one from the list.")},
    )
    team = forms.ModelChoiceField(
        label=_("Team"),
        required=False,
        queryset=Department.objects.all(),
        empty_label=_("all"),
        error_messages={"invalid_choice": _("There is no such team: choose one from the list.")},
    )
    lifecycle = forms.ChoiceField(label=_("Customers"), required=False, choices=LIFECYCLE_FILTERS)
    tag = forms.CharField(
        label=_("Tag"), required=False, max_length=60, widget=forms.TextInput(attrs={"placeholder": _("all")})
    )
    tier = forms.TypedChoiceField(label=_("Tier"), required=False, coerce=int, empty_value=None)

    def __init__(self, given: QueryDict | dict[str, str], lineage: TierLineage) -> None:
        """Offer the tiers in force; one of earlier rules, as in an older link, becomes what it is now."""
        asked: dict[str, Any] = {"period": USUAL, **given.dict()} if isinstance(given, QueryDict) else dict(given)
        if (key := parse_number(str(asked.get("tier", "")))) in lineage.now:
            asked["tier"] = str(lineage.now[key].pk)
        super().__init__(asked)
        self.fields["tier"].choices = [("", _("all")), *((tier.pk, tier.name) for tier in lineage.active)]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Scope:
    """`day`: the last of the period; `tier`: the key of one in force; `days`: the two days that tiers are compared
    between, where they were chosen; `trend`: the period over which trends are shown; `query`: what the URL asks for;
    `board`: the dashboard that is shown or that led to rows, empty for the overview; `bare`: no customer is counted
    yet; `at`: the moment of what waits."""

    viewer: User
    firm: Firm
    day: date
    lineage: TierLineage
    period: str = USUAL
    owner: int | None = None
    team: int | None = None
    lifecycle: str = ""
    tag: str = ""
    tier: int | None = None
    days: Span | None = None
    trend: str = TREND_PERIODS[0]
    query: dict[str, object] = field(default_factory=dict)
    board: str = ""
    bare: bool = False
    at: datetime | None = None

    @property
    def moment(self) -> datetime:
        """Return the moment up to which what waits has waited; without one, the end of the last day."""
        return self.at or self.firm.end_of_day(self.day)

    @property
    def label(self) -> str:
        return str(_LABELS[self.period])

    @property
    def tiers(self) -> list[Tier]:
        """Return the tiers in force, the lowest first."""
        return self.lineage.active

    def tier_keys(self, *chosen: Tier) -> list[int]:
        """Return the keys under which metrics have one of these tiers in force, also where the rules were others."""
        return [key for tier in chosen for key in self.lineage.list_keys(tier.pk)]

    @property
    def lowest_earned(self) -> Tier | None:
        """Return the lowest tier that a customer has to earn."""
        ranked = [tier for tier in self.tiers if not tier.for_newcomers]
        return ranked[1] if len(ranked) > 1 else None

    def tier_name(self, key: int | None) -> str:
        """Name a tier of any rules as the rules in force do."""
        if key is None:
            return gettext("not scored yet")
        return self.lineage.now[key].name if key in self.lineage.now else self.lineage.names.get(key, "–")

    def span(self, *, before: bool = False) -> Span:
        return span(self.period, self.day, before=before)

    def url(self, name: str, *args: object, **more: object) -> str:
        """Return the URL of a page with the same scope; the rows of a number know the board that leads to them."""
        origin = {"board": self.board} if self.board and name in _ROW_PAGES else {}
        asked = {**self.query, **{name: value for name, value in more.items() if value is not None}, **origin}
        return f"{reverse(name, args=args)}{'?' if asked else ''}{urlencode(asked)}"

    def narrowing(self, path: str) -> Q:
        """Return the filter by lifecycle, owner, team and tag, for a model whose customer is at `path`."""
        asked = {"owner": self.owner, "owner__department": self.team}
        found = Q(**{f"{path}{name}": value for name, value in asked.items() if value is not None})
        found &= lifecycle_condition(self.lifecycle, path)
        return found & Q(**{f"{path}tags__contains": [self.tag]}) if self.tag else found

    @property
    def whom(self) -> str:
        """Say which customers are counted."""
        text = {
            "": _("Counts prospects, active and paused customers, but no ended ones."),
            ANY_LIFECYCLE: _("Counts all customers, including ended ones."),
            Customer.Lifecycle.PROSPECT: _("Counts prospects only."),
            Customer.Lifecycle.ACTIVE: _("Counts active customers only."),
            Customer.Lifecycle.PAUSED: _("Counts paused customers only."),
            Customer.Lifecycle.ENDED: _("Counts ended customers only."),
        }[self.lifecycle]
        return str(text)

    @property
    def nobody(self) -> str:
        """Say that no customer is among those asked for; empty where there are some, or nothing was asked."""
        asked = (self.tag, self.lifecycle, self.owner, self.team, self.tier)
        if all(one in (None, "") for one in asked) or self.metrics().exists():
            return ""
        if self.tag and not Customer.objects.filter(tags__contains=[self.tag]).exists():
            return gettext("No customer has the tag “%s”. Choose another tag, or clear the filter.") % self.tag
        return gettext("No customer matches all of these filters. Clear one of them.")

    def customers(self) -> CustomerQuerySet:
        found = Customer.objects.visible_to(self.viewer).unmerged().filter(self.narrowing(""))
        if self.tier is None:
            return found
        return found.filter(metrics__tier__in=self.lineage.list_keys(self.tier), metrics__period=self.period)

    def metrics(self) -> QuerySet[CustomerMetrics]:
        """Return the metrics of these customers for the period.

        Managers see everyone, and merged customers have none: mostly no customer is looked at.
        """
        found = CustomerMetrics.objects.filter(self.narrowing("customer__"), period=self.period)
        if self.tier is not None:
            found = found.filter(tier__in=self.lineage.list_keys(self.tier))
        visible = Customer.objects.visible_to(self.viewer)
        return found if self.viewer.is_manager else found.filter(customer__in=visible)

    def metrics_with_effort(self) -> QuerySet[Any]:
        return self.metrics().annotate(effort=Cast(self.effort(), FloatField()))

    def effort(self, *, before: bool = False) -> CombinedExpression:
        """Return the minutes of service time: those entered, and the firm's estimate for each message without."""
        prefix = "before_" if before else ""
        return F(f"{prefix}minutes") + F(f"{prefix}messages") * self.firm.minutes_per_message

    def totals(self, *names: str) -> dict[str, int]:
        """Sum up metrics by name, those of the period before as `before_…`."""
        # Under other names than the columns', which may not be shadowed.
        asked = {f"sum_{column}": total(F(column)) for column in columns_of(*names)}
        return {name.removeprefix("sum_"): found for name, found in self.metrics().aggregate(**asked).items()}


def columns_of(*names: str) -> list[str]:
    """Return the columns of these metrics, with those of the period before."""
    return [*names, *(f"before_{name}" for name in names if METRICS[name].day)]


class MetricsRow(Protocol):
    """Metrics as the dashboards annotate them; each dashboard reads what it annotates."""

    customer: Customer
    customer_id: int
    tier_id: int | None
    partnership: float
    partnership_then: float | None
    loudness: float
    thin: bool
    effort: float
    before: int
    part: float
    gap: float
    moved: float
    asked: int
    worked: int
    ours_missed: int


def subjects_of(scope: Scope, rows: Iterable[Any]) -> list[Subject]:
    """Return who the rows of a table are about, from metrics with their customers and these customers' owners."""
    return [Subject.of(one.customer, scope.tier_name(one.tier_id)) for one in rows]


def first(ordered: QuerySet[Any], size: int, *, shown: QuerySet[Any]) -> list[MetricsRow]:
    """Read the first rows with their customers and owners, as annotated in `shown`.

    What does not order them is read of those alone.
    """
    pks = list(ordered.values_list("pk", flat=True)[:size])
    rows = {one.pk: one for one in shown.filter(pk__in=pks).select_related("customer__owner")}
    return [rows[pk] for pk in pks if pk in rows]


def total(number: F | CombinedExpression) -> Coalesce:
    return Coalesce(Sum(number), 0)


def scope_of(viewer: User, form: ScopeForm, *, lineage: TierLineage, today: date, at: datetime | None = None) -> Scope:
    """Make the scope of what is valid; the form shows what is not."""
    form.is_valid()
    given = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    plain = {name: getattr(value, "pk", value) for name, value in given.items()}
    counted = CustomerMetrics.objects.aggregate(day=Max("day"))["day"]
    query = {name: value for name, value in plain.items() if (name, value) != ("period", USUAL)}
    day, bare = counted or today, counted is None
    return Scope(viewer, Firm.current(), day, lineage, **plain, query=query, bare=bare, at=at)
