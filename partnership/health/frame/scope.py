"""What a dashboard is asked for: the period, and whose customers."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import F, FloatField, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnership.health.models import BriefTally, Tally, TallySum
from partnership.health.rollup.metrics import MEASURES
from partnership.health.rollup.periods import USUAL, Span, place, span
from partnership.scoring.models import RuleSet, Tier
from partnership.staff.models import Department, Firm, User

CHOICES = {"week": _("1 week"), "month": _("4 weeks"), "quarter": _("13 weeks"), "year": _("52 weeks")}

LABELS = {
    "week": _("the last week"),
    "month": _("the last 4 weeks"),
    "quarter": _("the last 13 weeks"),
    "year": _("the last 52 weeks"),
}
"""The same in a sentence."""


class ScopeForm(forms.Form):
    period = forms.ChoiceField(label=_("Period"), required=False, choices=list(CHOICES.items()))
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
    tag = forms.CharField(label=_("Tag"), required=False, max_length=60)
    tier = forms.TypedChoiceField(label=_("Tier"), required=False, coerce=int, empty_value=None)

    def __init__(self, given: Any, tiers: list[Tier]) -> None:
        super().__init__({"period": USUAL, **given.dict()} if isinstance(given, QueryDict) else given)
        self.fields["tier"].choices = [("", _("all")), *((tier.rank, tier.name) for tier in tiers)]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Scope:
    """`day`: the one that the figures are of; `tiers`: those in force, the lowest first; `days`: two that
    tiers are compared between, where they were chosen; `query`: as in the URL."""

    viewer: User
    firm: Firm
    day: date
    tiers: list[Tier]
    period: str = USUAL
    owner: int | None = None
    team: int | None = None
    tag: str = ""
    tier: int | None = None
    days: Span | None = None
    query: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return str(LABELS[self.period])

    @property
    def lowest_earned(self) -> Tier | None:
        """The first tier that takes evidence to reach."""
        ranked = [tier for tier in self.tiers if not tier.for_newcomers]
        return ranked[1] if len(ranked) > 1 else None

    @property
    def newcomers(self) -> set[int]:
        """The rank that stands outside the order."""
        return {tier.rank for tier in self.tiers if tier.for_newcomers}

    def tier_name(self, rank: int | None) -> str:
        return next((tier.name for tier in self.tiers if tier.rank == rank), gettext("not scored yet"))

    def span(self, *, before: bool = False) -> Span:
        return span(self.period, self.day, before=before)

    def url(self, name: str, *args: Any, **more: Any) -> str:
        """Of a page of the same scope."""
        asked = {**self.query, **{name: value for name, value in more.items() if value is not None}}
        return f"{reverse(name, args=args)}{'?' if asked else ''}{urlencode(asked)}"

    def narrowing(self, path: str) -> Q:
        """Whose rows by owner, team and tag, for a model whose customer is at `path`."""
        asked = {"owner": self.owner, "owner__department": self.team}
        found = Q(**{f"{path}{name}": value for name, value in asked.items() if value is not None})
        return found & Q(**{f"{path}tags__contains": [self.tag]}) if self.tag else found

    @property
    def is_narrowed(self) -> bool:
        return bool(self.narrowing("")) or self.tier is not None

    def customers(self) -> Any:
        found = Customer.objects.visible_to(self.viewer).unmerged().filter(self.narrowing(""))
        return found if self.tier is None else found.filter(tally__rank=self.tier)

    def tallies(self) -> QuerySet[Any]:
        return self.within(Tally)

    def in_brief(self) -> QuerySet[Any]:
        """The same customers, to be put in order: with `effort` of the period, what was entered and estimated."""
        estimated = F(f"messages_{self.period}") * self.firm.minutes_per_message
        effort = Cast(F(f"minutes_{self.period}") + estimated, FloatField())
        return self.within(BriefTally).annotate(effort=effort)

    def within(self, model: Any) -> QuerySet[Any]:
        """Managers see everybody, and whoever was merged has none: mostly no customer need be looked at."""
        found = model.objects.filter(self.narrowing("customer__"))
        if self.tier is not None:
            found = found.filter(rank=self.tier)
        visible = Customer.objects.visible_to(self.viewer)
        return found if self.viewer.is_manager else found.filter(customer__in=visible)

    def sums(self) -> QuerySet[Any]:
        """Whose figures, and how many `customers` a row stands for: few rows where everybody is asked about."""
        if not self.viewer.is_manager or self.narrowing(""):
            return self.tallies().annotate(customers=Value(1))
        return TallySum.objects.filter(rank=self.tier) if self.tier is not None else TallySum.objects.all()

    def number(self, name: str, *, before: bool = False) -> Any:
        """The measure's number of a tally, for the period."""
        return F(f"{name}__{place(self.period, before=before)}") if MEASURES[name].day else F(name)

    def effort(self, *, before: bool = False) -> Any:
        """Staff minutes of a tally: what was entered, and the firm's estimate for each message without time."""
        estimated = self.number("messages", before=before) * self.firm.minutes_per_message
        return self.number("minutes", before=before) + estimated

    def totals(self, *names: str) -> dict[str, int]:
        """Sums by name; those of the period before are called `before_…`."""
        asked = {f"sum_{name}": total(self.number(name)) for name in names}
        asked |= {f"sum_before_{name}": total(self.number(name, before=True)) for name in names if MEASURES[name].day}
        return {name.removeprefix("sum_"): found for name, found in self.sums().aggregate(**asked).items()}


def first(ordered: Any, size: int, *, shown: Any) -> list[Any]:
    """The first, as the annotated tallies `shown` with their customers: what does not order them is read of those
    alone."""
    pks = list(ordered.values_list("pk", flat=True)[:size])
    rows = {one.pk: one for one in shown.filter(pk__in=pks).select_related("customer")}
    return [rows[pk] for pk in pks if pk in rows]


def total(number: Any) -> Any:
    return Coalesce(Sum(number), 0)


def scope_of(viewer: User, form: ScopeForm, *, tiers: list[Tier], today: date) -> Scope:
    """What was understood; what was not is left out, and the form says so."""
    form.is_valid()
    given = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    plain = {name: getattr(value, "pk", value) for name, value in given.items()}
    counted = Tally.objects.aggregate(day=Max("day"))["day"]
    query = {name: value for name, value in plain.items() if (name, value) != ("period", USUAL)}
    return Scope(viewer, Firm.current(), counted or today, tiers, **plain, query=query)


def tiers_in_force() -> list[Tier]:
    return list(Tier.objects.filter(rule_set__status=RuleSet.Status.ACTIVE).order_by("rank"))
