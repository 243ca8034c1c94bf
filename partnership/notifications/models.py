"""Notifications of staff members."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Commitment, Customer
from interactions.models import Conversation, Interaction
from partnership.staff.models import User

# Keys of notifications whose text comes from an entry of the timeline.
_ENTRY_KEYS = ("mention/", "handover/", "recovery/", "no_answer/", "not_sent/")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def seen_by(self, user: User) -> Self:
        """Filter to customers the user may see, including where the entry, conversation or promise stands by now, and
        to what is about no single customer."""
        visible = Customer.objects.visible_to(user)
        seen = [
            Q(**{about: None}) | Exists(visible.filter(pk=OuterRef(f"{about}__customer")))
            for about in ("interaction", "conversation", "commitment")
        ]
        return self.filter(*seen, Q(customer=None) | Q(customer__in=visible))


class Notification(models.Model):
    """News for one user; `key` names what happened, so that each user is notified of it once."""

    class Kind(models.TextChoices):
        MENTION = "mention", _("you were mentioned")
        ASSIGNMENT = "assignment", _("a conversation was assigned to you")
        HANDOVER = "handover", _("a conversation was handed over to you")
        TAKEOVER = "takeover", _("a colleague took over a conversation of yours")
        PROMISE_DUE = "promise_due", _("a promise is due")
        TIER = "tier", _("a tier changed")
        FOCUS = "focus", _("a customer in Focus was handed over to you")
        MAIL_HELD = "mail_held", _("a scheduled mail of yours is held")
        NO_ANSWER = "no_answer", _("no answer yet to a mail of yours")
        NOT_SENT = "not_sent", _("a mail of yours was not sent")
        ALERT = "alert", _("an alert of yours was raised")
        NO_ROLE = "no_role", _("a colleague without a role has signed in")
        BACKUP = "backup", _("a backup failed or is overdue")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications", db_index=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    key = models.CharField(max_length=100, editable=False)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    conversation = models.ForeignKey(Conversation, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    commitment = models.ForeignKey(Commitment, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    text = models.CharField(_("text"), max_length=500, blank=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-made_at", "-id"], name="notifications_of_user"),
            models.Index(fields=["user"], condition=models.Q(read_at__isnull=True), name="notifications_unread"),
        ]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notifications_notification_told_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"

    @property
    def shown_text(self) -> str:
        """Return the text; nothing where its entry was deleted since, as who may read it is no longer known."""
        return "" if self.interaction_id is None and self.key.startswith(_ENTRY_KEYS) else self.text
