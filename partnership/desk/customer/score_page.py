"""The page "Why this score?": lines that add up to each score and link to what they count, and what changed since an
earlier day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnership.desk.composer.evidence_forms import EVIDENCE_KINDS, evidence_url
from partnership.desk.customer.score_form import ScoreForm
from partnership.desk.timeline import Filters
from partnership.scoring.explain.evidence import Evidence, count_evidence
from partnership.scoring.explain.explanation import (
    COMMITMENT,
    RECIPROCITY,
    Explanation,
    Line,
    explain_score,
    round_score,
    to_tenths,
)
from partnership.scoring.explain.reports import ExplanationReport, build_explanation_report
from partnership.scoring.explain.score_changes import CHANGE_PARTS, EXPLAINED_SCORES, ScoreChange, explain_score_change
from partnership.scoring.explain.wording import (
    CHANGE_PART_LABELS,
    describe_fading,
    describe_line,
    describe_missing_kinds,
)
from partnership.scoring.models import RuleSet, TierPin

_PERIODS = {4: _("4 weeks"), 13: _("13 weeks"), 52: _("52 weeks")}


@dataclass(frozen=True)
class _WithoutRule:
    """The column's score and partnership without one rule."""

    score: str
    partnership: str


@dataclass(frozen=True)
class _ScoreLine:
    """`name`: of the rule; `url`: the timeline with the rows that it counts."""

    text: str
    name: str
    fading: str
    last_on: date | None
    points: str
    url: str | None
    without: _WithoutRule | None


@dataclass(frozen=True)
class _ScoreColumn:
    """One score as a sum; `exact` is the total with one decimal, `missing` what would add to it: words, and the URL of
    the form that records it, empty where none does."""

    score: str
    start: str
    lines: list[_ScoreLine]
    rounding: str
    total: int
    exact: str
    missing: list[tuple[str, str]]


@dataclass(frozen=True)
class _ChangedPart:
    name: str
    points: list[str]


@dataclass(frozen=True)
class _ScoreChanges:
    """What changed in whole points, partnership first in each list; `partnership_parts`: names with points."""

    start: list[int]
    end: list[int]
    total: list[str]
    parts: list[_ChangedPart]
    partnership_parts: list[tuple[str, str]]


@dataclass(frozen=True)
class _UncountedRequest:
    text: str
    url: str


@dataclass(frozen=True)
class Period:
    name: str | Promise
    url: str
    is_current: bool


@dataclass(frozen=True)
class _ScoreAnswer:
    """The explanation as of a day, and what changed since an earlier one."""

    since: date
    as_of: date
    today: date
    explanation: Explanation
    moved: ScoreChange


@dataclass(frozen=True)
class ScorePage:
    """`requests`: what the customer asked for, which counts neither way."""

    customer: Customer
    form: ScoreForm
    answer: _ScoreAnswer
    explanation: Explanation
    pin: TierPin | None
    partnership: int
    columns: list[_ScoreColumn]
    requests: list[_UncountedRequest]
    changes: _ScoreChanges
    periods: list[Period]
    json_url: str


def score_form(request: HttpRequest) -> ScoreForm:
    return ScoreForm(request.GET.dict(), today=request.firm.local_date(timezone.now()))  # type: ignore[attr-defined]


def score_json(customer: Customer, form: ScoreForm) -> ExplanationReport:
    """Return the same numbers as `manage.py explain --json`."""
    answer = _answer(customer, form)
    return build_explanation_report(answer.explanation, answer.moved)


def score_page(customer: Customer, form: ScoreForm) -> ScorePage:
    answer = _answer(customer, form)
    explanation = answer.explanation
    evidence = count_evidence([explanation])[customer.pk]
    requests = [line for line in explanation.lines if line.rule and line.feeds is None and line.count]
    return ScorePage(
        customer=customer,
        form=form,
        answer=answer,
        explanation=explanation,
        pin=_pin(answer, customer),
        partnership=round_score(explanation.partnership),
        columns=[_column(explanation, evidence, score, customer) for score in (COMMITMENT, RECIPROCITY)],
        requests=[
            _UncountedRequest(
                describe_line(line, evidence[line.rule.pk], explanation), Filters.of_rule(line.rule).url(customer.pk)
            )
            for line in requests
            if line.rule
        ],
        changes=_changes(answer.moved),
        periods=list(_periods(customer, answer)),
        json_url=_url("why_json", customer, since=answer.since, as_of=answer.as_of),
    )


