"""Actions on mail that is to leave later. Each takes the mail as the user saw it, and raises ActionRefused with the
reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.merging.resolution import lock_survivor
from customers.models import ContactPoint, Customer
from interactions.actions.attachments import StoredFile
from interactions.errors import ActionRefused
from interactions.models import Conversation, Interaction
from partnership.desk.files.stored_files import pack_file
from partnership.desk.models import Draft, ScheduledMail
from partnership.desk.scheduling.delivery import DISCARDED, HELD, deliver, lock_mail
from partnership.staff.models import User


@transaction.atomic
def schedule_mail(
    *,
    customer: Customer,
    to: ContactPoint,
    body: str,
    by: User,
    at: datetime,
    leaves_at: datetime,
    ref: str,
    tab: str,
    fields: Mapping[str, str],
    kind: str,
    conversation: Conversation | None = None,
    subject: str = "",
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    minutes: int | None = None,
    remind_days: int | None = None,
    files: Iterable[StoredFile] = (),
    payload: Mapping[str, object] | None = None,
) -> ScheduledMail:
    """Keep a mail until it is due. A repeated call with the same `ref` keeps it once.

    The conversation goes on waiting for its answer.
    """
    if customer.do_not_contact or to.customer.do_not_contact:
        raise ActionRefused(_("They asked not to be contacted: nothing is sent from here."))
    if lock_survivor(customer) != customer:
        raise ActionRefused(_("The customer was merged with another one. Write from the other's page."))
    values: dict[str, Any] = {
        "customer": customer, "to": to, "body": body, "by": by, "kind": kind, "conversation": conversation,
        "subject": subject or (conversation.subject if conversation else ""), "cc": list(cc), "bcc": list(bcc),
        "minutes": minutes, "remind_days": remind_days, "files": [asdict(file) for file in files],
        "payload": dict(payload or {}),
        "tab": tab, "fields": dict(fields), "scheduled_at": at, "leaves_at": leaves_at,
        "ended_before": customer.lifecycle == Customer.Lifecycle.ENDED,
    }  # fmt: skip
    mail, _is_new = ScheduledMail.objects.get_or_create(ref=ref, defaults=values)
    return mail


def _lock(mail: ScheduledMail) -> ScheduledMail:
    found = lock_mail(mail.pk)
    if found is None or found.status == DISCARDED:
        raise ActionRefused(_("It was sent or discarded already."))
    return found


@transaction.atomic
def send_now(mail: ScheduledMail, *, by: User, at: datetime) -> Interaction:
    """Send a mail before its time, or one that is held, under its author's name."""
    return deliver(_lock(mail), at=at)


@transaction.atomic
def cancel_mail(mail: ScheduledMail, *, by: User, at: datetime, keeps_moment: bool = False) -> Draft:
    """Make it the user's draft again; `keeps_moment`: with the moment at which it was to leave."""
    found = _lock(mail)
    fields = dict(found.fields)
    if found.files:
        fields["carried"] = "\n".join(pack_file(StoredFile(**file)) for file in found.files)
    if keeps_moment and found.leaves_at > at:
        fields["moment"] = f"{localtime(found.leaves_at):%Y-%m-%dT%H:%M}"
    draft, is_new = Draft.objects.get_or_create(
        user=by, customer=found.customer, tab=found.tab, defaults={"fields": fields, "saved_at": at}
    )
    if not is_new:
        raise ActionRefused(_("You have begun another draft to them. Send or discard that one first."))
    found.delete()
    return draft


@transaction.atomic
def discard_mail(mail: ScheduledMail, *, by: User, at: datetime) -> None:
    """Discard a mail that is held; it can be brought back for a day."""
    found = _lock(mail)
    if found.status != HELD:
        raise ActionRefused(_("Only a mail that is held can be discarded. Cancel it first."))
    ScheduledMail.objects.filter(pk=found.pk).update(status=DISCARDED, changed_at=at)


def restore_mail(mail: ScheduledMail, *, by: User, at: datetime) -> None:
    """Bring back what was discarded: it is held as before."""
    if not ScheduledMail.objects.filter(pk=mail.pk, status=DISCARDED).update(status=HELD, changed_at=at):
        raise ActionRefused(_("It is no longer discarded."))
