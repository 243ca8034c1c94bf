"""Settlements: why a conversation was closed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from interactions.models.conversation import Conversation
from partnership.staff.audit import audited
from partnership.staff.external_ids import ExternallyIdentified
from partnership.staff.models import User


@audited()
class Settlement(ExternallyIdentified):
    """A person's word on closing a conversation. What had been said by then waits no longer, unless it was answered.

    `by` is empty where an import closed it.
    """

    class Answered(models.TextChoices):
        YES = "yes", _("answered")
        NOT_NEEDED = "not_needed", _("no answer needed")
        WITHOUT = "without", _("closed without answering")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="settlements", db_index=False)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+")
    answered = models.CharField(_("answered"), max_length=10, choices=Answered)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta(ExternallyIdentified.Meta):
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["conversation", "-at"], name="settlements_of_conversation"),
            models.Index(fields=["-at", "-id"], name="settlements_newest"),
        ]
        constraints = [
            *ExternallyIdentified.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(answered__in=["yes", "not_needed"])
                | (models.Q(answered="without") & ~models.Q(reason="")),
                name="interactions_settlement_without_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_answered_display()}: {self.reason}" if self.reason else self.get_answered_display()

    @property
    def customer(self) -> Customer:
        return self.conversation.customer
