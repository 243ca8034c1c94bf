"""Recoveries: what follows a mistake of ours until it is forgiven or closed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from interactions.models import Interaction
from partnership.core.fields import name_fields
from partnership.staff.audit import audited
from partnership.staff.models import User


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    def open(self) -> "RecoveryQuerySet":
        return self.filter(closed_at=None)


@audited()
class Recovery(models.Model):
    """Opened by the entry of the mistake; closed by a later entry of forgiveness, or by an outcome in words."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="recoveries")
    mistake = models.OneToOneField(Interaction, on_delete=models.CASCADE, related_name="recovery")
    what_happened = models.TextField(_("what happened"), blank=True)
    what_we_did = models.TextField(_("what we did about it"), blank=True)
    owner = models.ForeignKey(
        User, verbose_name=_("owner"), null=True, blank=True, on_delete=models.SET_NULL, related_name="recoveries"
    )
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=500, blank=True)
    forgiveness = models.ForeignKey(
        Interaction, verbose_name=_("forgiveness"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = RecoveryQuerySet.as_manager()

    FORGIVEN = "forgiven"  # the outcome by the customer's own words; any other is the staff's

    class Meta:
        verbose_name = _("recovery")
        verbose_name_plural = _("recoveries")
        ordering = ["-opened_at", "-id"]
        indexes = [
            models.Index(fields=["customer"], condition=models.Q(closed_at__isnull=True), name="recoveries_open")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, outcome="")
                | (models.Q(closed_at__isnull=False) & ~models.Q(outcome="")),
                name="recoveries_recovery_closed_with_an_outcome",
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {self.what_happened[:60]}"


name_fields(
    Recovery,
    mistake=_("mistake"),
)
