"""Receivers of changed histories and merges."""

from collections.abc import Collection

from django.db import connection
from django.dispatch import receiver

from customers.models import Merge
from customers.signals import (
    CountedFacts,
    customers_erased,
    customers_merged,
    customers_unmerged,
    facts_counted,
    history_changed,
    history_imported,
)
from partnership.core.task_requests import request_on_commit
from partnership.scoring import erasure, merge_rows
from partnership.scoring.tasks import rescore_stale_task


@receiver(history_changed)
def mark_stale(*, customer_ids: Collection[int], **_: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scoring_stalescore (customer_id, since) SELECT id, now() FROM unnest(%s::bigint[]) id",
            [list(customer_ids)],
        )
    request_on_commit(rescore_stale_task.name)


@receiver(history_imported)
def ask_for_trends(*, customer_ids: Collection[int], **_: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scoring_missingtrend (customer_id) SELECT unnest(%s::bigint[])", [list(customer_ids)]
        )


@receiver(customers_merged)
def merge_pins_and_trends(*, merge: Merge, **_: object) -> None:
    merge_rows.move_pin(merge)
    merge_rows.rebuild_trend(merge)


@receiver(customers_unmerged)
def separate_pins_and_trends(*, merge: Merge, **_: object) -> None:
    merge_rows.return_pin(merge)
    merge_rows.restore_trends(merge)


@receiver(facts_counted)
def name_counted_facts(**_: object) -> CountedFacts:
    return erasure.find_counted_facts()


@receiver(customers_erased)
def erase_reasons(*, customer_ids: Collection[int], **_: object) -> None:
    erasure.erase_reasons(customer_ids)
