"""The customers behind a number, first those who take most service time."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number
from partnership.core.pagination import Page, build_page, parse_key
from partnership.health.boards.grades import with_grade
from partnership.health.frame.period_comparison import days_of, name_past_tier, tier_now, tier_then
from partnership.health.frame.scope import MetricsRow, Scope, first
from partnership.health.frame.tables import Cell, score_cell, time_head
from partnership.health.frame.wording import format_day, hours

SIZE = 50
BATCH = 1000

Asked = dict[str, float | str]  # of BoundsForm


# Whether the score rests on thin evidence.
_EVIDENCE = {"thin": True, "enough": False}


class BoundsForm(forms.Form):
    """Beyond the scope: their tier on the two days that are compared; the tier in force that theirs was when the period
    began, whatever its name was (`stood`); partnership from `least` to `below`, minutes from
    `over` to `under`, the grade that they gave us."""

    was = forms.CharField(required=False, max_length=18)
    became = forms.CharField(required=False, max_length=18)
    stood = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    least = forms.FloatField(required=False)
    below = forms.FloatField(required=False)
    over = forms.FloatField(required=False)
    under = forms.FloatField(required=False)
    evidence = forms.ChoiceField(required=False, choices=[(name, name) for name in _EVIDENCE])
    graded_from = forms.FloatField(required=False)
    graded_to = forms.FloatField(required=False)

    def clean_was(self) -> str:
        return _parse_tier(self.cleaned_data["was"])

    def clean_became(self) -> str:
        return _parse_tier(self.cleaned_data["became"])


_BOUNDS = {
    "least": "partnership__gte", "below": "partnership__lt", "over": "effort__gte", "under": "effort__lt",
    "graded_from": "grade__gte", "graded_to": "grade__lte",
}  # fmt: skip


def _is_graded(asked: Asked) -> bool:
    return any(asked.get(name) is not None for name in ("graded_from", "graded_to"))


def _parse_tier(given: str) -> str:
    """Validate the key of a tier as it is in the URL."""
    if given and given != "none" and not (given.isascii() and given.isdecimal()):
        raise forms.ValidationError(_("A tier is a number, or “none” for customers who were not here yet."))
    return given


def _chosen(scope: Scope, asked: Asked) -> QuerySet[Any]:
    found = scope.metrics_with_effort().annotate(before=scope.effort(before=True))
    if _is_graded(asked):
        found = with_grade(scope, found)
    for name, tier_on in (("was", tier_then), ("became", tier_now)):
        if wanted := asked.get(name):
            found = found.annotate(**{name: tier_on(scope)})
            found = found.filter(_is_one_of(name, scope, wanted))
    if stood := asked.get("stood"):
        found = found.filter(tier_then__in=scope.lineage.list_keys(int(stood)))
    return _within_bounds(found, asked)


def _is_one_of(name: str, scope: Scope, asked: float | str) -> Q:
    return Q(**{name: None}) if asked == "none" else Q(**{f"{name}__in": scope.lineage.list_alike(int(asked))})


def _within_bounds(found: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    given: dict[str, object] = {_BOUNDS[name]: asked[name] for name in _BOUNDS if asked.get(name) is not None}
    if evidence := asked.get("evidence"):
        given["thin"] = _EVIDENCE[str(evidence)]
    return found.filter(**given).order_by("-effort", "-customer_id")


def describe(scope: Scope, asked: Asked) -> str:
    """Say which customers they are and in which order."""
    time = _("Sorted by service time in %s, the most first; messages without time are estimated.") % scope.label
    days = days_of(scope)
    ends = [
        _("%(tier)s on %(day)s") % {"tier": _tier_name(scope, str(asked[name])), "day": format_day(day)}
        for name, day in (("was", days.since), ("became", days.until))
        if asked.get(name)
    ]
    if stood := asked.get("stood"):
        then = format_day(scope.span(before=True).until)
        ends.append(_("%(tier)s on %(day)s") % {"tier": scope.tier_name(int(stood)), "day": then})
    return f"{' → '.join(ends)}. {time}" if ends else time


def _tier_name(scope: Scope, asked: str) -> str:
    return name_past_tier(scope, None if asked == "none" else int(asked))


def page(scope: Scope, asked: Asked, *, after: str = "") -> Page[MetricsRow]:
    """Return a page of them. BadRequest when `after` is no position in the list."""
    found = _chosen(scope, asked)
    if after:
        effort, pk = parse_key(after, float)
        found = found.filter(Q(effort__lt=effort) | Q(effort=effort, customer__lt=pk))
    return build_page(
        first(found, SIZE + 1, shown=_chosen(scope, asked).select_related("customer__owner")),
        size=SIZE,
        key=lambda one: (repr(one.effort), one.customer_id),
    )


def describe_extent(scope: Scope, asked: Asked) -> str:
    """Say how many customers they are, and how much of our time they take."""
    found = _chosen(scope, asked).order_by().aggregate(customers=Count("pk"), minutes=Sum("effort"))
    customers = found["customers"]
    count = ngettext("%s customer", "%s customers", customers) % format_number(customers)
    return _("%(count)s, %(amount)s of our time") % {"count": count, "amount": hours(found["minutes"] or 0)}


def shown_heads(asked: Asked) -> list[str]:
    """Return the heads of the page, which has the owner beside what the file has."""
    return [*heads(asked), _("Owner")]


def heads(asked: Asked) -> list[str]:
    graded = [_("Grade")] if _is_graded(asked) else []
    return [
        _("Customer"),
        _("Tier"),
        _("Partnership"),
        _("Loudness"),
        _("Service time"),
        _("Service time before"),
        *graded,
    ]


def file_heads(asked: Asked) -> list[str]:
    minutes = [time_head(head).in_file for head in (_("Service time"), _("Service time before"))]
    graded = [_("Grade")] if _is_graded(asked) else []
    named = [_("Customer"), _("Tier"), _("Partnership"), _("Loudness"), *minutes, _("Evidence"), *graded]
    return [*named, _("Owner"), _("Customer ID")]


def cells(scope: Scope, one: MetricsRow) -> list[Cell]:
    figures = [f"{one.loudness:.0f}", hours(one.effort), hours(one.before), *_grade_of(one)]
    named = [Cell(one.customer.name, one.customer.get_absolute_url()), Cell(scope.tier_name(one.tier_id))]
    owner = Cell(one.customer.owner.name if one.customer.owner else "")
    score = score_cell(one.partnership, thin=one.thin)
    return [*named, score, *(Cell(figure, number=True) for figure in figures), owner]


def _grade_of(one: MetricsRow) -> list[str]:
    return [f"{one.grade:g}"] if hasattr(one, "grade") else []


def export_rows(scope: Scope, asked: Asked) -> Iterator[list[object]]:
    """Yield all of them for a file, at most BATCH in memory."""
    needed = (
        _chosen(scope, asked)
        .select_related("customer__owner")
        .only("tier", "partnership", "thin", "loudness", "customer__name", "customer__owner__name")
    )
    for one in needed.iterator(chunk_size=BATCH):
        owner = one.customer.owner
        yield [
            one.customer.name, scope.tier_name(one.tier_id), round(one.partnership, 1), round(one.loudness, 1),
            round(one.effort), one.before, _("thin") if one.thin else _("enough"),
            *([one.grade] if hasattr(one, "grade") else ()), owner.name if owner else None, one.customer_id,
        ]  # fmt: skip
