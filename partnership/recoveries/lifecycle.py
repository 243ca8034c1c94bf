"""Recoveries follow the timeline: a mistake of ours opens one, the customer's forgiveness closes it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from customers.merge_resolution import held_survivors
from interactions.actions.record import record
from interactions.errors import ActionRefused
from interactions.models import Channel, Direction, Kind
from partnership.recoveries.models import Recovery
from partnership.staff.external_ids import OWN
from partnership.staff.models import User

MENDABLE = timedelta(days=90)
"""Another system's mistake that reaches us later than this is history: to apologise now would open what has healed, and
years of them would head the lane for ever. What is written here by hand is always ours to mend."""


def settle(customers: Collection[int]) -> None:
    """Make the recoveries of these customers what their timelines say; nothing the second time.

    What somebody wrote down stays: what we did where there are words, and any outcome but forgiveness.

    Customers are held before their recoveries, and those before items: here, in the verbs on either and in a merge.
    """
    given: dict[str, Any] = {
        "customers": list(customers), "forgiven": Recovery.FORGIVEN, "own": OWN, "mendable": MENDABLE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CONCERNS, given)
        (concerns,) = cursor.fetchone()
        if concerns:
            held_survivors(customers)
            for statement in (OPEN, MOVE, RETELL, FORGIVE, REOPEN):
                cursor.execute(statement, given)


@transaction.atomic
def close_recovery(recovery: Recovery, *, outcome: str, by: User, at: datetime) -> None:
    """By an outcome in words, which the timeline tells too. ActionRefused when it is closed, or nothing is said."""
    if not outcome.strip() or outcome.strip() == Recovery.FORGIVEN:
        raise ActionRefused(_("Say how it ended, in words of your own."))
    held_survivors([recovery.customer_id])
    closed = Recovery.objects.open().filter(pk=recovery.pk).update(closed_at=at, outcome=outcome.strip())
    recovery.refresh_from_db()
    if not closed:
        raise ActionRefused(_("This recovery is closed already."))
    # In the subject: the text of such a row is what we did.
    record(
        by=by, recorded_at=at, occurred_at=at, customer_id=recovery.customer_id, kind=Kind.RECOVERY,
        channel=Channel.INTERNAL, direction=Direction.INTERNAL, subject=_("Closed: %s") % recovery.outcome,
    )  # fmt: skip


# For reads in SQL of the packages above. Served by recoveries_open.
OPEN_RECOVERIES = """
SELECT id, customer_id, what_happened, opened_at FROM recoveries_recovery
WHERE closed_at IS NULL AND customer_id = ANY(%(customers)s)"""

# Most histories have no mistake in them, and most changes are of those.
CONCERNS = """
SELECT EXISTS (SELECT FROM interactions_interaction WHERE kind = 'mistake' AND customer_id = ANY(%(customers)s))
  OR EXISTS (SELECT FROM recoveries_recovery WHERE customer_id = ANY(%(customers)s))"""

# All served by interactions_repair. Two that see the same mistake at once make one recovery of it.
OPEN = """
INSERT INTO recoveries_recovery (customer_id, mistake_id, what_happened, what_we_did, owner_id, opened_at, outcome)
SELECT mistake.customer_id, mistake.id, coalesce(nullif(mistake.body, ''), mistake.subject), '', customer.owner_id,
  mistake.occurred_at, ''
FROM interactions_interaction mistake JOIN customers_customer customer ON customer.id = mistake.customer_id
WHERE mistake.kind = 'mistake' AND mistake.customer_id = ANY(%(customers)s)
  AND (mistake.source = %(own)s OR mistake.recorded_at <= mistake.occurred_at + %(mendable)s)
  AND NOT EXISTS (SELECT FROM recoveries_recovery WHERE mistake_id = mistake.id)
ORDER BY mistake.id
ON CONFLICT (mistake_id) DO NOTHING"""

# A thread that was moved and a customer who was merged take it along; a mark that was taken off takes it away.
MOVE = """
UPDATE recoveries_recovery recovery SET customer_id = mistake.customer_id FROM interactions_interaction mistake
WHERE mistake.id = recovery.mistake_id AND mistake.customer_id = ANY(%(customers)s)
  AND mistake.customer_id <> recovery.customer_id"""

RETELL = """
UPDATE recoveries_recovery recovery SET what_we_did = told.body
FROM (
  SELECT recovery.id, (
    SELECT row.body FROM interactions_interaction row
    WHERE row.customer_id = recovery.customer_id AND row.kind = 'recovery' AND row.body <> ''
      AND row.occurred_at >= recovery.opened_at
    ORDER BY row.occurred_at, row.id LIMIT 1) AS body
  FROM recoveries_recovery recovery WHERE what_we_did = '' AND customer_id = ANY(%(customers)s)
) told
WHERE told.id = recovery.id AND told.body IS NOT NULL"""

FORGIVE = """
UPDATE recoveries_recovery recovery
SET closed_at = forgiveness.occurred_at, outcome = %(forgiven)s, forgiveness_id = forgiveness.id
FROM (
  SELECT DISTINCT ON (recovery.id) recovery.id AS recovery_id, row.id, row.occurred_at
  FROM recoveries_recovery recovery JOIN interactions_interaction row ON row.customer_id = recovery.customer_id
    AND row.kind = 'forgiveness' AND row.direction = 'inbound' AND row.occurred_at >= recovery.opened_at
  WHERE recovery.customer_id = ANY(%(customers)s) AND recovery.closed_at IS NULL
  ORDER BY recovery.id, row.occurred_at, row.id
) forgiveness
WHERE forgiveness.recovery_id = recovery.id"""

# Its forgiveness was deleted, or belongs to somebody else.
REOPEN = """
UPDATE recoveries_recovery recovery SET closed_at = NULL, outcome = '', forgiveness_id = NULL
WHERE customer_id = ANY(%(customers)s) AND outcome = %(forgiven)s AND NOT EXISTS (
  SELECT FROM interactions_interaction row
  WHERE row.id = recovery.forgiveness_id AND row.customer_id = recovery.customer_id AND row.kind = 'forgiveness')"""
