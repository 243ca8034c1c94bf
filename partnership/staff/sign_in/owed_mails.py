"""Mail about a sign-in that waits in the database for a worker: Redis may lose the request, and a worker die."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from partnership.core.task_requests import request_on_commit
from partnership.staff.models import OwedMail
from partnership.staff.sign_in import mails

SEND_TASK = "staff.send_owed_mails"

# A link that comes later than this was asked for again.
_TOO_OLD = timedelta(hours=1)

SENDERS: dict[str, Callable[..., None]] = {
    OwedMail.Kind.PASSWORD_LINK: mails.send_password_link,
    OwedMail.Kind.SECURITY_NOTICE: mails.send_security_notice,
}


def owe(kind: OwedMail.Kind, *arguments: str | int) -> None:
    """Have a worker send it once this transaction commits."""
    OwedMail.objects.create(kind=kind, arguments=list(arguments), since=timezone.now())
    request_on_commit(SEND_TASK)


def send_owed(*, at: datetime) -> int:
    """Send what is owed; return how many. Of a worker that dies before it commits, the next one sends it again."""
    OwedMail.objects.filter(since__lt=at - _TOO_OLD, kind=OwedMail.Kind.PASSWORD_LINK).delete()
    sent = 0
    while _send_next():
        sent += 1
    return sent


@transaction.atomic
def _send_next() -> bool:
    mail = OwedMail.objects.select_for_update(skip_locked=True).order_by("pk").first()
    if mail is None:
        return False
    SENDERS[mail.kind](*mail.arguments)
    mail.delete()
    return True
