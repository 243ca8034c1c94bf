"""Value rules, their trials and scores in Django's admin."""

from partnership.scoring.admin import rule_sets, runs, scores

__all__ = ["rule_sets", "runs", "scores"]
