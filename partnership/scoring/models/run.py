"""Long work on scores that a user or a schedule requests and a worker does."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnership.core.translatable_text import translate_stored
from partnership.scoring.models.rule_sets import RuleSet
from partnership.staff.models import User


class Run(models.Model):
    """A preview or backtest of a rule set, a full rescore, or an audit of stored scores, with progress and result.

    `settings` holds the request (of a backtest: as_of, outcome, horizon, present). `result` is the JSON that the
    command of the same name prints, with the rules' `fingerprint` for previews and backtests. `error` is stored text.
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
    settings: Any = models.JSONField(default=dict, blank=True)  # a backtest's Request, or `all` of an audit
    done = models.PositiveIntegerField(_("customers done"), default=0)
    total = models.PositiveIntegerField(_("customers in all"), default=0)
    result: Any = models.JSONField(null=True, blank=True)  # Preview, Backtest, Audit or RescoreResult
    attempts = models.PositiveSmallIntegerField(
        _("attempts"),
        default=0,
        db_default=0,
        help_text=_("How often a worker started it since progress was last saved."),
    )
    error = models.TextField(_("what went wrong"), blank=True)
    cancelling = models.BooleanField(_("to be cancelled"), default=False)
    by = models.ForeignKey(
        User, verbose_name=_("requested by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(pgettext_lazy("run", "asked"))
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
    def is_finished(self) -> bool:
        return self.status in (self.Status.DONE, self.Status.FAILED, self.Status.CANCELLED)

    @property
    def error_message(self) -> str:
        """Say in the reader's language why the run ended without a result; empty when there was no error."""
        return translate_stored(self.error)

    @property
    def is_cancellable(self) -> bool:
        # A rescore stopped half-way would leave scores of two rule sets beside each other.
        return self.kind != self.Kind.RESCORE
