"""The ceiling on nudges per customer. Imported history is not limited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from interactions.errors import ActionRefused
from interactions.models import Interaction
from interactions.models.kinds import Direction, Kind
from interactions.querysets import WAS_SENT, InteractionQuerySet
from partnership.staff.models import Firm

NUDGE_PERIOD = timedelta(days=30)


@dataclass(frozen=True)
class Nudges:
    """The firm's ceiling, and the days of a customer's nudges within the period, newest first."""

    ceiling: int
    days: Sequence[date]

    @property
    def is_ceiling_reached(self) -> bool:
        return len(self.days) >= self.ceiling

    @property
    def next_on(self) -> date | None:
        """Return the day from which a nudge is possible; None if it is now, or never will be."""
        return self.days[self.ceiling - 1] + NUDGE_PERIOD if self.is_ceiling_reached and self.ceiling else None

    def refusal(self) -> str:
        """Explain why no nudge is possible; empty if one is."""
        if not self.is_ceiling_reached:
            return ""
        if self.next_on is None:
            return _("The firm's ceiling allows no nudges at all.")
        parts = {"count": self.ceiling, "day": date_format(self.next_on, "DATE_FORMAT")}
        return (
            ngettext(
                "They had %(count)d nudge within 30 days: that is our ceiling. The next is possible from %(day)s.",
                "They had %(count)d nudges within 30 days: that is our ceiling. The next is possible from %(day)s.",
                self.ceiling,
            )
            % parts
        )


def recent_nudges(*, after: date) -> InteractionQuerySet:
    """Return all nudges after a day that were sent. Served by interactions_scoring."""
    pushed = Interaction.objects.filter(WAS_SENT, kind=Kind.NUDGE, direction=Direction.OUTBOUND, occurred_on__gt=after)
    return pushed.order_by("-occurred_on")


def customer_nudges(customer_id: int, *, day: date) -> Nudges:
    found = recent_nudges(after=day - NUDGE_PERIOD).filter(customer=customer_id)
    return Nudges(Firm.current().nudge_ceiling, list(found.values_list("occurred_on", flat=True)))


def enforce_ceiling(*, customer_id: int, day: date, source: str, external_id: str) -> None:
    """Raise ActionRefused if the customer may not be nudged now.

    Call it before recording the nudge, in the same transaction. A nudge that was recorded before is allowed.
    """
    customer = lock_for_nudge(customer_id)
    if not Interaction.objects.filter(source=source, external_id=external_id).exists():
        refuse_beyond_ceiling(customer, day=day)


def lock_for_nudge(customer_id: int) -> Customer:
    """Lock the customer until the transaction ends, so that two nudges at once come one by one."""
    return Customer.objects.select_for_update(no_key=True).get(pk=customer_id)


def refuse_beyond_ceiling(customer: Customer, *, day: date) -> None:
    """Raise ActionRefused if one more nudge may not reach the locked customer now."""
    if customer.do_not_contact:
        raise ActionRefused(_("They asked not to be contacted: no nudge to them."))
    if obstacle := customer_nudges(customer.pk, day=day).refusal():
        raise ActionRefused(obstacle)
