"""Conversations: threads of interactions on one channel."""

from hashlib import sha256

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from interactions.models.kinds import Channel
from interactions.querysets import ConversationQuerySet
from partnership.core.fields import name_fields
from partnership.staff.audit import audited
from partnership.staff.external_ids import EXTERNAL_ID_MAX_LENGTH, ExternallyIdentified
from partnership.staff.models import Department, User


def sibling_ref(ref: str, other: str) -> str:
    """Return the ref of the same thing for a further customer or address, `other`."""
    return _shorten(f"{ref}#{other}", ref)


def own_conversation_ref(ref: str) -> str:
    """Return the ref of the conversation that an entry without one gets."""
    return _shorten(f"{ref}/conversation", ref)


def _shorten(name: str, ref: str) -> str:
    return name if len(name) <= EXTERNAL_ID_MAX_LENGTH else f"{ref[:64]}#sha256-{sha256(name.encode()).hexdigest()}"


@audited(without=("last_interaction_at", "waiting_since", "split_from"))
class Conversation(ExternallyIdentified):
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
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="conversations",
        help_text=_("Responsible until a member of it is assigned."),
    )
    snooze_reason = models.CharField(_("why it is snoozed"), max_length=300, blank=True)
    # Later replies to this thread belong to the one it was joined to.
    joined_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="joined"
    )
    # Keys of earlier customers of the thread, or of the one it was split off from: their replies follow it.
    split_from = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)
    last_interaction_at = models.DateTimeField(null=True, editable=False)
    waiting_since = models.DateTimeField(null=True, editable=False)

    objects = ConversationQuerySet.as_manager()

    class Meta(ExternallyIdentified.Meta):
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
            # The lists of conversations, the newest first.
            models.Index(fields=["status", "-last_interaction_at", "-id"], name="conversations_by_status"),
            models.Index(
                fields=["assignee", "-last_interaction_at", "-id"],
                condition=models.Q(status="open", assignee__isnull=False),
                name="conversations_of_assignee",
            ),
            models.Index(fields=["snoozed_until"], condition=models.Q(status="snoozed"), name="conversations_snoozed"),
        ]
        constraints = [
            *ExternallyIdentified.Meta.constraints,
            models.CheckConstraint(
                # Without a moment it is snoozed until their next message.
                condition=models.Q(status="snoozed") | models.Q(snoozed_until__isnull=True),
                name="interactions_conversation_snoozed_until",
            ),
            models.CheckConstraint(
                condition=models.Q(joined_into__isnull=True) | ~models.Q(joined_into=models.F("id")),
                name="interactions_conversation_joined_into_another",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.get_channel_display()


name_fields(
    Conversation,
    waiting_since=_("waiting since"),
    last_interaction_at=_("last entry"),
)
