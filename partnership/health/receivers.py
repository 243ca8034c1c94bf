"""What a changed history does to the tallies."""

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.dispatch import receiver

from customers.signals import history_changed


@receiver(history_changed)
def follow_history(*, customer_ids: Collection[int], **_: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO health_staletally (customer_id) SELECT unnest(%s::bigint[])", [list(customer_ids)])
