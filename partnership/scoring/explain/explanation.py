"""Why a score is what it is: each rule's share, adding up to the score."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import floor
from typing import Any

from django.utils.translation import gettext as _

from partnership.scoring.engine.formulas import SUMS, UNITS_PER_POINT, compute_scores
from partnership.scoring.engine.statement import compile_rules
from partnership.scoring.models import RuleSet, Tier, ValueRule

COMMITMENT, RECIPROCITY = "commitment", "reciprocity"

SCORES_WITHOUT_RULE = (COMMITMENT, RECIPROCITY, "partnership")
"""The scores that a line says what they would be without it."""

_SCORE_FED_BY = {
    ValueRule.Sum.KEPT: COMMITMENT,
    ValueRule.Sum.MISSED: COMMITMENT,
    ValueRule.Sum.EFFORT: COMMITMENT,
    ValueRule.Sum.RECEIVED: RECIPROCITY,
    ValueRule.Sum.GIVEN: RECIPROCITY,
}


@dataclass(frozen=True)
class Line:
    """A rule's part: rows counted, points, points after fading, and what it adds to the score that its sum feeds.

    `rule` is None for the line "beyond balance", which takes back what exceeds a reciprocity of 100. `without`: what
    the scores would be if the rule were not there; None where many customers are explained at once.
    """

    rule: ValueRule | None
    name: str
    sum: str
    count: int
    points: float
    decayed: float
    contribution: float
    without: dict[str, float] | None = field(default=None, compare=False)

    @property
    def feeds(self) -> str | None:
        return _SCORE_FED_BY.get(ValueRule.Sum(self.sum))


@dataclass(frozen=True)
class Explanation:
    """One customer's scores (0 to 100; confidence 0 to 1) as of a day, and the lines that they are made of.

    `neutral` is where each score starts: neutral plus the contributions of its lines is the score.
    """

    customer_id: int
    ref: str
    day: date
    rule_set: RuleSet
    tier: Tier
    scores: dict[str, float]
    sums: dict[str, float]
    neutral: dict[str, float]
    lines: tuple[Line, ...]

    def __getattr__(self, name: str) -> float:
        # Out of __dict__: while one is copied or unpickled, there are no scores yet to look in.
        try:
            return self.__dict__["scores"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def is_thin(self) -> bool:
        return self.scores["confidence"] < self.rule_set.thin_below

    def column(self, score: str) -> "Column":
        """`commitment` or `reciprocity` from its start to what the pages show, in tenths that add up exactly."""
        lines = [line for line in self.lines if line.feeds == score and (line.count or line.contribution)]
        start, exact, total = (
            to_tenths(self.neutral[score]),
            to_tenths(self.scores[score]),
            round_score(self.scores[score]),
        )
        parts = apportion([10 * line.contribution for line in lines], exact - start)
        by_size = sorted(zip(lines, parts, strict=True), key=lambda pair: (pair[0].rule is None, -abs(pair[1])))
        return Column(start, by_size, 10 * total - exact, total)

    def missing(self, score: str) -> list[ValueRule]:
        """The rules that nothing has counted toward yet."""
        return [line.rule for line in self.lines if line.rule and line.feeds == score and not line.count]


@dataclass(frozen=True)
class Column:
    """A score as a sum: `start`, each line's part and `rounding`, all in tenths of a point, make `total` points.

    The largest part comes first; what takes back the excess over 100 comes last.
    """

    start: int
    lines: list[tuple[Line, int]]
    rounding: int
    total: int


def to_tenths(score: float) -> int:
    return floor(10 * score + 0.5)


def round_score(score: float) -> int:
    """A score as the pages show it: rounded half up."""
    return floor(score + 0.5)


def apportion(parts: Sequence[float], total: int) -> list[int]:
    """Whole numbers beside `parts` that add up to `total`, by largest remainder.

    `total` is the rounded sum of the parts or one beside it; each whole number differs from its part by less than one,
    but for the rounding of the total itself.
    """
    floors = [int(part // 1) for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda index: floors[index] - parts[index])
    missing = total - sum(floors)
    for step in range(abs(missing)):
        index = by_remainder[step % len(parts)] if missing > 0 else by_remainder[-1 - step % len(parts)]
        floors[index] += 1 if missing > 0 else -1
    return floors


def explain_score(customer_id: int, *, as_of: date, rule_set: RuleSet | None = None) -> Explanation:
    """With what the scores would be without each rule. KeyError when there is no such customer, or it was merged."""
    rule_set = rule_set or RuleSet.objects.active()
    for row in _fetch_rows([customer_id], rule_set, as_of):
        return _build_explanation(row, rule_set, as_of, without=_score_without_each_rule(row, rule_set, as_of))
    raise KeyError(customer_id)


def explain_scores(
    customer_ids: Iterable[int] | None, *, as_of: date, rule_set: RuleSet | None = None
) -> dict[int, Explanation]:
    """Explanations by customer, one statement for all; everybody when `customer_ids` is None."""
    rule_set = rule_set or RuleSet.objects.active()
    ids = None if customer_ids is None else list(customer_ids)
    rows = _fetch_rows(ids, rule_set, as_of)
    return {row["customer_id"]: _build_explanation(row, rule_set, as_of) for row in rows}


def _fetch_rows(customer_ids: Sequence[int] | None, rule_set: RuleSet, day: date) -> list[dict[str, Any]]:
    return compile_rules(rule_set, day=day, customers=customer_ids).rows(_SCORES_WITH_LINES)


def _score_without_each_rule(row: dict[str, Any], rule_set: RuleSet, day: date) -> list[dict[str, float]]:
    """What the scores would be without each rule, in the order of the set."""
    sums = []
    for number, rule in enumerate(rule_set.rules.all(), 1):
        left = {name: row[name] for name in SUMS}
        if rule.shared_cap:  # what it leaves of the cap goes to the others
            others = compile_rules(rule_set, day=day, customers=[row["customer_id"]], leaving_out=rule)
            [left] = others.rows(f"SELECT {', '.join(SUMS)} FROM summed")
        else:
            left[rule.sum] -= row[f"d{number}"] or 0
        sums.append(left)
    return (
        [{name: found[name] for name in SCORES_WITHOUT_RULE} for found in compute_scores(rule_set, sums)]
        if sums
        else []
    )


_SCORES_WITH_LINES = """
SELECT standing.*, fading.*, standing.customer_id AS customer_id, customer.source || ':' || customer.external_id AS ref
FROM standing JOIN customers_customer customer ON customer.id = standing.customer_id
LEFT JOIN fading ON fading.customer_id = standing.customer_id
ORDER BY partnership DESC, customer.id"""


def _build_explanation(
    row: dict[str, Any], rule_set: RuleSet, day: date, *, without: Sequence[dict[str, float]] = ()
) -> Explanation:
    sums = {name: row[name] / UNITS_PER_POINT for name in SUMS}
    alpha = rule_set.promise_weight
    return Explanation(
        customer_id=row["customer_id"],
        ref=row["ref"],
        day=day,
        rule_set=rule_set,
        tier=next(tier for tier in rule_set.tiers.all() if tier.pk == row["earned_tier_id"]),
        scores={name: row[name] for name in (RECIPROCITY, COMMITMENT, "partnership", "loudness", "confidence")},
        sums=sums,
        neutral={COMMITMENT: 50 * alpha, RECIPROCITY: 50.0},
        lines=tuple(_build_lines(row, rule_set, sums, without)),
    )


def _build_lines(
    row: dict[str, Any], rule_set: RuleSet, sums: dict[str, float], without: Sequence[dict[str, float]]
) -> list[Line]:
    worth = _value_points(rule_set, sums)
    found = [
        Line(
            rule=rule,
            name=rule.name,
            sum=rule.sum,
            count=row[f"n{number}"] or 0,
            points=(row[f"p{number}"] or 0) / 1000,
            decayed=(decayed := (row[f"d{number}"] or 0) / UNITS_PER_POINT),
            contribution=worth[rule.sum] * decayed,
            without=without[number - 1] if without else None,
        )
        for number, rule in enumerate(rule_set.rules.all(), 1)
    ]
    beyond = 50 + sum(line.contribution for line in found if line.feeds == RECIPROCITY) - row[RECIPROCITY]
    if beyond > 1e-9:
        found.append(Line(None, _("beyond balance"), ValueRule.Sum.RECEIVED, 0, 0, 0, -beyond))
    return found


def _value_points(rule_set: RuleSet, sums: dict[str, float]) -> dict[str, float]:
    """How many points of its score a decayed point of each sum adds: scoring.md's "Reasons that add up"."""
    alpha, kappa = rule_set.promise_weight, rule_set.doubt
    promises = 50 * alpha / (sums["kept"] + sums["missed"] + kappa)
    working = 100 * (1 - alpha) * (1 - 2 ** (-sums["effort"] / rule_set.effort_half))
    effort = working / sums["effort"] if sums["effort"] else 0.0
    exchange = 200 / (sums["received"] + sums["given"] + kappa)
    return {
        "kept": promises,
        "missed": -promises,
        "effort": effort,
        "received": 0.75 * exchange,
        "given": -0.25 * exchange,
        "demand": 0.0,
    }
