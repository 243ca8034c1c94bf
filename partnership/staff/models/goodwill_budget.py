"""Budgets for goodwill gestures."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from partnership.staff.models.user import User


class GoodwillBudget(models.Model):
    """What a staff member may give per period without approval. Without a staff member, it applies to everyone."""

    class Period(models.TextChoices):
        MONTH = "month", _("month")
        QUARTER = "quarter", _("quarter")
        YEAR = "year", _("year")

    staff_member = models.OneToOneField(
        User,
        verbose_name=_("staff member"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="goodwill_budget",
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    minutes = models.PositiveIntegerField(
        _("minutes"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100_000)],
        help_text=_("Leave it empty for no limit on minutes; 0 allows none."),
    )
    period = models.CharField(_("period"), max_length=8, choices=Period, default=Period.MONTH)

    class Meta:
        verbose_name = _("goodwill budget")
        verbose_name_plural = _("goodwill budgets")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="staff_goodwillbudget_not_negative"),
            models.UniqueConstraint(
                fields=["staff_member"],
                nulls_distinct=False,
                name="staff_goodwillbudget_one_for_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_member or _('everyone')}: {self.amount} / {self.get_period_display()}"
