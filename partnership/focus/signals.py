"""What the queue tells the packages above it."""

from django.dispatch import Signal

item_handed_over = Signal()
"""Sent with item, by and at, inside the transaction that gave it to its `taken_by`, who did not have it before."""
