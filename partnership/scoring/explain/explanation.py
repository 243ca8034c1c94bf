"""Explain a score: the share of each rule, which add up to the score."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import floor

from django.utils.translation import gettext as _

from partnership.scoring.engine.formulas import SUMS, UNITS_PER_POINT, compute_scores
from partnership.scoring.engine.statement import Row, compile_rules
from partnership.scoring.models import RuleSet, Tier, ValueRule

COMMITMENT, RECIPROCITY = "commitment", "reciprocity"

SCORES_WITHOUT_RULE = (COMMITMENT, RECIPROCITY, "partnership")  # given for each line: the scores without its rule

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

    `rule` is None for the line "beyond balance", which takes off what exceeds a reciprocity of 100. `scores_without`
    holds the scores if the rule did not exist; None where many customers are explained at once.
    """

    rule: ValueRule | None
    name: str
    sum: str
    count: int
    points: float
    decayed: float
    contribution: float
    scores_without: dict[str, float] | None = field(default=None, compare=False)

    @property
    def feeds(self) -> str | None:
        return _SCORE_FED_BY.get(ValueRule.Sum(self.sum))


@dataclass(frozen=True)
class Explanation:
    """One customer's scores (0 to 100; confidence 0 to 1) as of a day, and the lines that add up to them.

    `neutral` is the starting point: neutral plus the contributions of a score's lines is the score.
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
        # Read from __dict__: while an object is copied or unpickled, it has no scores yet.
        try:
            score: float = self.__dict__["scores"][name]
        except KeyError:
            raise AttributeError(name) from None
        return score

    @property
    def is_thin(self) -> bool:
        return self.scores["confidence"] < self.rule_set.thin_below

    def column(self, score: str) -> "Column":
        """Return commitment or reciprocity as a column of tenths that add up exactly to the score shown."""
        lines = [line for line in self.lines if line.feeds == score and (line.count or line.contribution)]
        start, exact, total = (
            to_tenths(self.neutral[score]),
            to_tenths(self.scores[score]),
            round_score(self.scores[score]),
        )
        parts = apportion([10 * line.contribution for line in lines], exact - start)
        by_size = sorted(zip(lines, parts, strict=True), key=lambda pair: (pair[0].rule is None, -abs(pair[1])))
        return Column(start, by_size, 10 * total - exact, total)

    def list_unused_rules(self, score: str) -> list[ValueRule]:
        """List the rules of a score that have counted nothing yet."""
        return [line.rule for line in self.lines if line.rule and line.feeds == score and not line.count]


@dataclass(frozen=True)
class Column:
    """A score as a sum: `start`, each line's part and `rounding`, all in tenths of a point, make `total` points.

    The largest part comes first, the line "beyond balance" last.
    """

    start: int
    lines: list[tuple[Line, int]]
    rounding: int
    total: int


def to_tenths(score: float) -> int:
    return floor(10 * score + 0.5)


def round_score(score: float) -> int:
    """Round a score half up, as the pages show it."""
    return floor(score + 0.5)


def round_gain(gain: float, score: float) -> int:
    """Round what a score gained until it became `score`, as the difference of both scores as the pages show them."""
    return round_score(score) - round_score(round(score - gain, 9))


def apportion(parts: Sequence[float], total: int) -> list[int]:
    """Round `parts` to whole numbers that add up to `total`, by largest remainder.

    `total` is the sum of the parts, rounded either way; each whole number differs from its part by less than one, plus
    the rounding of the total.
    """
    floors = [int(part // 1) for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda index: floors[index] - parts[index])
    missing = total - sum(floors)
    for step in range(abs(missing)):
        index = by_remainder[step % len(parts)] if missing > 0 else by_remainder[-1 - step % len(parts)]
        floors[index] += 1 if missing > 0 else -1
    return floors


def explain_score(customer_id: int, *, as_of: date, rule_set: RuleSet | None = None) -> Explanation:
    """Explain one customer's scores, also without each rule. KeyError for an unknown or merged customer."""
    rule_set = rule_set or RuleSet.objects.active()
    for row in _fetch_rows([customer_id], rule_set, as_of):
        return _build_explanation(row, rule_set, as_of, scores_without=_score_without_each_rule(row, rule_set, as_of))
    raise KeyError(customer_id)


