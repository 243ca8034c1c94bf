"""A manager's pin of the tier, as a part of a customer's page."""

from django.utils import timezone

from customers.models import Customer
from partnership.desk.web.page_parts import PagePart
from partnership.scoring.models import TierPin


def pin_in_force(customer: Customer) -> TierPin | None:
    pin: TierPin | None = getattr(customer, "tier_pin", None)
    return pin if pin and pin.until >= timezone.localdate() else None


PIN = PagePart("pin", "desk/tier_pins/pin.html", pin_in_force)
