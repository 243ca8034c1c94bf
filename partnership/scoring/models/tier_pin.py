"""A manager's override of the tier shown; scores stay as they are."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnership.scoring.models.tiers import Tier
from partnership.staff.audit import audited
from partnership.staff.models import User


@audited()
class TierPin(models.Model):
    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="tier_pin")
    tier = models.ForeignKey(Tier, verbose_name=_("tier"), on_delete=models.PROTECT, related_name="pins")
    reason = models.TextField(_("reason"))
    until = models.DateField(_("until"))
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    pinned_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("pinned tier")
        verbose_name_plural = _("pinned tiers")
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="scoring_tierpin_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.tier} until {self.until}"
