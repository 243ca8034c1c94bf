"""How long data is kept, and what was deleted by that."""

from typing import TYPE_CHECKING

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _term(label: "StrOrPromise", *, least: int) -> "models.PositiveSmallIntegerField[int | None, int | None]":
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=[MinValueValidator(least)])


class RetentionRules(models.Model):
    """One row. A term that is empty keeps for ever. `active`: they are applied every night."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    texts_years = _term(_("texts and files of ended customers (years)"), least=1)
    refusals_days = _term(_("lines that imports refused (days)"), least=1)
    exports_days = _term(_("files of exports (days)"), least=1)
    log_years = _term(_("the firm's log (years)"), least=1)
    sign_ins_days = _term(_("records of sign-ins (days)"), least=7)
    active = models.BooleanField(_("on"), default=False)

    TERMS = ("texts_years", "refusals_days", "exports_days", "log_years", "sign_ins_days")

    class Meta:
        verbose_name = _("retention rules")
        verbose_name_plural = _("retention rules")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="desk_retention_is_one_row")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def current(cls) -> "RetentionRules":
        return cls.objects.filter(pk=1).first() or cls()


class RetentionRun(models.Model):
    """That the rules were applied on a day; `counts`: what was deleted, by term."""

    day = models.DateField(unique=True)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("retention run")
        verbose_name_plural = _("retention runs")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}"
