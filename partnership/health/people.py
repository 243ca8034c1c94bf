"""The customers behind a number, those first that take most of our time."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import F, FloatField, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from partnership.health.periods import PERIODS
from partnership.health.scope import Scope, first
from partnership.health.wording import hours
from partnership.paging import Page, page_of, parse_key

SIZE = 50
BATCH = 1000


class PeopleForm(forms.Form):
    """Beyond the scope: their tier when the period began; partnership from `least` to `below`, minutes from `over` to
    `under`."""

    was = forms.CharField(required=False, max_length=5)
    least = forms.FloatField(required=False)
    below = forms.FloatField(required=False)
    over = forms.FloatField(required=False)
    under = forms.FloatField(required=False)

    def clean_was(self) -> str:
        was: str = self.cleaned_data["was"]
        if was and was != "none" and not was.isdecimal():
            raise forms.ValidationError(_("A tier is a number, or “none” for who was not here yet."))
        return was


def chosen(scope: Scope, asked: dict[str, Any]) -> Any:
    effort, before = scope.effort(), scope.effort(before=True)
    found = scope.tallies().annotate(effort=Cast(effort, FloatField()), before=before)
    bounds = {"least": "partnership__gte", "below": "partnership__lt", "over": "effort__gte", "under": "effort__lt"}
    given = {bounds[name]: asked[name] for name in bounds if asked.get(name) is not None}
    if was := asked.get("was"):
        found = found.annotate(then=F(f"rank_then__{list(PERIODS).index(scope.period)}"))
        found = found.filter(then=None) if was == "none" else found.filter(then=int(was))
    return found.filter(**given).order_by("-effort", "-pk")


def page(scope: Scope, asked: dict[str, Any], *, after: str = "") -> Page[Any]:
    """BadRequest when `after` is no place in the list."""
    found = chosen(scope, asked)
    if after:
        effort, pk = parse_key(after, float)
        found = found.filter(Q(effort__lt=effort) | Q(effort=effort, pk__lt=pk))
    return page_of(first(found, SIZE + 1), size=SIZE, key=lambda one: (repr(one.effort), one.pk))


def heads() -> list[str]:
    return [_("Customer"), _("Tier"), _("Partnership"), _("Loudness"), _("Time"), _("Time before")]


def cells(scope: Scope, one: Any) -> list[str]:
    figures = [f"{one.partnership:.0f}", f"{one.loudness:.0f}", hours(one.effort), hours(one.before)]
    return [one.customer.name, scope.tier_name(one.rank), *figures]


def every(scope: Scope, asked: dict[str, Any]) -> Iterator[list[str]]:
    """All of them for a file, minutes as numbers, never more than BATCH in memory."""
    for one in chosen(scope, asked).select_related("customer").iterator(chunk_size=BATCH):
        figures = [f"{one.partnership:.1f}", f"{one.loudness:.1f}", f"{one.effort:.0f}", f"{one.before}"]
        yield [one.customer.name, scope.tier_name(one.rank), *figures]
