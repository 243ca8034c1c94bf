"""A manager's pin of the tier, as a part of a customer's page."""

from django.utils import timezone

from customers.models import Customer
from partnership.desk.web.page_parts import PagePart
from partnership.scoring.models import TierPin

# What pin_in_force() and the template need of a customer.
PINNED = ("tier_pin__tier__rule_set", "tier_pin__tier__same_as")


def pin_in_force(customer: Customer) -> TierPin | None:
    """Return the pin whose day is not over, unless the active rules have no such tier."""
    pin: TierPin | None = getattr(customer, "tier_pin", None)
    return pin if pin and pin.until >= timezone.localdate() and pin.tier.in_force else None


PIN = PagePart("pin", "desk/tier_pins/pin.html", pin_in_force)
