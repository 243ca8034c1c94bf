"""Named reads of the timeline and of conversations."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.db.models.functions import Coalesce

from interactions.models.kinds import ANSWERS, AWAITS_ANSWER, NOT_SENT, Direction

if TYPE_CHECKING:
    from customers.models import Customer
    from interactions.models import Conversation, Interaction  # noqa: F401 (named by the base classes)

PAGE_SIZE = 50

# A mail that did not leave is no contact: nothing that counts or reads our messages counts it.
WAS_SENT = ~Q(payload__has_key=NOT_SENT)
# As in waiting_since (interactions.actions.record): what the customer waits with, and what ends that.
_IS_PERSONAL = ~Q(payload__has_key="auto_reply") & ~Q(payload__contains={"bulk": True}) & WAS_SENT
ASKS = Q(direction=Direction.INBOUND, kind__in=sorted(AWAITS_ANSWER)) & _IS_PERSONAL
ANSWERS_THEM = Q(direction=Direction.OUTBOUND, kind__in=sorted(ANSWERS)) & _IS_PERSONAL


class InteractionQuerySet(models.QuerySet["Interaction"]):
    def timeline(self, customer: "Customer") -> Self:
        """Return one customer's timeline, newest first. Served by interactions_timeline."""
        return self.filter(customer=customer).order_by("-occurred_at", "-id")

    def before(self, occurred_at: datetime, pk: int) -> Self:
        """Keep entries older than this one, for the next page."""
        return self.filter(Q(occurred_at__lte=occurred_at) & (Q(occurred_at__lt=occurred_at) | Q(pk__lt=pk)))

    def after(self, occurred_at: datetime, pk: int) -> Self:
        """Keep entries newer than this one."""
        return self.filter(Q(occurred_at__gte=occurred_at) & (Q(occurred_at__gt=occurred_at) | Q(pk__gt=pk)))

    def of_same_thread(self) -> Self:
        """For a subquery: keep the outer row's thread and customer. Served by interactions_by_conversation."""
        # In a sum, or the index of the customer's whole line would be read for it as well.
        return self.alias(whose=F("customer_id") + 0).filter(
            conversation=OuterRef("conversation"), whose=OuterRef("customer_id")
        )

    def newest_of_threads(self, among: Q) -> Self:
        """Keep, of each thread, the newest entry that matches `among`, and all entries without a thread.

        Costs one index probe per row that is walked over.
        """
        of_thread = self.model._default_manager.of_same_thread().filter(among, occurred_at__gte=OuterRef("occurred_at"))
        newer = of_thread.filter(Q(occurred_at__gt=OuterRef("occurred_at")) | Q(pk__gt=OuterRef("pk")))
        is_newest = Case(When(conversation=None, then=True), When(Exists(newer), then=False), default=True)
        return self.alias(is_newest=is_newest).filter(is_newest=True)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def unjoined(self) -> Self:
        """Leave out threads that were joined to another."""
        return self.filter(joined_into=None)

    def waiting(self) -> Self:
        """Keep threads that wait for our answer, longest first. Served by conversations_waiting."""
        return self.filter(waiting_since__isnull=False).exclude(status="closed").order_by("waiting_since", "id")

    def with_responsible(self) -> Self:
        """Annotate `responsible`: the key of the assignee, else of the customer's owner; NULL without either."""
        return self.annotate(responsible=Coalesce("assignee", "customer__owner"))
