"""Tell administrators that the last backup failed or is too old."""

from datetime import datetime

from django.utils.translation import gettext as _

from partnership.desk.models import BackupRun, BackupSchedule
from partnership.desk.models.backup import is_overdue
from partnership.notifications.models import Notification
from partnership.notifications.notify import News, notify_all
from partnership.staff.models import Firm, User


def describe_trouble(*, at: datetime) -> str:
    """Say what is wrong with the backups now, in the language in use; empty when nothing is."""
    schedule, last = BackupSchedule.current(), BackupRun.last_good(BackupRun.Kind.BACKUP)
    for kind, said in ((BackupRun.Kind.BACKUP, _("The last backup failed: %(error)s")),
                       (BackupRun.Kind.TRIAL, _("The last trial of a restore failed: %(error)s"))):  # fmt: skip
        newest = BackupRun.objects.filter(kind=kind, finished_at__isnull=False).order_by("-pk").first()
        if newest and newest.error:
            return said % {"error": newest.error_message}
    first = BackupRun.objects.order_by("pk").values_list("asked_at", flat=True).first()
    if is_overdue(schedule, last, since=first, at=at):
        return _("The last backup is older than two days.") if last else _("There is no backup yet.")
    return ""


def notify_of_trouble(*, at: datetime) -> int:
    """Tell every administrator once a day. Return how many were told."""
    firm = Firm.current()
    with firm.localized():
        trouble = describe_trouble(at=at)
    if not trouble:
        return 0
    admins = [user for user in User.objects.at_work() if user.is_admin]
    news = News(admins, None, f"backup/{firm.local_date(at)}", trouble)
    return notify_all(Notification.Kind.BACKUP, [news], at=at)
