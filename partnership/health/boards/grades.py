"""The board of grades: what customers say of us beside our scores of them, with no claim beyond their number."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import StatisticsError, correlation, mean
from typing import Any

from django.db.models import FloatField, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from interactions.models import Interaction, Kind
from interactions.querysets import InteractionQuerySet
from partnership.core.formats import format_number
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Sentence, Subject, Table, number, score_cell, total_row

SHOWN = 20  # of the widest gaps
_ENOUGH_FOR_QUARTERS = 8  # grades, two for each quarter
_ENOUGH_FOR_CORRELATION = 30  # grades; fewer correlate by chance
_WEAK = 0.2  # a correlation below it counts as none
_BEST, _CRITICAL = 9, 6  # at least this grade recommends us, at most that one warns others


@dataclass(frozen=True)
class _Graded:
    """A customer with `grade`, the last recommendation of the period, 0 to 10."""

    pk: int
    tier: int | None
    partnership: float
    thin: bool
    grade: float


def _survey_answers(scope: Scope) -> InteractionQuerySet:
    """Return surveys with a recommendation, the newest first. In JSON's order, only numbers lie between numbers.

    Served by interactions_surveys.
    """
    told = {"payload__recommendation__gte": 0, "payload__recommendation__lte": 10}
    days = scope.span()
    return Interaction.objects.filter(
        kind=Kind.SURVEY_RESPONSE, occurred_on__gte=days.since, occurred_on__lte=days.until, **told
    ).order_by("-occurred_at", "-id")


def with_grade(scope: Scope, metrics: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow metrics to customers who graded us in the period, with `grade`."""
    said = (
        _survey_answers(scope)
        .filter(customer=OuterRef("customer"))
        .annotate(n=Cast(KT("payload__recommendation"), FloatField()))
    )
    given = metrics.filter(customer__in=_survey_answers(scope).order_by().values("customer_id"))
    return given.annotate(grade=Subquery(said.values("n")[:1]))


def grades(scope: Scope) -> Board:
    title = _("Grades")
    text = _("What customers say of us, beside how we see them: the last answer of each to whether they would recommend"
             " us, 0 to 10. It is never part of their score.")  # fmt: skip
    rows = with_grade(scope, scope.metrics()).values_list("customer_id", "tier", "partnership", "thin", "grade")
    found = [_Graded(*row) for row in rows]
    if not found:
        return Board(title, text, empty=_why_empty(scope))
    enough = len(found) >= _ENOUGH_FOR_QUARTERS
    tables = [_quarter_table(scope, found), _gap_table(scope, found)] if enough else [_grade_table(scope, found)]
    return Board(title, text, _sentences(scope, found), tables)


def _why_empty(scope: Scope) -> str:
    if Interaction.objects.filter(kind=Kind.SURVEY_RESPONSE, payload__has_key="recommendation").exists():
        return _("No grades from these customers in %s. Choose a longer period, or fewer filters.") % scope.label
    return _("No grades yet: no timeline has the answer to a survey. Once one has, the grade stands beside the score.")


def _sentences(scope: Scope, found: list[_Graded]) -> list[Sentence]:
    count = len(found)
    text = ngettext("%(n)s customer graded us in %(period)s: %(mean)s of 10 on average.",
                    "%(n)s customers graded us in %(period)s: %(mean)s of 10 on average.", count)  # fmt: skip
    said = text % {"n": format_number(count), "period": scope.label, "mean": _average(found)}
    sentences = [Sentence(said, scope.url("health_customers", graded_from=0, graded_to=10))]
    critics = sum(one.grade <= _CRITICAL for one in found)
    if critics:
        told = ngettext("%s would rather not recommend us.", "%s would rather not recommend us.", critics)
        url = scope.url("health_customers", graded_from=0, graded_to=_CRITICAL)
        sentences.append(Sentence(told % format_number(critics), url, "bad"))
    return [*sentences, Sentence(_correlation_sentence(found))]


def _correlation_sentence(found: list[_Graded]) -> str:
    """Say whether grade and score correlate, or that there are too few to tell."""
    if len(found) < _ENOUGH_FOR_CORRELATION:
        return (
            _("It takes %d grades to say whether customers with higher scores grade us higher.")
            % _ENOUGH_FOR_CORRELATION
        )
    strength = rank_correlation([one.partnership for one in found], [one.grade for one in found])
    if strength is None or abs(strength) < _WEAK:
        return _("Grade and score do not go together: how we see customers says little about how they see us.")
    told = (
        _("Customers with higher scores grade us higher (rank correlation %s).")
        if strength > 0
        else _("Customers with higher scores grade us lower (rank correlation %s): ask them why.")
    )
    return told % format_number(strength, 2).replace("-", "−")


def rank_correlation(first: list[float], second: list[float]) -> float | None:
    """Return Spearman's rank correlation, from -1 to 1; None where one side is constant."""
    try:
        return correlation(places(first), places(second))
    except StatisticsError:
        return None


