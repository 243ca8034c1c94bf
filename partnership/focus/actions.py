"""Actions on items: take, hand over, snooze, finish, and waking what was snoozed.

Each takes the item as it was shown and refreshes that object. ActionRefused says what prevents the action.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.lookups import work_obstacle
from customers.merging.resolution import lock_survivors
from interactions.errors import ActionRefused
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import hold_items, mark_leads, mark_stale
from partnership.focus.signals import handover_undone, item_handed_over
from partnership.recoveries.lifecycle import close_recovery, reopen_recovery
from partnership.recoveries.models import Recovery
from partnership.staff.models import User

OPEN, TAKEN, SNOOZED, DONE = FocusItem.State.OPEN, FocusItem.State.TAKEN, FocusItem.State.SNOOZED, FocusItem.State.DONE
AWAKE: dict[str, object] = {"snoozed_until": None, "snooze_reason": ""}


@transaction.atomic
def _change(item: FocusItem, when: Q, **fields: object) -> bool:
    """Update the item where it is as `when` says; return whether it was. Another of the customer's may come first."""
    lock_survivors([item.customer_id])
    hold_items([item.customer_id])
    still = FocusItem.objects.filter(when, pk=item.pk, reason=item.reason, cause=item.cause).exclude(state=DONE)
    changed = bool(still.update(**fields))
    mark_leads([item.customer_id])
    return changed


def _give(item: FocusItem, when: Q, *, to: User) -> bool:
    return _change(item, when, state=TAKEN, taken_by=to, **AWAKE)


def take(item: FocusItem, *, by: User, at: datetime) -> None:
    """Take an item that no active colleague has. The first wins; the second is told who that was."""
    free = Q(taken_by=None) | Q(taken_by=by) | Q(taken_by__is_active=False)
    if not _give(item, free, to=by):
        raise ActionRefused(_why_not_taken(item))
    item.refresh_from_db()


@transaction.atomic
def hand_over(item: FocusItem, *, to: User, by: User, at: datetime) -> None:
    """Give it to a colleague who may see the customer, and notify them."""
    if reason := work_obstacle(to, item.customer_id):
        raise ActionRefused(reason)
    is_new = _give(item, Q(taken_by=None) | ~Q(taken_by=to), to=to)
    if not is_new and not _give(item, Q(), to=to):
        raise ActionRefused(str(GONE))
    item.refresh_from_db()
    if is_new:
        item_handed_over.send(sender=FocusItem, item=item, by=by, at=at)


def snooze(item: FocusItem, *, until: datetime, by: User, at: datetime, reason: str = "") -> None:
    """Hide it until then, or until something new raises it."""
    if until <= at:
        raise ActionRefused(_("That moment is in the past: choose a later one."))
    put_off = {"state": SNOOZED, "snoozed_until": until, "snooze_reason": reason.strip(), "is_lead": False}
    if not _change(item, Q(), **put_off):
        raise ActionRefused(str(GONE))
    item.refresh_from_db()


@transaction.atomic
def finish(item: FocusItem, *, outcome: str, by: User, at: datetime) -> None:
    """Mark it as done, so that the same cause does not raise it again. A recovery needs an outcome in words."""
    if item.reason == FocusItem.Reason.RECOVERY:
        recovery = Recovery.objects.filter(pk=item.facts["recovery"]).first()
        if recovery is None:
            raise ActionRefused(str(GONE))
        close_recovery(recovery, outcome=outcome, by=by, at=at)
    did = {"state": DONE, "done_at": at, "done_by": by, "outcome": outcome.strip(), "is_lead": False}
    if not _change(item, Q(), **did, **AWAKE):
        raise ActionRefused(str(GONE))
    mark_stale([item.customer_id])  # another cause may stand behind this one
    item.refresh_from_db()


def item_state(item: FocusItem) -> dict[str, object]:
    """Return what the staff's actions change of an item, as undo takes it."""
    until = item.snoozed_until and item.snoozed_until.isoformat()
    return {
        "state": item.state, "taken_by_id": item.taken_by_id, "snoozed_until": until,
        "snooze_reason": item.snooze_reason, "cause": item.cause,
    }  # fmt: skip


@transaction.atomic
def undo(item: FocusItem, *, was: dict[str, Any], left: dict[str, Any], by: User, at: datetime) -> None:
    """Make an item what it was, as long as it is what an action of the user's `left` of it."""
    lock_survivors([item.customer_id])
    hold_items([item.customer_id])
    row = FocusItem.objects.filter(pk=item.pk).first()
    if row is None or item_state(row) != left:
        raise ActionRefused(str(GONE))
    if left["state"] == DONE:
        _make_room(row)
        if row.reason == FocusItem.Reason.RECOVERY:
            reopen_recovery(Recovery.objects.get(pk=row.facts["recovery"]), by=by, at=at)
    until = was["snoozed_until"] and datetime.fromisoformat(was["snoozed_until"])
    earlier = {**was, "snoozed_until": until, "done_at": None, "done_by": None, "outcome": "", "is_lead": False}
    FocusItem.objects.filter(pk=row.pk).update(**earlier)
    mark_leads([row.customer_id])
    mark_stale([row.customer_id])  # what raised it may have gone since
    if left["taken_by_id"] not in (was["taken_by_id"], by.pk):
        handover_undone.send(sender=FocusItem, item=row, by=by)
    item.refresh_from_db()


def _make_room(done: FocusItem) -> None:
    """Drop the item that came after a finished one, unless a colleague has acted on it."""
    next_one = FocusItem.objects.filter(customer=done.customer_id, reason=done.reason).exclude(state=DONE)
    if next_one.exclude(state=OPEN).exists():
        raise ActionRefused(str(GONE))
    next_one.delete()


@transaction.atomic
def wake(*, at: datetime) -> int:
    """Bring back what was snoozed until now; return how many. Served by focus_items_snoozed."""
    due = FocusItem.objects.filter(state=SNOOZED, snoozed_until__lte=at)
    customers = sorted(set(due.values_list("customer", flat=True)))
    hold_items(customers)
    back = due.filter(customer__in=customers)
    woken = back.filter(taken_by=None).update(state=OPEN, **AWAKE) + back.update(state=TAKEN, **AWAKE)
    mark_leads(customers)
    return woken


def _why_not_taken(item: FocusItem) -> str:
    now = FocusItem.objects.filter(pk=item.pk).exclude(state=DONE).select_related("taken_by").first()
    if now is None or now.taken_by is None:
        return str(GONE)
    return _("This is assigned to %(name)s already.") % {"name": now.taken_by}


GONE = gettext_lazy("This was done or has changed just now. Reload the page to see the rest.")
