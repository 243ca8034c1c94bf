"""The two days between which tiers are compared: as chosen, else the start of the period and today."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from django import forms
from django.core.validators import MinValueValidator
from django.db.models import F, Min, OuterRef, Subquery
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership.core.forms import DayInput
from partnership.health.frame.scope import Scope
from partnership.health.rollup.periods import Span, span
from partnership.scoring.models import ScoreSnapshot

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_NOT_BEFORE = MinValueValidator(date(1900, 1, 1))


def _day_field(label: "StrOrPromise", scope: Scope) -> forms.DateField:
    widget = DayInput(attrs={"max": scope.day.isoformat()})
    return forms.DateField(label=label, required=False, widget=widget, validators=[_NOT_BEFORE])


class DaysForm(forms.Form):
    """Both are optional: `to` defaults to today, `from` to one period before it."""

    def __init__(self, given: QueryDict, scope: Scope) -> None:
        super().__init__(given)
        self.scope = scope
        for name, label in (("from", gettext_lazy("From")), ("to", gettext_lazy("Until"))):
            self.fields[name] = _day_field(label, scope)

    def clean(self) -> dict[str, date]:
        until = self.cleaned_data.get("to") or self.scope.day
        since = self.cleaned_data.get("from") or span(self.scope.period, until, before=True).until
        if until > self.scope.day:
            self.add_error("to", _("That day is in the future: choose an earlier one, or leave it empty for today."))
        elif since >= until:
            self.add_error("from", _("Choose a day before the other one."))
        return {"since": since, "until": until}


def with_days(scope: Scope, given: QueryDict) -> tuple[DaysForm, Scope]:
    """Return the scope with the days that were asked for, also in its URL; unchanged where they are invalid."""
    form = DaysForm(given, scope)
    asked = {name: given[name] for name in form.fields if given.get(name)}
    if not form.is_valid() or not asked:
        return form, scope
    return form, replace(scope, days=Span(**form.cleaned_data), query={**scope.query, **asked})


class UntilForm(forms.Form):
    """The last day of the period; today by default."""

    def __init__(self, given: QueryDict, scope: Scope) -> None:
        super().__init__(given)
        self.scope = scope
        self.fields["until"] = _day_field(gettext_lazy("Until"), scope)

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until and until > self.scope.day:
            raise forms.ValidationError(
                _("That day is in the future: choose an earlier one, or leave it empty for today.")
            )
        return until


def with_end(scope: Scope, given: QueryDict) -> tuple[UntilForm, Scope]:
    """Return the scope as of the day that was asked for, also in its URL; unchanged where it is invalid."""
    form = UntilForm(given, scope)
    until = form.cleaned_data["until"] if form.is_valid() else None
    return form, replace(scope, day=until, query={**scope.query, "until": until.isoformat()}) if until else scope


def days_of(scope: Scope) -> Span:
    """Return the two days whose ends are compared."""
    return scope.days or Span(scope.span(before=True).until, scope.day)


def tier_then(scope: Scope) -> F | Subquery:
    """Return the tier's key at the end of the first day, of metrics; NULL where no score was stored by then."""
    return _tier_on(scope.days.since) if scope.days else F("tier_then")


def tier_now(scope: Scope) -> F | Subquery:
    return _tier_on(scope.days.until) if scope.days and scope.days.until < scope.day else F("tier")


def _tier_on(day: date) -> Subquery:
    """Return the tier by the last snapshot until that day. Served by scoring_scoresnapshot_one_a_day."""
    stood = ScoreSnapshot.objects.filter(customer=OuterRef("customer_id"), day__lte=day).order_by("-day")
    return Subquery(stood.values("tier")[:1])


def first_kept() -> date | None:
    """Return the day of the oldest snapshot."""
    found: date | None = ScoreSnapshot.objects.order_by().aggregate(day=Min("day"))["day"]
    return found


def name_past_tier(scope: Scope, key: int | None) -> str:
    """Name a tier as it was called on its day, and as what it is called now, where that is another name."""
    if key is None:
        return _("not here yet")
    names = {"name": scope.lineage.names.get(key, "–")}
    current = scope.lineage.now.get(key)
    if current is None:
        return _("“%(name)s” of earlier rules") % names
    return names["name"] if current.name == names["name"] else _("%(name)s, now %(now)s") % {**names, "now": current}
