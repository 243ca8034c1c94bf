"""Named reads of the timeline."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from customers.models import Customer

PAGE = 50
"""Rows of one page of a timeline."""


class InteractionQuerySet(models.QuerySet):
    def timeline(self, customer: "Customer") -> Self:
        """One customer's line of time, newest first. Served by interactions_timeline."""
        return self.filter(customer=customer).order_by("-occurred_at", "-id")

    def before(self, occurred_at: datetime, pk: int) -> Self:
        """What stands below that entry: the next page by key."""
        return self.filter(Q(occurred_at__lte=occurred_at) & (Q(occurred_at__lt=occurred_at) | Q(pk__lt=pk)))


class ConversationQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        """Those that wait for an answer of ours, the longest first. Served by conversations_waiting."""
        return self.filter(waiting_since__isnull=False).exclude(status="closed").order_by("waiting_since", "id")
