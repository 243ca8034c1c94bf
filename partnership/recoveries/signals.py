"""What recoveries tell the packages above them."""

from django.dispatch import Signal

recovery_handed_over = Signal()
"""Sent with recovery, by and at, inside the transaction that gave it to its `owner`, who did not have it before."""
