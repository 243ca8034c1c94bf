"""What a changed history does to recoveries.

It runs before those of focus and health, which find every recovery as the timeline says: this package stands before
theirs in INSTALLED_APPS, and receivers run in the order in which they were connected.
"""

from collections.abc import Collection
from datetime import datetime

from django.dispatch import receiver

from customers.signals import customers_erased, history_changed
from partnership.recoveries.lifecycle import erase_words, settle


@receiver(history_changed)
def settle_recoveries(*, customer_ids: Collection[int], **_: object) -> None:
    settle(customer_ids)


@receiver(customers_erased)
def erase_recoveries(*, customer_ids: Collection[int], at: datetime, **_: object) -> None:
    erase_words(customer_ids, at=at)
