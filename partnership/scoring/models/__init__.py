from partnership.scoring.models.rules import UNTIERED_HOURS, RuleSet, Tier, ValueRule
from partnership.scoring.models.run import Run
from partnership.scoring.models.scores import Score, ScoreSnapshot, StaleScore
from partnership.scoring.models.tier_pin import TierPin

__all__ = ["UNTIERED_HOURS", "RuleSet", "Run", "Score", "ScoreSnapshot", "StaleScore", "Tier", "TierPin", "ValueRule"]
