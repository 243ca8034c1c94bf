"""Reminders of mails that were not answered."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from interactions.models import Interaction
from interactions.querysets import ANSWERS_THEM, ASKS
from partnership.staff.models import User


def _said_since() -> models.QuerySet[Interaction]:
    """What was said in the conversation after the message. Served by interactions_by_conversation."""
    return Interaction.objects.filter(
        conversation=OuterRef("interaction__conversation"), occurred_at__gt=OuterRef("interaction__occurred_at")
    )


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def answered(self) -> Self:
        return self.filter(Exists(_said_since().filter(ASKS)))

    def unanswered(self) -> Self:
        return self.filter(~Exists(_said_since().filter(ASKS)))

    def followed(self) -> Self:
        """Keep those after whose message we have written again."""
        return self.filter(Exists(_said_since().filter(ANSWERS_THEM)))

    def rung(self) -> Self:
        """Keep those that came back and were not seen to: no answer, and nothing more from us."""
        return self.unanswered().filter(~Exists(_said_since().filter(ANSWERS_THEM)), rung_at__isnull=False)


class Reminder(models.Model):
    """Bring a conversation back to who wrote `interaction`, when it is not answered by `due_at`."""

    interaction = models.OneToOneField(Interaction, on_delete=models.CASCADE, related_name="reminder")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reminders")
    due_at = models.DateTimeField(_("due at"))
    rung_at = models.DateTimeField(null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(rung_at__isnull=True), name="reminders_to_ring"),
        ]

    def __str__(self) -> str:
        return f"{self.interaction}: {self.due_at}"
