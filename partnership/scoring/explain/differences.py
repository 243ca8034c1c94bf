"""Reasons why two rule sets score a customer differently."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TypedDict

from partnership.scoring.explain.explanation import COMMITMENT, RECIPROCITY, Explanation, explain_scores
from partnership.scoring.models import RuleSet

_MAX_REASONS = 4  # per customer, the largest differences


class Reason(TypedDict):
    """What a rule adds to the score that it feeds, before and after; rules are paired by name.

    `rule` is empty for the starting point, and None for the line "beyond balance".
    """

    rule: str | None
    feeds: str
    before: float
    after: float


def compare_contributions(
    customer_ids: Sequence[int], former: RuleSet, latter: RuleSet, day: date
) -> dict[int, list[Reason]]:
    """List reasons by customer, the largest difference first, with two statements for all customers."""
    before = explain_scores(customer_ids, as_of=day, rule_set=former)
    after = explain_scores(customer_ids, as_of=day, rule_set=latter)
    return {pk: _list_reasons(before[pk], after[pk]) for pk in before.keys() & after.keys()}


def _list_reasons(before: Explanation, after: Explanation) -> list[Reason]:
    then, now = _list_contributions(before), _list_contributions(after)
    reasons: list[Reason] = [
        {"rule": rule, "feeds": feeds, "before": then[feeds, rule], "after": now[feeds, rule]}
        for feeds, rule in sorted(then.keys() | now.keys(), key=lambda pair: (pair[0], pair[1] or ""))
        if abs(then[feeds, rule] - now[feeds, rule]) > 1e-9
    ]
    return sorted(reasons, key=lambda reason: -abs(reason["after"] - reason["before"]))[:_MAX_REASONS]


def _list_contributions(found: Explanation) -> dict[tuple[str, str | None], float]:
    parts: dict[tuple[str, str | None], float] = defaultdict(float)
    for score in (COMMITMENT, RECIPROCITY):
        parts[score, ""] = found.neutral[score]
    for line in found.lines:
        if line.feeds:
            parts[line.feeds, line.name if line.rule else None] += line.contribution
    return parts
