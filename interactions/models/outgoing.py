"""The outbox of outgoing e-mail."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from interactions.models.interaction import Interaction
from partnership.core.fields import name_fields


class Outgoing(models.Model):
    """An entry that is sent by e-mail. A worker claims it before sending, so that it is never sent twice."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    interaction = models.OneToOneField(Interaction, on_delete=models.CASCADE, related_name="outgoing")
    to = ArrayField(models.EmailField(), verbose_name=pgettext_lazy("recipient", "to"))
    cc = ArrayField(models.EmailField(), verbose_name=_("copy to"), default=list, blank=True)
    bcc = ArrayField(models.EmailField(), verbose_name=_("hidden copy to"), default=list, blank=True)
    message_id = models.CharField(max_length=255, unique=True)
    in_reply_to = models.CharField(max_length=998, blank=True)
    references = models.TextField(blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.QUEUED)
    error = models.TextField(_("what went wrong"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    queued_at = models.DateTimeField()
    # Until then it can be taken back.
    leaves_at = models.DateTimeField(_("to be sent at"), null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outbox")
        ordering = ["-queued_at", "-id"]
        indexes = [
            models.Index(
                fields=["queued_at", "id"],
                condition=models.Q(status__in=["queued", "sending"]),
                name="outgoing_under_way",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="sent", sent_at__isnull=False)
                | (~models.Q(status="sent") & models.Q(sent_at__isnull=True)),
                name="interactions_outgoing_sent_at",
            ),
            models.CheckConstraint(condition=models.Q(to__len__gte=1), name="interactions_outgoing_has_recipients"),
        ]

    def __str__(self) -> str:
        return f"{', '.join(self.to)}: {self.get_status_display()}"


name_fields(
    Outgoing,
    queued_at=_("queued on"),
    sent_at=_("sent on"),
    claimed_at=_("sending begun on"),
    in_reply_to=_("in reply to"),
    message_id=_("message id"),
)
