"""Long work on scores, asked for by somebody and done by a worker."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from partnership.core.translatable_text import translate_stored
from partnership.scoring.models.rules import RuleSet
from partnership.staff.models import User


class Run(models.Model):
    """A preview or a backtest of a rule set, a full rescore, or an audit of stored scores; its progress and result.

    `settings` is what was asked (a backtest: as_of, outcome, horizon, present); `result` is JSON as the command of the
    same name prints it, with the `fingerprint` of the rules that a preview or a backtest was made with. `error` is a
    stored TranslatableText, or plain text.
    """

    class Kind(models.TextChoices):
        PREVIEW = "preview", _("preview")
        BACKTEST = "backtest", _("backtest")
        RESCORE = "rescore", _("rescore")
        AUDIT = "audit", _("audit")

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    UNFINISHED = (Status.WAITING, Status.RUNNING)

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    rule_set = models.ForeignKey(RuleSet, verbose_name=_("rule set"), on_delete=models.CASCADE, related_name="runs")
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.WAITING)
    settings: Any = models.JSONField(default=dict, blank=True)
    done = models.PositiveIntegerField(_("customers done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    result: Any = models.JSONField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(
        _("begun"),
        default=0,
        db_default=0,
        help_text=_("How often a worker began it since it last got ahead for good."),
    )
    error = models.TextField(_("what went wrong"), blank=True)
    cancelling = models.BooleanField(_("asked to stop"), default=False)
    by = models.ForeignKey(
        User, verbose_name=_("asked by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(status__in=["waiting", "running"]), name="scoring_run_unfinished"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.rule_set}"

    @property
    def is_over(self) -> bool:
        return self.status in (self.Status.DONE, self.Status.FAILED, self.Status.CANCELLED)

    @property
    def why(self) -> str:
        """Why it ended without a result, in the language of whoever reads it; empty when there is nothing to say."""
        return translate_stored(self.error)

    @property
    def is_stoppable(self) -> bool:
        """A rescore left half way would leave scores of two sets beside each other."""
        return self.kind != self.Kind.RESCORE
