"""Signals that scoring sends to the packages above it."""

from dataclasses import dataclass

from django.dispatch import Signal


@dataclass(frozen=True)
class TierChange:
    """Primary keys of a customer and of the tiers shown before and after; `pinned` if a pin chose the later one."""

    customer: int
    before: int
    after: int
    pinned: bool


# Sent with changes (a list of TierChange), day and at, once per batch, inside the transaction that stores the scores.
# First scores and changes caused by other rules are left out: everybody_rescored announces those.
tiers_changed = Signal()

# Sent with customer_ids: inside the transaction that stores scores, where these changed and the day did not, and after
# earlier snapshots were written. What is derived from them is outdated. On a new day, everything is derived anew.
scores_changed = Signal()

# Sent with rule_set and at, when the full rescore after its activation is done; twice if a worker dies at the end.
everybody_rescored = Signal()
