"""Which local day a moment belongs to, when the firm moves to another time zone."""

from django.db import connection, transaction

from customers.signals import history_changed
from interactions.models import Interaction
from partnership.staff.models import Firm

MOVE_DAYS = """
WITH moved AS (
  UPDATE interactions_interaction SET occurred_on = (occurred_at AT TIME ZONE %(zone)s)::date
  WHERE occurred_on <> (occurred_at AT TIME ZONE %(zone)s)::date
  RETURNING customer_id
)
SELECT DISTINCT customer_id FROM moved"""


@transaction.atomic
def recompute_local_days(firm: Firm) -> int:
    """Make every interaction's stored day that of the firm's time zone; how many customers it concerned."""
    with connection.cursor() as cursor:
        cursor.execute(MOVE_DAYS, {"zone": firm.timezone})
        customers = [pk for (pk,) in cursor.fetchall()]
    if customers:
        history_changed.send(sender=Interaction, customer_ids=customers)
    return len(customers)