def explain_scores(
    customer_ids: Iterable[int] | None, *, as_of: date, rule_set: RuleSet | None = None
) -> dict[int, Explanation]:
    """Explain scores by customer with one statement; of all customers when `customer_ids` is None."""
    rule_set = rule_set or RuleSet.objects.active()
    ids = None if customer_ids is None else list(customer_ids)
    rows = _fetch_rows(ids, rule_set, as_of)
    return {row["customer_id"]: _build_explanation(row, rule_set, as_of) for row in rows}


def _fetch_rows(customer_ids: Sequence[int] | None, rule_set: RuleSet, day: date) -> list[Row]:
    return compile_rules(rule_set, day=day, customers=customer_ids).fetch_rows(_SCORES_WITH_LINES)


def _score_without_each_rule(row: Row, rule_set: RuleSet, day: date) -> list[dict[str, float]]:
    """Compute the scores without each rule, in the order of the set."""
    sums = []
    for number, rule in enumerate(rule_set.rules.all(), 1):
        left = {name: row[name] for name in SUMS}
        if rule.shared_cap:  # the other rules then have more of the cap
            others = compile_rules(rule_set, day=day, customers=[row["customer_id"]], without_rule=rule)
            [left] = others.fetch_rows(f"SELECT {', '.join(SUMS)} FROM sums")
        else:
            left[rule.sum] -= row[f"d{number}"] or 0
        sums.append(left)
    return (
        [{name: found[name] for name in SCORES_WITHOUT_RULE} for found in compute_scores(rule_set, sums)]
        if sums
        else []
    )


_SCORES_WITH_LINES = """
SELECT tiered_scores.*, rule_sums.*, tiered_scores.customer_id AS customer_id,
  customer.source || ':' || customer.external_id AS ref
FROM tiered_scores JOIN customers_customer customer ON customer.id = tiered_scores.customer_id
LEFT JOIN rule_sums ON rule_sums.customer_id = tiered_scores.customer_id
ORDER BY partnership DESC, customer.id"""


def _build_explanation(
    row: Row, rule_set: RuleSet, day: date, *, scores_without: Sequence[dict[str, float]] = ()
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
        lines=tuple(_build_lines(row, rule_set, sums, scores_without)),
    )


def _build_lines(
    row: Row, rule_set: RuleSet, sums: dict[str, float], scores_without: Sequence[dict[str, float]]
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
            scores_without=scores_without[number - 1] if scores_without else None,
        )
        for number, rule in enumerate(rule_set.rules.all(), 1)
    ]
    beyond = 50 + sum(line.contribution for line in found if line.feeds == RECIPROCITY) - row[RECIPROCITY]
    if beyond > 1e-9:
        found.append(Line(None, _("beyond balance"), ValueRule.Sum.RECEIVED, 0, 0, 0, -beyond))
    return found


def _value_points(rule_set: RuleSet, sums: dict[str, float]) -> dict[str, float]:
    """Compute what a decayed point of each sum adds to its score: "Reasons that add up" in docs/scoring.md."""
    alpha, kappa, lambda_ = rule_set.promise_weight, rule_set.doubt, rule_set.balance_doubt
    promises = 50 * alpha / (sums["kept"] + sums["missed"] + kappa)
    working = 100 * (1 - alpha) * (1 - 2 ** (-sums["effort"] / rule_set.effort_half))
    effort = working / sums["effort"] if sums["effort"] else 0.0
    exchange = 200 / (sums["received"] + sums["given"] + lambda_)
    return {
        "kept": promises,
        "missed": -promises,
        "effort": effort,
        "received": 0.75 * exchange,
        "given": -0.25 * exchange,
        "demand": 0.0,
    }
