"""What health tells the packages above it."""

from django.dispatch import Signal

alerts_raised = Signal()
"""Sent with raised (a list of checking.Raised) and at, in the transaction that raised them."""
