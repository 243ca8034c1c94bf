"""A thread of interactions on one channel."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from interactions.models.kinds import Channel
from interactions.querysets import ConversationQuerySet
from partnership.staff.history import tracked
from partnership.staff.models import User
from partnership.staff.sourced import Sourced


@tracked(without=("last_interaction_at", "waiting_since"))
class Conversation(Sourced):
    class Status(models.TextChoices):
        OPEN = "open", _("open")
        SNOOZED = "snoozed", _("snoozed")
        CLOSED = "closed", _("closed")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="conversations", db_index=False)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    assignee = models.ForeignKey(
        User, verbose_name=_("assignee"), null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    last_interaction_at = models.DateTimeField(null=True, editable=False)
    waiting_since = models.DateTimeField(null=True, editable=False)

    objects = ConversationQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-last_interaction_at", "-id"]
        indexes = [
            models.Index(fields=["customer", "-last_interaction_at"], name="conversations_of_customer"),
            models.Index(
                fields=["waiting_since", "id"],
                condition=models.Q(waiting_since__isnull=False) & ~models.Q(status="closed"),
                name="conversations_waiting",
            ),
        ]
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(status="snoozed", snoozed_until__isnull=False)
                | (~models.Q(status="snoozed") & models.Q(snoozed_until__isnull=True)),
                name="interactions_conversation_snoozed_until",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.get_channel_display()
