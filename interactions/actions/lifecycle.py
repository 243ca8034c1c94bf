"""Change a customer's lifecycle and whether we may contact them."""

from datetime import datetime

from django.db import transaction

from customers.models import Customer
from interactions.actions.record import record
from interactions.models import Channel, Direction, Kind
from partnership.staff.external_ids import new_external_id
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
