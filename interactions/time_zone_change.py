"""The stored local day of each entry, after the firm moved to another time zone."""

from django.db import connection, transaction

from customers.signals import history_changed
from interactions.models import Interaction
from partnership.staff.models import Firm

_MOVE_DAYS = """
WITH moved AS (
  UPDATE interactions_interaction SET occurred_on = (occurred_at AT TIME ZONE %(zone)s)::date
  WHERE occurred_on <> (occurred_at AT TIME ZONE %(zone)s)::date
  RETURNING customer_id
)
SELECT DISTINCT customer_id FROM moved"""


@transaction.atomic
def recompute_local_days(firm: Firm) -> int:
    """Recompute every entry's local day. Return how many customers changed."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_DAYS, {"zone": firm.timezone})
        customers = [pk for (pk,) in cursor.fetchall()]
    if customers:
        history_changed.send(sender=Interaction, customer_ids=customers)
    return len(customers)
