"""The value rules and what they make of a history, in Django's admin."""

from partnership.scoring.admin import rule_sets, runs, scores

__all__ = ["rule_sets", "runs", "scores"]
