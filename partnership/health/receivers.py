"""What a changed history does to the metrics."""

from collections.abc import Collection

from django.db import connection
from django.dispatch import receiver

from customers.signals import history_changed


@receiver(history_changed)
def follow_history(*, customer_ids: Collection[int], **_: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO health_stalemetrics (customer_id) SELECT unnest(%s::bigint[])", [list(customer_ids)]
        )
