"""The customers behind a number, those first that take most of our time."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import FloatField, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from partnership.core.pagination import Page, build_page, parse_key
from partnership.health.boards.grades import with_grade
from partnership.health.frame.period_comparison import days_of, rank_now, rank_then, tier_or_none
from partnership.health.frame.scope import Scope, first
from partnership.health.frame.tables import Cell
from partnership.health.frame.wording import hours, in_words

SIZE = 50
BATCH = 1000


class PeopleForm(forms.Form):
    """Beyond the scope: their tier on the two days that are compared; partnership from `least` to `below`, minutes from
    `over` to `under`, the grade that they gave us."""

    was = forms.CharField(required=False, max_length=5)
    became = forms.CharField(required=False, max_length=5)
    least = forms.FloatField(required=False)
    below = forms.FloatField(required=False)
    over = forms.FloatField(required=False)
    under = forms.FloatField(required=False)
    graded_from = forms.FloatField(required=False)
    graded_to = forms.FloatField(required=False)

    def clean_was(self) -> str:
        return rank_or_none(self.cleaned_data["was"])

    def clean_became(self) -> str:
        return rank_or_none(self.cleaned_data["became"])


BOUNDS = {
    "least": "partnership__gte", "below": "partnership__lt", "over": "effort__gte", "under": "effort__lt",
    "graded_from": "grade__gte", "graded_to": "grade__lte",
}  # fmt: skip


def is_graded(asked: dict[str, Any]) -> bool:
    return any(asked.get(name) is not None for name in ("graded_from", "graded_to"))


def rank_or_none(given: str) -> str:
    """As it is in the URL."""
    if given and given != "none" and not (given.isascii() and given.isdecimal()):
        raise forms.ValidationError(_("A tier is a number, or “none” for who was not here yet."))
    return given


def chosen(scope: Scope, asked: dict[str, Any]) -> Any:
    effort, before = scope.effort(), scope.effort(before=True)
    found = scope.tallies().annotate(effort=Cast(effort, FloatField()), before=before)
    if is_graded(asked):
        found = with_grade(scope, found)
    for name, rank in (("was", rank_then), ("became", rank_now)):
        if wanted := asked.get(name):
            found = found.annotate(**{name: rank(scope)})
            found = found.filter(**{name: None if wanted == "none" else int(wanted)})
    return bounded(found, asked)


def bounded(found: Any, asked: dict[str, Any]) -> Any:
    given = {BOUNDS[name]: asked[name] for name in BOUNDS if asked.get(name) is not None}
    return found.filter(**given).order_by("-effort", "-pk")


def ordered(scope: Scope, asked: dict[str, Any]) -> Any:
    """The same, of which no more can be read where the brief tallies say who is chosen."""
    in_full = is_graded(asked) or any(asked.get(name) for name in ("was", "became"))
    return chosen(scope, asked) if in_full else bounded(scope.in_brief(), asked)


def told(scope: Scope, asked: dict[str, Any]) -> str:
    """Who they are, and in which order."""
    time = _("Those first that take most of our time in %s; messages without time are estimated.") % scope.label
    days = days_of(scope)
    ends = [
        _("%(tier)s on %(day)s") % {"tier": tier_in_words(scope, asked[name]), "day": in_words(day)}
        for name, day in (("was", days.since), ("became", days.until))
        if asked.get(name)
    ]
    return f"{' → '.join(ends)}. {time}" if ends else time


def tier_in_words(scope: Scope, asked: str) -> str:
    return tier_or_none(scope, None if asked == "none" else int(asked))


def page(scope: Scope, asked: dict[str, Any], *, after: str = "") -> Page[Any]:
    """BadRequest when `after` is no place in the list."""
    found = ordered(scope, asked)
    if after:
        effort, pk = parse_key(after, float)
        found = found.filter(Q(effort__lt=effort) | Q(effort=effort, pk__lt=pk))
    return build_page(
        first(found, SIZE + 1, shown=chosen(scope, asked)), size=SIZE, key=lambda one: (repr(one.effort), one.pk)
    )


def heads(asked: dict[str, Any]) -> list[str]:
    graded = [_("Grade")] if is_graded(asked) else []
    return [_("Customer"), _("Tier"), _("Partnership"), _("Loudness"), _("Time"), _("Time before"), *graded]


def cells(scope: Scope, one: Any) -> list[Cell]:
    figures = [f"{one.partnership:.0f}", f"{one.loudness:.0f}", hours(one.effort), hours(one.before), *grade_of(one)]
    named = [Cell(one.customer.name, one.customer.get_absolute_url()), Cell(scope.tier_name(one.rank))]
    return [*named, *(Cell(figure, number=True) for figure in figures)]


def grade_of(one: Any) -> list[str]:
    return [f"{one.grade:g}"] if hasattr(one, "grade") else []


def every(scope: Scope, asked: dict[str, Any]) -> Iterator[list[str]]:
    """All of them for a file, minutes as numbers, never more than BATCH in memory."""
    needed = chosen(scope, asked).select_related("customer").only("rank", "partnership", "loudness", "customer__name")
    for one in needed.iterator(chunk_size=BATCH):
        figures = [f"{one.partnership:.1f}", f"{one.loudness:.1f}", f"{one.effort:.0f}", f"{one.before}"]
        yield [one.customer.name, scope.tier_name(one.rank), *figures, *grade_of(one)]
