"""What a changed history does to recoveries.

It runs before those of focus and health, which find every recovery as the timeline says: this package stands before
theirs in INSTALLED_APPS, and receivers run in the order in which they were connected.
"""

from collections.abc import Collection

from django.dispatch import receiver

from customers.signals import history_changed
from partnership.recoveries.lifecycle import settle


@receiver(history_changed)
def settle_recoveries(*, customer_ids: Collection[int], **_: object) -> None:
    settle(customer_ids)
