from partnership.scoring.models.rules import RuleSet, Tier, ValueRule
from partnership.scoring.models.scores import Score, ScoreSnapshot, StaleScore
from partnership.scoring.models.tier_pin import TierPin

__all__ = ["RuleSet", "Score", "ScoreSnapshot", "StaleScore", "Tier", "TierPin", "ValueRule"]
