"""A manager's override of a tier, until a day; the scores stay as they are."""

from datetime import date

from django.db import transaction

from customers.models import Customer
from customers.signals import history_changed
from partnership.scoring.models import Tier, TierPin
from partnership.staff.models import User


@transaction.atomic
def pin_tier(*, customer: Customer, tier: Tier, reason: str, until: date, by: User) -> TierPin:
    """In place of the pin that there is, if any; a rescore makes it show."""
    said = {"tier": tier, "reason": reason, "until": until, "by": by}
    pin, _created = TierPin.objects.update_or_create(customer=customer, defaults=said)
    history_changed.send(sender=TierPin, customer_ids=[customer.pk])
    return pin


@transaction.atomic
def unpin_tier(*, customer: Customer) -> bool:
    """Whether there was one."""
    lifted, _by_model = TierPin.objects.filter(customer=customer).delete()
    if lifted:
        history_changed.send(sender=TierPin, customer_ids=[customer.pk])
    return bool(lifted)
