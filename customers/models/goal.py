"""Goals of customers, with readings of their progress."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from partnership.staff.audit import audited
from partnership.staff.external_ids import ExternallyIdentified
from partnership.staff.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _measure_field(label: "StrOrPromise") -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(label, max_digits=16, decimal_places=4, null=True, blank=True)


@audited(additions=True)
class Goal(ExternallyIdentified):
    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        ACHIEVED = "achieved", _("achieved")
        DROPPED = "dropped", _("dropped")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="goals")
    title = models.CharField(_("title"), max_length=300)
    why = models.TextField(_("why it matters to them"), blank=True)
    measure = models.CharField(_("measure"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=60, blank=True)
    baseline = _measure_field(_("baseline"))
    target = _measure_field(_("target"))
    current = _measure_field(_("current"))
    set_at = models.DateTimeField(_("set"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.ACTIVE)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta(ExternallyIdentified.Meta):
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["due_on", "id"]
        indexes = [
            # Which goals ended how, the newest first.
            models.Index(fields=["status", "-closed_at", "-id"], name="customers_goals_ended"),
        ]
        constraints = [
            *ExternallyIdentified.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(status="active", closed_at__isnull=True) | ~models.Q(status="active"),
                name="customers_goal_active_is_not_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_below_target(self) -> bool:
        """Whether the current reading has not come as far as the target, which may lie below the baseline."""
        if self.target is None or self.current is None:
            return False
        rises = self.target >= (self.baseline or Decimal(0))
        return self.current < self.target if rises else self.current > self.target

    @property
    def progress(self) -> int | None:
        """Return the percentage of the way from baseline to target, 0 to 100, or None if unknown."""
        if self.target is None or self.current is None:
            return None
        start = self.baseline or Decimal(0)
        if self.target == start:
            return None
        share = 100 * (self.current - start) / (self.target - start)
        return round(max(Decimal(0), min(Decimal(100), share)))


@audited()
class CheckIn(ExternallyIdentified):
    """A reading of a goal's progress. Without `by`, the customer gave it."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="check_ins")
    value = _measure_field(_("value"))
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(User, verbose_name=_("by"), null=True, blank=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(_("at"))

    class Meta(ExternallyIdentified.Meta):
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.goal}: {self.value if self.value is not None else self.note}"
