"""The reasons of both scores: each line leads to the rows that it counts, and together they are the score."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format

from customers.models import Customer
from partnership.desk.timeline import Filters
from partnership.scoring.evidence import Evidence, evidence_of
from partnership.scoring.explaining import COMMITMENT, RECIPROCITY, Explanation, as_shown, explain
from partnership.scoring.wording import fading, missing, sentence


def why_page(customer: Customer, *, as_of: date) -> dict[str, Any]:
    explanation = explain(customer.pk, as_of=as_of)
    evidence = evidence_of([explanation])[customer.pk]
    asks = [line for line in explanation.lines if line.rule and line.feeds is None and line.count]
    return {
        "customer": customer,
        "explanation": explanation,
        "partnership": as_shown(explanation.partnership),
        "columns": [column_of(explanation, evidence, score, customer) for score in (COMMITMENT, RECIPROCITY)],
        "asks": [
            {"text": sentence(line, evidence[line.rule.pk], explanation),
             "url": Filters.of_rule(line.rule).url(customer.pk)}
            for line in asks if line.rule
        ],
    }  # fmt: skip


def column_of(
    explanation: Explanation, evidence: dict[int, Evidence], score: str, customer: Customer
) -> dict[str, Any]:
    column = explanation.column(score)
    lines = []
    for line, part in column.lines:
        counted = evidence[line.rule.pk] if line.rule else Evidence()
        lines.append(
            {
                "text": sentence(line, counted, explanation),
                "name": line.name,
                "fading": fading(line, counted, explanation.day),
                "last_on": counted.last_on,
                "points": signed(part),
                "url": Filters.of_rule(line.rule).url(customer.pk) if line.rule else None,
            }
        )
    return {
        "score": score,
        "start": in_points(column.start),
        "lines": lines,
        "rounding": signed(column.rounding) if column.rounding else "",
        "total": column.total,
        "exact": in_points(10 * column.total - column.rounding),
        "missing": missing(explanation.missing(score)),
    }


def in_points(tenths: int) -> str:
    return number_format(Decimal(abs(tenths)) / 10, 1)


def signed(tenths: int) -> str:
    """With its sign, and a minus as wide as a plus."""
    return f"{'−' if tenths < 0 else '+'}{in_points(tenths)}"
