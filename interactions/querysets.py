"""Named reads of the timeline."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When

if TYPE_CHECKING:
    from customers.models import Customer

PAGE_SIZE = 50
"""Rows of one page of a timeline."""


class InteractionQuerySet(models.QuerySet):
    def timeline(self, customer: "Customer") -> Self:
        """One customer's line of time, newest first. Served by interactions_timeline."""
        return self.filter(customer=customer).order_by("-occurred_at", "-id")

    def before(self, occurred_at: datetime, pk: int) -> Self:
        """What stands below that entry: the next page by key."""
        return self.filter(Q(occurred_at__lte=occurred_at) & (Q(occurred_at__lt=occurred_at) | Q(pk__lt=pk)))

    def after(self, occurred_at: datetime, pk: int) -> Self:
        """What stands above that entry."""
        return self.filter(Q(occurred_at__gte=occurred_at) & (Q(occurred_at__gt=occurred_at) | Q(pk__gt=pk)))

    def of_same_thread(self) -> Self:
        """For a subquery: the rows of the outer row's thread on its customer's line. Served by
        interactions_by_conversation."""
        # In a sum, or the index of the customer's whole line would be read for it as well.
        return self.alias(whose=F("customer_id") + 0).filter(
            conversation=OuterRef("conversation"), whose=OuterRef("customer_id")
        )

    def newest_of_threads(self, among: Q) -> Self:
        """Of each thread the newest of its rows that fit `among`, and whatever is in no thread.

        One probe of an index for each row that is walked over, which no planner turns into a read of the whole table.
        """
        of_thread = self.model._default_manager.of_same_thread().filter(among, occurred_at__gte=OuterRef("occurred_at"))
        newer = of_thread.filter(Q(occurred_at__gt=OuterRef("occurred_at")) | Q(pk__gt=OuterRef("pk")))
        is_newest = Case(When(conversation=None, then=True), When(Exists(newer), then=False), default=True)
        return self.alias(is_newest=is_newest).filter(is_newest=True)


class ConversationQuerySet(models.QuerySet):
    def unjoined(self) -> Self:
        """Without those that were joined to another."""
        return self.filter(joined_into=None)

    def waiting(self) -> Self:
        """Those that wait for an answer of ours, the longest first. Served by conversations_waiting."""
        return self.filter(waiting_since__isnull=False).exclude(status="closed").order_by("waiting_since", "id")
