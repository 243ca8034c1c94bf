"""What scoring tells the packages above it."""

from dataclasses import dataclass

from django.dispatch import Signal


@dataclass(frozen=True)
class TierChange:
    """Primary keys: a customer's, and of the tiers shown before and after. `pinned`: a pin chose the one after."""

    customer: int
    before: int
    after: int
    pinned: bool


tiers_changed = Signal()
"""Sent with changes (TierChange each), day and at, once per batch, inside the transaction that stores the scores. Not
of a first score, and not of what other rules make of it: see everybody_rescored."""

everybody_rescored = Signal()
"""Sent with rule_set and at, when the full rescore that follows its activation is done; twice if a worker dies."""
