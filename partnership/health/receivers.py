"""What a changed history, or scores that changed without one, do to the metrics."""

from collections.abc import Collection

from django.db import connection
from django.dispatch import receiver

from customers.signals import history_changed
from partnership.scoring.signals import scores_changed


@receiver([history_changed, scores_changed])
def mark_stale(*, customer_ids: Collection[int], **_: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO health_stalemetrics (customer_id) SELECT unnest(%s::bigint[])", [list(customer_ids)]
        )
