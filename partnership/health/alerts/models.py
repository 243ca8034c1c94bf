"""What managers want to be told of, and what was raised."""

from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnership.scoring.models import Tier
from partnership.staff.models import User


class AlertQuerySet(models.QuerySet["Alert"]):
    def standing(self) -> Self:
        """Filter to alerts that were not removed."""
        return self.filter(removed_at=None)


class Alert(models.Model):
    """Tells `owner` once when its condition begins; to be looked at within `days` days.

    `number` is in points for conditions of one customer, else a count that has to be exceeded. Without `tier` it is
    about all customers.
    """

    class Condition(models.TextChoices):
        BELOW = "below", _("a customer falls below … points")
        FALL = "fall", _("a customer falls by … points within 4 weeks")
        LATE = "answered_late", _("more than … answers were late within a week")
        OWED = "ours_owed", _("we owe more than … promises past their date")
        RECOVERIES = "recoveries_open", _("more than … recoveries are open")

    owner = models.ForeignKey(User, verbose_name=_("Tell"), on_delete=models.CASCADE, related_name="+")
    condition = models.CharField(_("When"), max_length=15, choices=Condition)
    number = models.PositiveSmallIntegerField(_("Number"), validators=[MaxValueValidator(10_000)])
    tier = models.ForeignKey(
        Tier, verbose_name=_("Customers"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    days = models.PositiveSmallIntegerField(
        _("Look at it within (days)"), default=3, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")

    def __str__(self) -> str:
        return self.get_condition_display().replace("…", str(self.number))

    @property
    def of_customers(self) -> bool:
        """Return whether it is raised for each customer by itself."""
        return self.condition in (self.Condition.BELOW, self.Condition.FALL)


class RaisedAlert(models.Model):
    """From the check that found the condition until the one that finds it ended.

    `customer` is None where the condition is about a count; `value`: the points or the count that was found.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="raised")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="+")
    value = models.FloatField()
    raised_at = models.DateTimeField()
    due_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("raised alert")
        verbose_name_plural = _("raised alerts")
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "customer"], condition=Q(ended_at__isnull=True), nulls_distinct=False,
                name="health_raisedalert_once_while_it_holds",
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["due_on"], condition=Q(looked_at=None, ended_at=None), name="health_raised_to_look_at")
        ]

    def __str__(self) -> str:
        return f"{self.alert}: {self.customer_id or ''}"

    def mark_looked_at(self, *, by: User, at: datetime) -> bool:
        """Return whether it was not looked at before."""
        unseen = RaisedAlert.objects.filter(pk=self.pk, looked_at=None)
        return unseen.update(looked_at=at, looked_by=by) == 1
