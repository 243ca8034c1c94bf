"""Actions on an open recovery. What they write stands on the timeline as well."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.lookups import work_obstacle
from customers.merging.resolution import lock_survivors
from interactions.actions.entries import edit_entry
from interactions.actions.record import record
from interactions.errors import ActionRefused
from interactions.markdown import render_markdown
from interactions.models import Channel, Direction, Interaction, Kind
from interactions.permissions import may_edit
from partnership.recoveries.models import Recovery
from partnership.recoveries.signals import recovery_handed_over
from partnership.staff.models import User


@transaction.atomic
def describe_what_we_did(recovery: Recovery, *, words: str, by: User, at: datetime) -> None:
    """Write what we did in an entry of its own, or edit that entry where the user may.

    ActionRefused when there are no words, or when the entry was sent already.
    """
    if not words.strip():
        raise ActionRefused(_("Say what we did about it."))
    rows = Interaction.objects.filter(customer=recovery.customer_id, kind=Kind.RECOVERY)
    list(
        rows.order_by("pk").select_for_update(no_key=True).values_list("pk")
    )  # entries are locked before their customers
    now = _hold(recovery)
    if now.what_we_did == words:
        return
    row = _entry_of(now)
    Recovery.objects.filter(pk=now.pk).update(what_we_did=words)
    if row and may_edit(by, row):
        edit_entry(row, by=by, body=words)
    else:
        record(
            by=by, recorded_at=at, occurred_at=at, customer_id=now.customer_id, kind=Kind.RECOVERY,
            channel=Channel.INTERNAL, direction=Direction.OUTBOUND, body=words, html=render_markdown(words),
        )  # fmt: skip
    recovery.refresh_from_db()


def _hold(recovery: Recovery) -> Recovery:
    """Lock its customer, then itself, until commit; return it as it stands."""
    lock_survivors([recovery.customer_id])
    return Recovery.objects.select_for_update(no_key=True, of=("self",)).get(pk=recovery.pk)


def _entry_of(recovery: Recovery) -> Interaction | None:
    """Return the entry that says what we did, in the same words. Served by interactions_repair."""
    entries = Interaction.objects.filter(
        customer=recovery.customer_id, kind=Kind.RECOVERY, body=recovery.what_we_did,
        occurred_at__gte=recovery.opened_at,
    )  # fmt: skip
    return entries.order_by("occurred_at", "id").first() if recovery.what_we_did else None


@transaction.atomic
def hand_recovery_over(recovery: Recovery, *, to: User | None, by: User, at: datetime) -> None:
    """Give it to an owner who may see the customer, and notify them."""
    is_new = _hold(recovery).owner_id != (to.pk if to else None)
    if to and is_new and (reason := work_obstacle(to, recovery.customer_id)):
        raise ActionRefused(reason)
    Recovery.objects.filter(pk=recovery.pk).update(owner=to)
    recovery.refresh_from_db()
    if is_new:
        recovery_handed_over.send(sender=Recovery, recovery=recovery, by=by, at=at)


@transaction.atomic
def note_forgiveness(
    recovery: Recovery, *, words: str, channel: str, happened: datetime, by: User, at: datetime, external_id: str
) -> None:
    """Write down that the customer forgave us, which closes their recoveries.

    ActionRefused when it is closed already, or when they said it before the mistake.
    """
    now = _hold(recovery)
    if now.forgiveness_id and now.forgiveness and now.forgiveness.external_id == external_id:
        return
    if now.closed_at:
        raise ActionRefused(_("This recovery is closed already."))
    if happened < now.opened_at:
        raise ActionRefused(_("That was before the mistake: write down when they forgave it."))
    record(
        by=by, recorded_at=at, occurred_at=happened, customer_id=now.customer_id, kind=Kind.FORGIVENESS,
        channel=channel, direction=Direction.INBOUND, author_id=by.pk, body=words, external_id=external_id,
    )  # fmt: skip
    recovery.refresh_from_db()
