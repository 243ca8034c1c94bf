"""Backups by schedule, and restores that were tried."""

from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from partnership.core.translatable_text import translate_stored
from partnership.staff.models import User


class BackupSchedule(models.Model):
    """One row. `hour`: of the firm's day; `keep`: how many backups stay."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    active = models.BooleanField(_("every night"), default=True)
    hour = models.PositiveSmallIntegerField(_("at (hour)"), default=3, validators=[MaxValueValidator(23)])
    keep = models.PositiveSmallIntegerField(
        _("how many are kept"), default=7, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )

    class Meta:
        verbose_name = _("schedule of backups")
        verbose_name_plural = _("schedules of backups")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="desk_backups_are_one_row")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def current(cls) -> "BackupSchedule":
        return cls.objects.filter(pk=1).first() or cls()


class BackupRun(models.Model):
    """A backup or a trial of restoring the newest one: asked for, begun, finished with or without an `error`.

    `file`: its name in the folder of backups; empty once it was deleted. `counts`: what a trial found. `error`: stored
    text.
    """

    class Kind(models.TextChoices):
        BACKUP = "backup", _("backup")
        TRIAL = "trial", _("trial of a restore")

    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    file = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-id"]
        indexes = [models.Index(fields=["id"], condition=models.Q(finished_at=None), name="desk_backups_to_do")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.asked_at}"

    @property
    def is_good(self) -> bool:
        return self.finished_at is not None and not self.error

    @property
    def error_message(self) -> str:
        return translate_stored(self.error)

    @classmethod
    def last_good(cls, kind: str) -> "BackupRun | None":
        return cls.objects.filter(kind=kind, error="", finished_at__isnull=False).order_by("-finished_at").first()


OVERDUE = timedelta(days=2)


def is_overdue(schedule: BackupSchedule, last: BackupRun | None, *, since: datetime | None, at: datetime) -> bool:
    """Say whether the last good backup is older than two days; `since`: when the first was asked for."""
    made_at = last.finished_at if last else since
    return schedule.active and made_at is not None and at - made_at > OVERDUE
