"""Pin and unpin tiers: a manager's override until a day; scores stay as they are."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.merging.resolution import lock_survivors
from customers.models import Customer
from customers.signals import history_changed
from interactions.errors import ActionRefused
from partnership.scoring.models import Tier, TierPin
from partnership.staff.audit import changed_rows, deleted_rows, deleted_state, is_untouched, restore_columns
from partnership.staff.models import User

_COLUMNS = ("tier_id", "reason", "until", "by_id")


@transaction.atomic
def pin_tier(*, customer: Customer, tier: Tier, reason: str, until: date, by: User) -> TierPin:
    """Pin a tier, replacing an earlier pin; it shows after the next rescore."""
    values = {"tier": tier, "reason": reason, "until": until, "by": by}
    pin, _created = TierPin.objects.update_or_create(customer=customer, defaults=values)
    history_changed.send(sender=TierPin, customer_ids=[customer.pk])
    return pin


@transaction.atomic
def unpin_tier(*, customer: Customer) -> bool:
    """Remove a pin, and say whether there was one."""
    deleted, _by_model = TierPin.objects.filter(customer=customer).delete()
    if deleted:
        history_changed.send(sender=TierPin, customer_ids=[customer.pk])
    return bool(deleted)


@transaction.atomic
def undo_pin_change(*, customer: Customer, change: UUID, by: User) -> None:
    """Take back that a pin was set, changed or removed. Raise ActionRefused where it was changed again since."""
    lock_survivors([customer.pk])
    pin = TierPin.objects.select_for_update().filter(customer=customer).first()
    removed = deleted_rows(TierPin, change=change, by=by)
    if removed and pin is None:
        _bring_back(removed, customer=customer, change=change)
    elif pin and pin.pk in changed_rows(TierPin, change=change, by=by):
        if not restore_columns(TierPin, _COLUMNS, change=change, rows=[pin.pk]):
            raise _refusal()
    elif pin and pin.by_id == by.pk and is_untouched(pin):
        pin.delete()
    else:
        raise _refusal()
    history_changed.send(sender=TierPin, customer_ids=[customer.pk])


def _bring_back(removed: list[int], *, customer: Customer, change: UUID) -> None:
    for pk in removed:
        state = deleted_state(TierPin, pk, change=change)
        if state["customer_id"] == customer.pk:
            TierPin.objects.bulk_create([TierPin(**state)])
            TierPin.objects.filter(pk=pk).update(pinned_at=state["pinned_at"])  # it was not pinned just now


def _refusal() -> ActionRefused:
    return ActionRefused(_("The pin has changed since then. The earlier change can no longer be undone."))
