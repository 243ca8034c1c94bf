"""Pin and unpin tiers: a manager's override until a day; scores stay as they are."""

from datetime import date

from django.db import transaction

from customers.models import Customer
from customers.signals import history_changed
from partnership.scoring.models import Tier, TierPin
from partnership.staff.models import User


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
