from partnership.scoring.models.rules import DEFAULT_RESPONSE_HOURS, RuleSet, Tier, ValueRule
from partnership.scoring.models.run import Run
from partnership.scoring.models.scores import Score, ScoreSnapshot, StaleScore
from partnership.scoring.models.tier_pin import TierPin

__all__ = [
    "DEFAULT_RESPONSE_HOURS", "RuleSet", "Run", "Score", "ScoreSnapshot", "StaleScore", "Tier", "TierPin", "ValueRule",
]  # fmt: skip
