"""Scores and explanations as JSON, as the commands print them and the page of an explanation offers them."""

from typing import TypedDict

from partnership.scoring.engine.formulas import SUMS
from partnership.scoring.explain.explanation import Explanation
from partnership.scoring.explain.score_changes import CHANGE_PARTS, MILLIONTHS, ScoreChange, Scores


class _ScoreReport(TypedDict):
    """Scores of a customer; `customer` is the ref, `tier` the name of the earned tier; sums are decayed points."""

    customer: str
    reciprocity: float
    commitment: float
    partnership: float
    loudness: float
    confidence: float
    tier: str
    sums: dict[str, float]


class _LineReport(TypedDict):
    """A rule's part; `decayed` are its points after fading, `without` the scores if it did not exist."""

    rule: str
    sum: str
    count: int
    points: float
    decayed: float
    contribution: float
    without: dict[str, float] | None


class _ChangeReport(TypedDict):
    """Points by score; `start` and `end` also name the rule set and the tier, and `parts` add up to the difference."""

    since: str
    start: dict[str, float | str]
    parts: dict[str, dict[str, float]]
    end: dict[str, float | str]


class ExplanationReport(_ScoreReport):
    as_of: str
    ruleset: str
    neutral: dict[str, float]
    lines: list[_LineReport]


class _ExplanationChangeReport(ExplanationReport):
    movement: _ChangeReport


def build_score_report(found: Explanation) -> _ScoreReport:
    return {
        "customer": found.ref,
        "reciprocity": found.scores["reciprocity"],
        "commitment": found.scores["commitment"],
        "partnership": found.scores["partnership"],
        "loudness": found.scores["loudness"],
        "confidence": found.scores["confidence"],
        "tier": found.tier.name,
        "sums": {name: found.sums[name] for name in SUMS},
    }


def build_explanation_report(found: Explanation, change: ScoreChange | None = None) -> ExplanationReport:
    report: ExplanationReport = {
        "as_of": str(found.day),
        "ruleset": found.rule_set.name,
        "neutral": found.neutral,
        **build_score_report(found),
        "lines": _build_line_reports(found),
    }
    if change is None:
        return report
    with_change: _ExplanationChangeReport = {**report, "movement": _build_change_report(change)}
    return with_change


def _build_line_reports(found: Explanation) -> list[_LineReport]:
    return [
        {
            "rule": line.name,
            "sum": line.sum,
            "count": line.count,
            "points": line.points,
            "decayed": line.decayed,
            "contribution": line.contribution,
            "without": line.scores_without,
        }
        for line in found.lines
    ]


def _build_change_report(change: ScoreChange) -> _ChangeReport:
    """Report in points; start, parts and end add up in decimals, being whole millionths."""
    return {
        "since": str(change.since),
        "start": {**_to_points(change.start), "ruleset": change.start_rules.name, "tier": change.start_tier.name},
        "parts": {part: _to_points(change.parts[part]) for part in CHANGE_PARTS},
        "end": {**_to_points(change.end), "ruleset": change.end_rules.name, "tier": change.end_tier.name},
    }


def _to_points(scores: Scores) -> dict[str, float]:
    return {name: millionths / MILLIONTHS for name, millionths in scores.items()}
