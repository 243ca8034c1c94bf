"""Renewals of customers' agreements: which are still to be decided."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from interactions.models import Interaction, Kind
from interactions.querysets import InteractionQuerySet

# A renewal or cancellation recorded so long before the day, or later, decides the renewal of that day.
DECIDED_EARLY = timedelta(days=14)

_DECISIONS = (Kind.RENEWAL, Kind.CANCELLATION)


def renewal_decisions(customer: str = "pk", renews_on: str = "renews_on") -> InteractionQuerySet:
    """For a subquery: find what decides the outer row's renewal. Served by interactions_scoring.

    `customer` and `renews_on` lead to the outer row's customer and day.
    """
    since = OuterRef(renews_on) - DECIDED_EARLY
    return Interaction.objects.filter(customer=OuterRef(customer), kind__in=_DECISIONS, occurred_on__gte=since)


def undecided_renewals(path: str = "") -> Q:
    """Match customers whose agreement renews on a day, past or to come, and who neither renewed nor cancelled yet.

    `path` leads to the customer, such as `customer__`.
    """
    decided = renewal_decisions(f"{path}id", f"{path}renews_on").order_by()
    return Q(~Exists(decided), **{f"{path}renews_on__isnull": False})
