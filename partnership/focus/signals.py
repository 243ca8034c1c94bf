"""What focus tells the packages above it."""

from django.dispatch import Signal

item_handed_over = Signal()
"""Sent with item, by and at, in the transaction that gave the item to `taken_by`, who did not have it before."""

handover_undone = Signal()
"""Sent with item and by, in the transaction that took a handover back: `item` is as it was handed over."""
