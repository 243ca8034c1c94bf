"""What outdates the metrics: a changed history, scores that changed without one, other settings of the firm."""

from collections.abc import Collection

from django.db import connection
from django.db.models.signals import pre_save
from django.dispatch import receiver

from customers.signals import CountedFacts, facts_counted, history_changed
from partnership.scoring.signals import scores_changed
from partnership.staff.models import Firm

# What the metrics and the answers depend on, beside histories and scores.
_SETTINGS = ("delivery_kinds", "currency", "timezone", "business_hours", "holidays")


@receiver([history_changed, scores_changed])
def mark_stale(*, customer_ids: Collection[int], **_: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO health_stalemetrics (customer_id) SELECT unnest(%s::bigint[])", [list(customer_ids)]
        )


@receiver(facts_counted)
def name_counted_facts(**_: object) -> CountedFacts:
    """Grades are answers of surveys."""
    return CountedFacts(dict.fromkeys(("recommendation", "satisfaction"), frozenset()))


@receiver(pre_save, sender=Firm)
def mark_all_stale_on_other_settings(*, instance: Firm, **_: object) -> None:
    current = Firm.current()
    if any(getattr(instance, name) != getattr(current, name) for name in _SETTINGS):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO health_stalemetrics (customer_id) SELECT id FROM customers_customer"
                " WHERE merged_into_id IS NULL ORDER BY id"
            )
