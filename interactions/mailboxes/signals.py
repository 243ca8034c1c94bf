"""The signal by which upper packages learn of mail that was not sent."""

from django.dispatch import Signal

# Sent with mail and at, inside the transaction that records the failure; again for each attempt that fails.
mail_failed = Signal()
