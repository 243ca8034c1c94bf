"""Modesty: how often we may push somebody. What an import brings tells of the past and is taken as it was."""

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
from interactions.querysets import InteractionQuerySet
from partnership.staff.models import Firm

PERIOD = timedelta(days=30)
"""That the firm's ceiling on nudges is for."""


@dataclass(frozen=True)
class Nudges:
    """The firm's ceiling, and the days of a customer's nudges within the period, newest first."""

    ceiling: int
    days: Sequence[date]

    @property
    def are_enough(self) -> bool:
        return len(self.days) >= self.ceiling

    @property
    def next_on(self) -> date | None:
        """The first day on which one more is possible; None when it is possible now, or never."""
        return self.days[self.ceiling - 1] + PERIOD if self.are_enough and self.ceiling else None

    def in_words(self) -> str:
        """Why there is no other now; empty while one is possible."""
        if not self.are_enough:
            return ""
        if self.next_on is None:
            return _("Our ceiling allows no nudges at all.")
        told = {"count": self.ceiling, "day": date_format(self.next_on, "j F Y")}
        return (
            ngettext(
                "They had %(count)d nudge within 30 days: that is our ceiling. The next is possible from %(day)s.",
                "They had %(count)d nudges within 30 days: that is our ceiling. The next is possible from %(day)s.",
                self.ceiling,
            )
            % told
        )


def nudges(*, after: date) -> InteractionQuerySet:
    """Whoever's, after that day. Served by interactions_scoring."""
    pushed = Interaction.objects.filter(kind=Kind.NUDGE, direction=Direction.OUTBOUND, occurred_on__gt=after)
    return pushed.order_by("-occurred_on")


def nudges_of(customer_id: int, *, day: date) -> Nudges:
    found = nudges(after=day - PERIOD).filter(customer=customer_id)
    return Nudges(Firm.current().nudge_ceiling, list(found.values_list("occurred_on", flat=True)))


def keep_to_ceiling(*, customer_id: int, day: date, source: str, external_id: str) -> None:
    """To be called before a nudge is recorded, in its transaction; one that was recorded before is none more.

    ActionRefused says why not, and when the next is possible.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer_id)  # two at once come one by one
    if Interaction.objects.filter(source=source, external_id=external_id).exists():
        return
    if customer.do_not_contact:
        raise ActionRefused(_("They asked not to be contacted: no nudge to them."))
    if why_not := nudges_of(customer_id, day=day).in_words():
        raise ActionRefused(why_not)
