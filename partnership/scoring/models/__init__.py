from partnership.scoring.models.rules import RuleSet, Tier, ValueRule
from partnership.scoring.models.run import Run
from partnership.scoring.models.scores import Score, ScoreSnapshot, StaleScore
from partnership.scoring.models.tier_pin import TierPin

__all__ = ["RuleSet", "Run", "Score", "ScoreSnapshot", "StaleScore", "Tier", "TierPin", "ValueRule"]
