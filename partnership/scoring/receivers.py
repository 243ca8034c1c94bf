"""Receivers of changed histories and merges."""

import logging
from collections.abc import Collection

from django.db import connection, transaction
from django.dispatch import receiver
from kombu.exceptions import OperationalError

from customers.models import Merge
from customers.signals import customers_merged, customers_unmerged, history_changed
from partnership.scoring import merge_rows
from partnership.scoring.tasks import rescore_stale_task

logger = logging.getLogger(__name__)


@receiver(history_changed)
def mark_stale(*, customer_ids: Collection[int], **_: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scoring_stalescore (customer_id, since) SELECT id, now() FROM unnest(%s::bigint[]) id",
            [list(customer_ids)],
        )
    transaction.on_commit(_nudge_worker, robust=True)  # robust: the change is committed, even if the message is lost


@receiver(customers_merged)
def merge_pins_and_trends(*, merge: Merge, **_: object) -> None:
    merge_rows.move_pin(merge)
    merge_rows.rebuild_trend(merge)


@receiver(customers_unmerged)
def separate_pins_and_trends(*, merge: Merge, **_: object) -> None:
    merge_rows.return_pin(merge)
    merge_rows.restore_trends(merge)


def _nudge_worker() -> None:
    """Ask a worker to rescore now. A lost message costs seconds: beat asks regularly."""
    try:
        rescore_stale_task.apply_async(retry=False, ignore_result=True)
    except OperationalError as lost:
        logger.info("The message to rescore was lost: %s", lost)
