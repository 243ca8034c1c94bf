"""Scores and explanations as the commands print them."""

from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandError

from customers.models import Customer
from partnership.scoring.engine.formulas import SUMS
from partnership.scoring.explain.explanation import Explanation
from partnership.scoring.explain.score_changes import CHANGE_PARTS, MILLIONTHS, ScoreChange
from partnership.scoring.models import RuleSet
from partnership.staff.external_ids import parse_ref


def find_customer_id(ref: str) -> int:
    """CommandError when the ref is malformed or names nobody. A merged customer's ref names who is left of them."""
    try:
        source, external_id = parse_ref(ref)
    except ValueError as problem:
        raise CommandError(str(problem)) from problem
    customer = Customer.objects.filter(source=source, external_id=external_id).first()
    if customer is None:
        raise CommandError(f"There is no customer {ref}. export_history lists every ref.")
    while customer.merged_into is not None:
        customer = customer.merged_into
    return customer.pk


def find_rule_set(name_or_id: str | None) -> RuleSet:
    """With its rules and tiers; the active one for None. CommandError with the names when there is no such set."""
    if name_or_id is None:
        return RuleSet.objects.active()
    sets = RuleSet.objects.prefetch_related("rules", "tiers")
    found = sets.filter(name=name_or_id).first()
    if found is None and name_or_id.isdecimal():
        found = sets.filter(pk=name_or_id).first()
    if found is None:
        names = ", ".join(f"“{one.name}” ({one.pk}, {one.status})" for one in RuleSet.objects.order_by("pk"))
        raise CommandError(f"There is no rule set “{name_or_id}”. There are: {names}.")
    return found


def build_score_report(found: Explanation) -> dict[str, Any]:
    return {
        "customer": found.ref,
        **found.scores,
        "tier": found.tier.name,
        "sums": {name: found.sums[name] for name in SUMS},
    }


def build_explanation_report(found: Explanation, moved: ScoreChange | None = None) -> dict[str, Any]:
    """What `explain --json` prints, and the page of an explanation as JSON."""
    report = {
        "as_of": str(found.day),
        "ruleset": found.rule_set.name,
        "neutral": found.neutral,
        **build_score_report(found),
        "lines": _build_line_reports(found),
    }
    return report | ({"movement": _build_change_report(moved)} if moved else {})


def _build_line_reports(found: Explanation) -> list[dict[str, Any]]:
    names = ("name", "sum", "count", "points", "decayed", "contribution", "without")
    return [{"rule" if name == "name" else name: getattr(line, name) for name in names} for line in found.lines]


def _build_change_report(moved: ScoreChange) -> dict[str, Any]:
    """Start, parts and end add up in decimals: they are whole millionths."""
    return {
        "since": str(moved.since),
        "start": {**_to_points(moved.start), "ruleset": moved.before.name, "tier": moved.start_tier.name},
        "parts": {part: _to_points(moved.parts[part]) for part in CHANGE_PARTS},
        "end": {**_to_points(moved.end), "ruleset": moved.after.name, "tier": moved.end_tier.name},
    }


def _to_points(scores: dict[str, int]) -> dict[str, float]:
    return {name: millionths / MILLIONTHS for name, millionths in scores.items()}


def format_score_table(found: Iterable[Explanation]) -> Iterable[str]:
    yield f"{'partnership':>11} {'commitment':>10} {'reciprocity':>11} {'confidence':>10}  {'tier':26} customer"
    for one in found:
        scores = one.scores
        yield (
            f"{scores['partnership']:11.1f} {scores['commitment']:10.1f} {scores['reciprocity']:11.1f} "
            f"{scores['confidence']:10.2f}  {one.tier.name:26} {one.ref}"
        )
