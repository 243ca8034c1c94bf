"""Recoveries follow the timeline: a mistake of ours opens one, the customer's forgiveness closes it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from customers.merging.resolution import lock_survivors
from customers.signals import history_changed
from interactions.actions.record import record
from interactions.errors import ActionRefused
from interactions.models import Channel, Direction, Interaction, Kind
from partnership.recoveries.models import Recovery
from partnership.staff.external_ids import OWN_SOURCE
from partnership.staff.models import User

# An imported mistake that reaches us later than this opens no recovery: apologising now would reopen what has healed.
# One that is written down here always does.
LATEST_IMPORT = timedelta(days=90)


def settle(customers: Collection[int]) -> None:
    """Derive these customers' recoveries from their timelines. Done twice, it changes nothing.

    What was written down stays: what we did, and any outcome but forgiveness. Locks are taken on customers, then
    recoveries, then focus items, here as in their actions and in a merge.
    """
    given: dict[str, Any] = {
        "customers": list(customers), "forgiven": Recovery.FORGIVEN, "own": OWN_SOURCE, "latest_import": LATEST_IMPORT,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNS, given)
        (concerns,) = cursor.fetchone()
        if concerns:
            lock_survivors(customers)
            for statement in (_OPEN, _MOVE, _FILL_WHAT_WE_DID, _FORGIVE, _REOPEN):
                cursor.execute(statement, given)


@transaction.atomic
def close_recovery(recovery: Recovery, *, outcome: str, by: User, at: datetime) -> None:
    """Close it with an outcome in words, which go to the timeline too. ActionRefused when it is closed already."""
    if not outcome.strip() or outcome.strip() == Recovery.FORGIVEN:
        raise ActionRefused(_("Say how it ended, in words of your own."))
    lock_survivors([recovery.customer_id])
    closed = Recovery.objects.open().filter(pk=recovery.pk).update(closed_at=at, outcome=outcome.strip())
    recovery.refresh_from_db()
    if not closed:
        raise ActionRefused(_("This recovery is closed already."))
    # In the subject: the text of such an entry is what we did.
    record(
        by=by, recorded_at=at, occurred_at=at, customer_id=recovery.customer_id, kind=Kind.RECOVERY,
        channel=Channel.INTERNAL, direction=Direction.INTERNAL, subject=_("Closed: %s") % recovery.outcome,
    )  # fmt: skip


@transaction.atomic
def reopen_recovery(recovery: Recovery, *, by: User, at: datetime) -> None:
    """Reopen a recovery that was closed by mistake, and delete the entry that said so."""
    lock_survivors([recovery.customer_id])
    row = Recovery.objects.select_for_update(no_key=True, of=("self",)).get(pk=recovery.pk)
    if row.closed_at is None or row.outcome == Recovery.FORGIVEN:
        raise ActionRefused(_("This recovery was not closed by us: there is nothing to reopen."))
    said_so = Interaction.objects.filter(
        customer=row.customer_id, kind=Kind.RECOVERY, direction=Direction.INTERNAL, occurred_at=row.closed_at, body=""
    )
    said_so.delete()
    Recovery.objects.filter(pk=row.pk).update(closed_at=None, outcome="")
    history_changed.send(sender=Interaction, customer_ids={row.customer_id})
    recovery.refresh_from_db()


def erase_words(customers: Collection[int], *, at: datetime) -> None:
    """Erase what happened and what we did; close what is open. That it was forgiven, and when, stays."""
    events: Any = Recovery.pgh_event_model  # type: ignore[attr-defined]
    Recovery.objects.open().filter(customer__in=list(customers)).update(closed_at=at, outcome=_("Erased"))
    for rows in (Recovery.objects.all(), events._default_manager.all()):
        theirs = rows.filter(customer__in=list(customers))
        theirs.update(what_happened="", what_we_did="")
        theirs.exclude(outcome__in=["", Recovery.FORGIVEN]).update(outcome=_("Erased"))


# For reads in SQL of the packages above. Served by recoveries_open.
OPEN_RECOVERIES = """
SELECT id, customer_id, what_happened, opened_at FROM recoveries_recovery
WHERE closed_at IS NULL AND customer_id = ANY(%(customers)s)"""

# Most changes are of histories without a mistake.
_CONCERNS = """
SELECT EXISTS (SELECT FROM interactions_interaction WHERE kind = 'mistake' AND customer_id = ANY(%(customers)s))
  OR EXISTS (SELECT FROM recoveries_recovery WHERE customer_id = ANY(%(customers)s))"""

# All served by interactions_repair. Two transactions that see the same mistake make one recovery.
_OPEN = """
INSERT INTO recoveries_recovery (customer_id, mistake_id, what_happened, what_we_did, owner_id, opened_at, outcome)
SELECT mistake.customer_id, mistake.id, coalesce(nullif(mistake.body, ''), mistake.subject), '', customer.owner_id,
  mistake.occurred_at, ''
FROM interactions_interaction mistake JOIN customers_customer customer ON customer.id = mistake.customer_id
WHERE mistake.kind = 'mistake' AND mistake.customer_id = ANY(%(customers)s)
  AND (mistake.source = %(own)s OR mistake.recorded_at <= mistake.occurred_at + %(latest_import)s)
  AND NOT EXISTS (SELECT FROM recoveries_recovery WHERE mistake_id = mistake.id)
ORDER BY mistake.id
ON CONFLICT (mistake_id) DO NOTHING"""

# A recovery follows its mistake to another customer, when a conversation is moved or customers are merged.
_MOVE = """
UPDATE recoveries_recovery recovery SET customer_id = mistake.customer_id FROM interactions_interaction mistake
WHERE mistake.id = recovery.mistake_id AND mistake.customer_id = ANY(%(customers)s)
  AND mistake.customer_id <> recovery.customer_id"""

_FILL_WHAT_WE_DID = """
UPDATE recoveries_recovery recovery SET what_we_did = found.body
FROM (
  SELECT recovery.id, (
    SELECT row.body FROM interactions_interaction row
    WHERE row.customer_id = recovery.customer_id AND row.kind = 'recovery' AND row.body <> ''
      AND row.occurred_at >= recovery.opened_at
    ORDER BY row.occurred_at, row.id LIMIT 1) AS body
  FROM recoveries_recovery recovery WHERE what_we_did = '' AND customer_id = ANY(%(customers)s)
) found
WHERE found.id = recovery.id AND found.body IS NOT NULL"""

_FORGIVE = """
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

# Its forgiveness was deleted, or is another customer's by now.
_REOPEN = """
UPDATE recoveries_recovery recovery SET closed_at = NULL, outcome = '', forgiveness_id = NULL
WHERE customer_id = ANY(%(customers)s) AND outcome = %(forgiven)s AND NOT EXISTS (
  SELECT FROM interactions_interaction row
  WHERE row.id = recovery.forgiveness_id AND row.customer_id = recovery.customer_id AND row.kind = 'forgiveness')"""
