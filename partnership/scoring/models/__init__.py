from partnership.scoring.models.rule_sets import RuleSet
from partnership.scoring.models.run import Run
from partnership.scoring.models.scores import MissingTrend, Score, ScoreSnapshot, StaleScore
from partnership.scoring.models.tier_pin import TierPin
from partnership.scoring.models.tiers import DEFAULT_RESPONSE_HOURS, Tier
from partnership.scoring.models.value_rules import ValueRule

__all__ = [
    "DEFAULT_RESPONSE_HOURS", "MissingTrend", "RuleSet", "Run", "Score", "ScoreSnapshot", "StaleScore", "Tier",
    "TierPin", "ValueRule",
]  # fmt: skip
