"""Reminders of mails that were not answered."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from interactions.models import Interaction
from interactions.querysets import ANSWERS_THEM, ASKS
from partnership.staff.models import User


def _is_over() -> Exists:
    """Test whether they or we have written since, in the conversation. Served by interactions_by_conversation."""
    since = Interaction.objects.filter(
        conversation=OuterRef("interaction__conversation"), occurred_at__gt=OuterRef("interaction__occurred_at")
    )
    return Exists(since.filter(ASKS | ANSWERS_THEM))


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def over(self) -> Self:
        """Keep those of messages that were answered, or after which we have written again."""
        return self.filter(_is_over())

    def waiting(self) -> Self:
        return self.filter(~_is_over())


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
