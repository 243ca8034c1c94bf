"""A mail that is to leave later."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import ContactPoint, Customer
from interactions.models import Conversation
from partnership.staff.models import User


class ScheduledMail(models.Model):
    """It becomes an entry of the timeline, and ends the customer's waiting, when it leaves: until then it is none.

    `tab` and `fields`: the composer's tab and its inputs, for who goes on writing; `files`: StoredFile as
    dictionaries; `ended_before`: it was written although the relationship had ended. Sent, the row is deleted.
    """

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", _("scheduled")
        HELD = "held", _("held")
        DISCARDED = "discarded", _("discarded")

    class Cause(models.TextChoices):
        """Why it is held."""

        WROTE = "wrote", _("They have written or called since it was scheduled.")
        ANSWERED = "answered", _("A colleague has answered since it was scheduled.")
        DO_NOT_CONTACT = "dnc", _("They asked not to be contacted.")
        ENDED = "ended", _("The relationship has ended.")
        MERGED = "merged", _("The customer was merged with another one.")
        MOVED = "moved", _("The conversation moved to another customer.")
        ADDRESS = "address", _("The address it was for was removed.")
        AUTHOR = "author", _("Its author no longer works here.")
        REFUSED = "refused", _("It could not be sent.")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="scheduled_mails")
    conversation = models.ForeignKey(
        Conversation, null=True, blank=True, on_delete=models.SET_NULL, related_name="scheduled_mails"
    )
    to = models.ForeignKey(ContactPoint, null=True, on_delete=models.SET_NULL, related_name="+")
    cc = ArrayField(models.EmailField(), default=list, blank=True)
    bcc = ArrayField(models.EmailField(), default=list, blank=True)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="scheduled_mails")
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=500, blank=True)
    body = models.TextField()
    payload: Any = models.JSONField(default=dict, blank=True)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    # After it has left, its author is reminded unless it is answered.
    remind_days = models.PositiveSmallIntegerField(null=True, blank=True)
    files: Any = models.JSONField(default=list, blank=True)
    tab = models.CharField(max_length=20)
    fields: Any = models.JSONField(default=dict)
    ref = models.CharField(max_length=64, unique=True)
    scheduled_at = models.DateTimeField()
    leaves_at = models.DateTimeField(_("to be sent at"))
    ended_before = models.BooleanField(default=False)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.SCHEDULED)
    cause = models.CharField(_("why it is held"), max_length=8, choices=Cause, blank=True)
    refusal = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("scheduled mail")
        verbose_name_plural = _("scheduled mails")
        ordering = ["leaves_at", "id"]
        indexes = [models.Index(fields=["status", "leaves_at"], name="scheduled_mails_due")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="scheduled", cause="") | ~models.Q(status="scheduled"),
                name="desk_scheduledmail_held_for_a_cause",
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {self.get_status_display()}"
