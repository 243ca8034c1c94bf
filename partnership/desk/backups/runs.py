"""Make backups and try restores, one at a time, asked for by the schedule or by hand."""

import errno
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop

from interactions.personal_data.ledger import write_ledger
from partnership.core.locks import LockKey, try_lock_session
from partnership.core.translatable_text import TranslatableText
from partnership.desk.models import BackupRun, BackupSchedule
from partnership.ops.backup import BackupError, backup
from partnership.ops.backup.trial import try_restore
from partnership.ops.embedded import EmbeddedError
from partnership.staff.audit_log import Kind, record
from partnership.staff.models import Firm

TASK = "desk.run_backups"

BACKUP, TRIAL = BackupRun.Kind.BACKUP, BackupRun.Kind.TRIAL

_TRIES_A_DAY = 3
_WEEK = timedelta(days=7)
_NAME = "partnership-{:%Y-%m-%d-%H%M%S}.tar"

# Tables whose rows a trial tells.
_TOLD = {
    "customers": "customers_customer", "entries": "interactions_interaction", "staff": "staff_user",
    "attachments": "interactions_attachment",
}  # fmt: skip


def backups_folder() -> Path:
    return Path(settings.VAR_DIR) / "backups"


def run_backups(*, clock: Callable[[], datetime]) -> int:
    """Do what is due and what was asked for. Return how many runs were done; none while another worker is at it."""
    done = 0
    with try_lock_session(LockKey.BACKUP) as is_taken:
        if is_taken:
            _end_dead_runs(at=clock())
            ask_for_due(at=clock())
            while run := BackupRun.objects.filter(finished_at=None).order_by("pk").first():
                _carry_out(run, clock=clock)
                done += 1
    return done


def _end_dead_runs(*, at: datetime) -> None:
    """A run that was begun, while we hold the lock, was of a worker that is gone."""
    gone = TranslatableText(gettext_noop("It was interrupted, as by a restart."))
    BackupRun.objects.filter(begun_at__isnull=False, finished_at=None).update(finished_at=at, error=gone.stored)


def ask_for_due(*, at: datetime) -> None:
    """Ask for the night's backup, and once a week for a trial, unless they were asked for."""
    schedule, firm = BackupSchedule.current(), Firm.current()
    if not schedule.active or timezone.localtime(at, firm.zone).hour < schedule.hour:
        return
    today = BackupRun.objects.filter(kind=BACKUP, asked_at__gte=firm.start_of_day(firm.local_date(at)))
    if not today.filter(error="").exists() and today.count() < _TRIES_A_DAY:
        BackupRun.objects.create(kind=BACKUP, asked_at=at)
    trials = BackupRun.objects.filter(kind=TRIAL, asked_at__gt=at - _WEEK)
    if BackupRun.last_good(BACKUP) and not trials.exists():
        BackupRun.objects.create(kind=TRIAL, asked_at=at)


def _carry_out(run: BackupRun, *, clock: Callable[[], datetime]) -> None:
    run.begun_at = clock()
    run.save(update_fields=["begun_at"])
    try:
        (_make_backup if run.kind == BACKUP else _try_newest)(run)
    except (BackupError, EmbeddedError, OSError) as error:
        run.error = _explain(error)
    run.finished_at = clock()
    run.save()
    if run.kind == BACKUP:
        facts: dict[str, object] = {"error": run.error_message} if run.error else {"bytes": run.size}
        record(Kind.BACKUP, by=run.by, about=run.file, facts=facts)
        if not run.error:
            delete_surplus(keep=BackupSchedule.current().keep)


def _make_backup(run: BackupRun) -> None:
    folder = backups_folder()
    folder.mkdir(0o700, parents=True, exist_ok=True)
    assert run.begun_at is not None
    name = _NAME.format(timezone.localtime(run.begun_at, Firm.current().zone))
    run.size = backup(folder / name, made_at=run.begun_at)
    run.file = name
    write_ledger()


def _try_newest(run: BackupRun) -> None:
    newest = BackupRun.objects.filter(kind=BACKUP, error="").exclude(file="").order_by("-pk").first()
    if newest is None:
        raise BackupError("There is no backup yet.")
    found = try_restore(backups_folder() / newest.file)
    run.file, run.size = newest.file, newest.size
    run.counts = {name: found.rows.get(table, 0) for name, table in _TOLD.items()} | {"files": found.files}


def _explain(error: Exception) -> str:
    """Return the error as stored text: a full disk in words of ours, anything else as it was said."""
    is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if is_full or "No space left on device" in str(error):
        text = gettext_noop("The disk of the backups is full: make room, or keep fewer. No backup was made.")
        return TranslatableText(text).stored
    return str(error)[:2000]


def delete_surplus(*, keep: int) -> None:
    """Delete all but the newest backups that the schedule made; files that it did not make stay."""
    runs = BackupRun.objects.filter(kind=BACKUP).exclude(file="").order_by("-pk")
    for run in runs[keep:]:
        (backups_folder() / run.file).unlink(missing_ok=True)
        BackupRun.objects.filter(pk=run.pk).update(file="")


def gone_by(*, at: datetime) -> date | None:
    """Return when the backups that stand now are deleted by the schedule; None where it makes no others."""
    schedule = BackupSchedule.current()
    return Firm.current().local_date(at) + timedelta(days=schedule.keep + 1) if schedule.active else None
