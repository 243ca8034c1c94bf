"""Over how many weeks trends are shown: 13 by default, or 52."""

from dataclasses import replace

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from partnership.health.frame.scope import Scope
from partnership.health.rollup.periods import PERIODS, TREND_PERIODS

_USUAL = PERIODS[TREND_PERIODS[0]]


class WeeksForm(forms.Form):
    weeks = forms.TypedChoiceField(
        label=_("Trend"),
        required=False,
        coerce=int,
        choices=[(PERIODS["quarter"], _("13 weeks")), (PERIODS["year"], _("52 weeks"))],
    )

    def __init__(self, given: QueryDict) -> None:
        super().__init__({"weeks": _USUAL, **given.dict()})


def with_weeks(scope: Scope, given: QueryDict) -> tuple[WeeksForm, Scope]:
    """Return the scope with the weeks that were asked for, also in its URL; unchanged where they are invalid."""
    form = WeeksForm(given)
    weeks = form.cleaned_data["weeks"] if form.is_valid() else None
    if weeks in ("", None, _USUAL):
        return form, scope
    trend = next(name for name in TREND_PERIODS if PERIODS[name] == weeks)
    return form, replace(scope, trend=trend, query={**scope.query, "weeks": weeks})