def places(values: list[float]) -> list[float]:
    """Return the rank of each value; equal values share the mean of theirs."""
    ordered = sorted(values)
    begins: dict[float, int] = {}
    for place, value in enumerate(ordered):
        begins.setdefault(value, place)
    return [(begins[value] + bisect_right(ordered, value) - 1) / 2 for value in values]


def _quarter_table(scope: Scope, found: list[_Graded]) -> Table:
    """Group by quarters of the score, the highest first; equal scores stay together."""
    ordered = sorted(one.partnership for one in found)
    edges = sorted({ordered[len(ordered) * quarter // 4] for quarter in (1, 2, 3)} - {ordered[0]})
    bounds = list(zip([None, *edges], [*edges, None], strict=True))
    rows = [_quarter_row(scope, found, least, below) for least, below in reversed(bounds)]
    heads = [_("Partnership"), _("Customers"), _("Average grade"), _("9 or 10"), _("6 or less")]
    everybody = _quarter_row(scope, found, None, None)
    return Table("quarters", _("Grades by quarter of the score"), heads, rows, total=total_row(*everybody[1:]))


def _quarter_row(scope: Scope, found: list[_Graded], least: float | None, below: float | None) -> list[Cell]:
    inside = [one for one in found if (least is None or one.partnership >= least)
              and (below is None or one.partnership < below)]  # fmt: skip

    def count(lowest: int, highest: int) -> Cell:
        graded = sum(lowest <= one.grade <= highest for one in inside)
        url = scope.url("health_customers", least=least, below=below, graded_from=lowest, graded_to=highest)
        return number(graded, url)

    lowest, highest = (edge(one.partnership for one in inside) for edge in (min, max))
    span = f"{lowest:.0f}–{highest:.0f}"
    return [Cell(span), count(0, 10), _average_cell(inside), count(_BEST, 10), count(0, _CRITICAL)]


def _gap_table(scope: Scope, found: list[_Graded]) -> Table:
    """Compare ranks by grade and by score, as the two scales can't be compared."""
    last = max(len(found) - 1, 1)
    by_score, by_grade = (places([getattr(one, name) for one in found]) for name in ("partnership", "grade"))
    gaps = [100 * (grade - score) / last for score, grade in zip(by_score, by_grade, strict=True)]
    widest = sorted(zip(found, gaps, strict=True), key=lambda pair: (-abs(pair[1]), pair[0].pk))[:SHOWN]
    customers = _customers(one for one, _gap in widest)
    rows = [_graded_row(scope, one, customers[one.pk]) for one, _gap in widest]
    for row, (_one, gap) in zip(rows, widest, strict=True):
        shown = f"{gap:+.0f}".replace("-", "−") if round(gap) else "0"
        row.append(Cell(shown, number=True, plain=round(gap)))
    text = _(
        "The customers whose places differ most come first. The gap is the place by grade minus the place by score,"
        " each from 0 for the lowest to 100 for the highest. Below zero, we value them more than they value us."
    )
    subjects = [Subject.of(customers[one.pk], scope.tier_name(one.tier)) for one, _gap in widest]
    return Table("gaps", _("The widest gaps"), [*_heads(), _("Gap")], rows, text, subjects=subjects,
                 hint_head=_("Evidence"))  # fmt: skip


def _grade_table(scope: Scope, found: list[_Graded]) -> Table:
    """List each grade, the lowest first."""
    customers, graded = _customers(found), sorted(found, key=lambda one: (one.grade, one.pk))
    rows = [_graded_row(scope, one, customers[one.pk]) for one in graded]
    subjects = [Subject.of(customers[one.pk], scope.tier_name(one.tier)) for one in graded]
    return Table("each", _("Each grade beside the score"), _heads(), rows, subjects=subjects,
                 hint_head=_("Evidence"))  # fmt: skip


def _heads() -> list[str]:
    return [_("Customer"), _("Tier"), _("Partnership"), _("Grade")]


def _customers(graded: Iterable[_Graded]) -> dict[int, Customer]:
    return Customer.objects.select_related("owner").in_bulk([one.pk for one in graded])


def _graded_row(scope: Scope, one: _Graded, customer: Customer) -> list[Cell]:
    answers = f"{reverse('timeline', args=[one.pk])}?kind={Kind.SURVEY_RESPONSE}"
    return [
        Cell(customer.name, customer.get_absolute_url()),
        Cell(scope.tier_name(one.tier)),
        score_cell(one.partnership, reverse("why", args=[one.pk]), thin=one.thin),
        Cell(f"{one.grade:g}", answers, number=True, plain=one.grade),
    ]


def _average_cell(found: list[_Graded]) -> Cell:
    return Cell(_average(found), number=True, plain=round(mean(one.grade for one in found), 1))


def _average(found: list[_Graded]) -> str:
    return format_number(mean(one.grade for one in found), 1)
