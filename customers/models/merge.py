"""Merges of two customer records."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from partnership.core.fields import name_fields
from partnership.staff.audit import audited
from partnership.staff.models import User


@audited(without=("moved",), additions=True)
class Merge(models.Model):
    """A merge, with the rows it moved, by table and column: {"customers_goal.customer_id": [pk, …], …}.

    The key `fields` of `moved` holds the survivor's changed fields: {name: [before, after]}. Receivers of
    customers_merged may add keys.
    """

    survivor = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="absorptions")
    moved = models.JSONField(default=dict)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-merged_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(survivor=models.F("absorbed")), name="customers_merge_of_two"),
            models.UniqueConstraint(
                fields=["absorbed"], condition=models.Q(undone_at__isnull=True), name="customers_merge_absorbed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed} → {self.survivor}"


name_fields(
    Merge,
    survivor=_("survivor"),
    absorbed=_("absorbed"),
    merged_at=_("merged on"),
    undone_at=_("undone on"),
    moved=_("moved rows"),
)
