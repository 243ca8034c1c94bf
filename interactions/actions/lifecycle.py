"""Change a customer's lifecycle and whether we may contact them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.signals import history_changed
from interactions.actions.record import record
from interactions.errors import ActionRefused
from interactions.models import Channel, Direction, Interaction, Kind
from partnership.staff.audit import changed_rows, restore_columns
from partnership.staff.external_ids import OWN_SOURCE, new_external_id
from partnership.staff.models import User


@transaction.atomic
def set_lifecycle(
    customer: Customer,
    *,
    lifecycle: str,
    do_not_contact: bool,
    at: datetime,
    by: User,
    reason: str = "",
    external_id: str | None = None,
) -> None:
    """Change both; a reason becomes a note on the timeline.

    A repeated call with the same `external_id` adds no second note.
    """
    customer.lifecycle, customer.do_not_contact = lifecycle, do_not_contact
    customer.save(update_fields=["lifecycle", "do_not_contact"])
    if reason:
        record(
            by=by, recorded_at=at, occurred_at=at, customer_id=customer.pk, kind=Kind.NOTE, body=reason,
            channel=Channel.INTERNAL, direction=Direction.INTERNAL, subject=customer.get_lifecycle_display(),
            external_id=external_id or new_external_id(),
        )  # fmt: skip


@transaction.atomic
def undo_lifecycle(customer: Customer, *, change: UUID, by: User, at: datetime, external_id: str = "") -> None:
    """Take back what set_lifecycle changed, and delete the note with this `external_id`."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    rows = [pk for pk in changed_rows(Customer, change=change, by=by) if pk == customer.pk]
    if restore_columns(Customer, ("lifecycle", "do_not_contact"), change=change, rows=rows) != rows:
        raise ActionRefused(_("A colleague has changed this since then. The earlier change can no longer be undone."))
    note = Interaction.objects.filter(
        customer=customer, source=OWN_SOURCE, external_id=external_id, kind=Kind.NOTE, author=by
    )
    if note.delete()[0]:
        history_changed.send(sender=Interaction, customer_ids={customer.pk})
    customer.refresh_from_db()