def _answer(customer: Customer, form: ScoreForm) -> _ScoreAnswer:
    since, as_of = form.days
    rule_set = RuleSet.objects.active()
    return _ScoreAnswer(
        since=since,
        as_of=as_of,
        today=form.today,
        explanation=explain_score(customer.pk, as_of=as_of, rule_set=rule_set),
        moved=explain_score_change(customer.pk, since=since, until=as_of, rule_set=rule_set),
    )


def _pin(answer: _ScoreAnswer, customer: Customer) -> TierPin | None:
    """Return the pin in force today; pins of past days are not kept."""
    if answer.as_of != answer.today:
        return None
    pins = TierPin.objects.filter(customer=customer, until__gte=answer.today)
    pin = pins.select_related("tier__rule_set", "tier__same_as", "by").first()
    return pin if pin and pin.tier.in_force else None


def _column(explanation: Explanation, evidence: dict[int, Evidence], score: str, customer: Customer) -> _ScoreColumn:
    column = explanation.column(score)
    lines = []
    for line, points in column.lines:
        counted = evidence[line.rule.pk] if line.rule else Evidence()
        lines.append(
            _ScoreLine(
                text=describe_line(line, counted, explanation),
                name=line.name,
                fading=describe_fading(line, counted, explanation.day),
                last_on=counted.last_on,
                points=_signed(points),
                url=Filters.of_rule(line.rule).url(customer.pk) if line.rule else None,
                without=_without_rule(line, score),
            )
        )
    return _ScoreColumn(
        score=score,
        start=_points(column.start),
        lines=lines,
        rounding=_signed(column.rounding) if column.rounding else "",
        total=column.total,
        exact=_points(10 * column.total - column.rounding),
        missing=[
            (words, evidence_url(customer.pk, kind) if kind in EVIDENCE_KINDS else "")
            for kind, words in describe_missing_kinds(explanation.list_unused_rules(score)).items()
        ],
    )


def _without_rule(line: Line, score: str) -> _WithoutRule | None:
    if line.scores_without is None:
        return None
    return _WithoutRule(*(_points(to_tenths(line.scores_without[name])) for name in (score, "partnership")))


def _changes(moved: ScoreChange) -> _ScoreChanges:
    shown = [moved.round(score) for score in EXPLAINED_SCORES]
    return _ScoreChanges(
        start=[one.start for one in shown],
        end=[one.end for one in shown],
        total=[_whole(one.difference) for one in shown],
        parts=[
            _ChangedPart(str(CHANGE_PART_LABELS[part]), [_whole(one.parts[part]) for one in shown])
            for part in CHANGE_PARTS
            if any(one.parts[part] for one in shown)
        ],
        partnership_parts=[
            (str(CHANGE_PART_LABELS[part]), _whole(points)) for part, points in shown[0].parts.items() if points
        ],
    )


def _periods(customer: Customer, answer: _ScoreAnswer) -> Iterator[Period]:
    for weeks, name in _PERIODS.items():
        since = answer.as_of - timedelta(weeks=weeks)
        query = {"since": since} | ({"as_of": answer.as_of} if answer.as_of != answer.today else {})
        yield Period(name, _url("why", customer, **query), since == answer.since)


def _url(name: str, customer: Customer, **days: date) -> str:
    return f"{reverse(name, args=[customer.pk])}?{urlencode(days)}"


def _points(tenths: int) -> str:
    return number_format(Decimal(abs(tenths)) / 10, 1)


def _signed(tenths: int) -> str:
    """Format tenths of a point with a sign; the minus is as wide as the plus."""
    return f"{'−' if tenths < 0 else '+'}{_points(tenths)}"


def _whole(points: int) -> str:
    return f"{'−' if points < 0 else '+'}{abs(points)}" if points else "0"
