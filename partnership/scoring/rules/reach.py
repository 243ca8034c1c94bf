"""The highest scores that the rules of a set can give anybody."""

from collections.abc import Iterable
from dataclasses import dataclass

from partnership.scoring.engine.formulas import SUMS, UNITS_PER_POINT, compute_scores
from partnership.scoring.models import RuleSet, ValueRule

# Points of a sum that no cap limits: enough that every formula is at its limit, and a bigint holds it in units.
_UNLIMITED = 1_000_000.0


@dataclass(frozen=True)
class Reach:
    """Scores from 0 to 100, confidence from 0 to 1."""

    partnership: float
    commitment: float
    confidence: float


def compute_reach(rule_set: RuleSet, rules: Iterable[ValueRule]) -> Reach:
    """Compute the scores of who does all that counts in their favour, every day, with all evidence; one statement.

    With a cap of c points a day and a half-life of h days a sum stays below c / (1 - 2^(-1/h)).
    """
    most = dict.fromkeys(SUMS, 0.0)
    caps: dict[tuple[str, str | int], float] = {}
    for number, rule in enumerate(rules):
        if not rule.kinds:
            continue
        if rule.daily_cap is None:
            most[rule.sum] = _UNLIMITED
        else:
            caps[rule.sum, rule.shared_cap or number] = float(rule.daily_cap) / (1 - 2 ** (-1 / rule.half_life))
    for (name, _cap), points in caps.items():
        most[name] = min(_UNLIMITED, most[name] + points)
    every = {name: int(points * UNITS_PER_POINT) for name, points in most.items()}
    # Promises missed lower commitment, but are evidence too.
    best, surest = compute_scores(rule_set, [{**every, "missed": 0, "given": 0}, every])
    return Reach(best["partnership"], best["commitment"], surest["confidence"])
