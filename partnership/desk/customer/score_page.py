"""The reasons of both scores: each line leads to the rows that it counts, and together they are the score. And why they
moved since an earlier day."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnership.desk.customer.score_form import WhyForm
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
from partnership.scoring.explain.reports import build_explanation_report
from partnership.scoring.explain.score_changes import CHANGE_PARTS, EXPLAINED_SCORES, ScoreChange, explain_score_change
from partnership.scoring.explain.wording import (
    CHANGE_PART_LABELS,
    describe_fading,
    describe_line,
    describe_missing_kinds,
)
from partnership.scoring.models import RuleSet, TierPin

PERIODS = {30: _("30 days"), 90: _("90 days"), 365: _("a year")}


@dataclass(frozen=True)
class Answer:
    """Both days, the reasons on the second, and how it came about since the first."""

    since: date
    as_of: date
    today: date
    explanation: Explanation
    moved: ScoreChange


def asked_on(request: HttpRequest) -> WhyForm:
    return WhyForm(request.GET, today=request.firm.local_date(timezone.now()))  # type: ignore[attr-defined]


def answer(customer: Customer, form: WhyForm) -> Answer:
    since, as_of = form.days
    rule_set = RuleSet.objects.active()
    return Answer(
        since=since,
        as_of=as_of,
        today=form.today,
        explanation=explain_score(customer.pk, as_of=as_of, rule_set=rule_set),
        moved=explain_score_change(customer.pk, since=since, until=as_of, rule_set=rule_set),
    )


def why_json(customer: Customer, form: WhyForm) -> dict[str, Any]:
    """The same numbers as `manage.py explain --json`."""
    found = answer(customer, form)
    return build_explanation_report(found.explanation, found.moved)


def why_page(customer: Customer, form: WhyForm) -> dict[str, Any]:
    found = answer(customer, form)
    explanation = found.explanation
    evidence = count_evidence([explanation])[customer.pk]
    asks = [line for line in explanation.lines if line.rule and line.feeds is None and line.count]
    return {
        "customer": customer,
        "form": form,
        "found": found,
        "explanation": explanation,
        "pin": pin_on(found, customer),
        "partnership": round_score(explanation.partnership),
        "columns": [column_of(explanation, evidence, score, customer) for score in (COMMITMENT, RECIPROCITY)],
        "asks": [
            {"text": describe_line(line, evidence[line.rule.pk], explanation),
             "url": Filters.of_rule(line.rule).url(customer.pk)}
            for line in asks if line.rule
        ],
        "movement": movement_of(found.moved),
        "periods": list(periods(customer, found)),
        "json_url": url_of("why_json", customer, since=found.since, as_of=found.as_of),
    }  # fmt: skip


def pin_on(found: Answer, customer: Customer) -> TierPin | None:
    """In force; of a past day nobody knows any more who was pinned."""
    if found.as_of != found.today:
        return None
    pins = TierPin.objects.filter(customer=customer, until__gte=found.today)
    return pins.select_related("tier", "by").first()


def column_of(
    explanation: Explanation, evidence: dict[int, Evidence], score: str, customer: Customer
) -> dict[str, Any]:
    column = explanation.column(score)
    lines = []
    for line, part in column.lines:
        counted = evidence[line.rule.pk] if line.rule else Evidence()
        lines.append(
            {
                "text": describe_line(line, counted, explanation),
                "name": line.name,
                "fading": describe_fading(line, counted, explanation.day),
                "last_on": counted.last_on,
                "points": signed(part),
                "url": Filters.of_rule(line.rule).url(customer.pk) if line.rule else None,
                "without": without(line, score),
            }
        )
    return {
        "score": score,
        "start": in_points(column.start),
        "lines": lines,
        "rounding": signed(column.rounding) if column.rounding else "",
        "total": column.total,
        "exact": in_points(10 * column.total - column.rounding),
        "missing": describe_missing_kinds(explanation.list_unused_rules(score)),
    }


def without(line: Line, score: str) -> dict[str, str]:
    """What the column's score and partnership would be if the rule were not there."""
    if line.scores_without is None:
        return {}
    return {
        name: in_points(to_tenths(line.scores_without[key]))
        for name, key in (("score", score), ("both", "partnership"))
    }


def movement_of(moved: ScoreChange) -> dict[str, Any]:
    """In whole points, a column for each score, those of partnership first; parts that moved none are left out."""
    shown = [moved.round(score) for score in EXPLAINED_SCORES]
    return {
        "start": [one.start for one in shown],
        "end": [one.end for one in shown],
        "moved": [whole(one.difference) for one in shown],
        "parts": [
            {"name": CHANGE_PART_LABELS[part], "points": [whole(one.parts[part]) for one in shown]}
            for part in CHANGE_PARTS
            if any(one.parts[part] for one in shown)
        ],
        "first": [(CHANGE_PART_LABELS[part], whole(points)) for part, points in shown[0].parts.items() if points],
    }


def periods(customer: Customer, found: Answer) -> Any:
    for days, name in PERIODS.items():
        since = found.as_of - timedelta(days=days)
        asked = {"since": since} | ({"as_of": found.as_of} if found.as_of != found.today else {})
        yield {"name": name, "url": url_of("why", customer, **asked), "is_current": since == found.since}


def url_of(name: str, customer: Customer, **days: date) -> str:
    return f"{reverse(name, args=[customer.pk])}?{urlencode(days)}"


def in_points(tenths: int) -> str:
    return number_format(Decimal(abs(tenths)) / 10, 1)


def signed(tenths: int) -> str:
    """With its sign, and a minus as wide as a plus."""
    return f"{'−' if tenths < 0 else '+'}{in_points(tenths)}"


def whole(points: int) -> str:
    return f"{'−' if points < 0 else '+'}{abs(points)}" if points else "0"
