"""Send what is scheduled once it is due, unless something has happened since: then it is held, and its author told.

A mail is sent by one transaction that writes the entry, puts it into the outbox and deletes the row: a worker that is
killed leaves either all of it or none. Conversation, customer and mail are locked in this order, as everywhere.
"""

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from customers.models import Customer
from interactions.actions.attachments import StoredFile
from interactions.actions.record import STAYS_OPEN_FOR
from interactions.errors import ActionRefused
from interactions.mailboxes.outgoing_mail import write_mail
from interactions.models import Conversation, Interaction
from interactions.querysets import ANSWERS_THEM, ASKS
from partnership.desk.models import ScheduledMail
from partnership.desk.reminders.actions import set_reminder
from partnership.desk.reminders.moments import reminding_moment
from partnership.notifications.models import Notification
from partnership.notifications.notify import excerpt, notify
from partnership.staff.models import Firm

logger = logging.getLogger(__name__)

SCHEDULED, HELD, DISCARDED = ScheduledMail.Status.SCHEDULED, ScheduledMail.Status.HELD, ScheduledMail.Status.DISCARDED
Cause = ScheduledMail.Cause

_KEPT_FOR = timedelta(days=1)  # what was discarded, so that it can be brought back


def _said_since() -> QuerySet[Interaction]:
    return Interaction.objects.filter(recorded_at__gt=OuterRef("scheduled_at"))


# Their word in any conversation, but for an old one that an import brings. Served by interactions_timeline.
_WROTE = Exists(
    _said_since().filter(
        ASKS, customer=OuterRef("customer"),
        occurred_at__gt=ExpressionWrapper(OuterRef("scheduled_at") - STAYS_OPEN_FOR, output_field=DateTimeField()),
    )
)  # fmt: skip
# Served by interactions_by_conversation.
_ANSWERED = Exists(
    _said_since()
    .filter(
        ANSWERS_THEM,
        occurred_at__gt=OuterRef("scheduled_at"),
        conversation=Coalesce(OuterRef("conversation__joined_into"), OuterRef("conversation")),
    )
    .exclude(author=OuterRef("by"))
)

# In the order in which they are said.
_CAUSES: dict[str, Q] = {
    Cause.DO_NOT_CONTACT: Q(customer__do_not_contact=True) | Q(to__customer__do_not_contact=True),
    Cause.ENDED: Q(customer__lifecycle=Customer.Lifecycle.ENDED, ended_before=False),
    Cause.MERGED: Q(customer__merged_into__isnull=False),
    Cause.MOVED: Q(conversation__isnull=False) & ~Q(conversation__customer=F("customer")),
    Cause.ADDRESS: Q(to=None),
    Cause.AUTHOR: Q(by__is_active=False),
    Cause.WROTE: Q(_WROTE),
    Cause.ANSWERED: Q(_ANSWERED),
}


_OBSTACLE = Case(*(When(when, then=Value(cause)) for cause, when in _CAUSES.items()), default=Value(""))


def send_due(*, clock: Callable[[], datetime]) -> int:
    """Send all that is due and hold what was overtaken; return how many were sent. Served by scheduled_mails_due."""
    at = clock()
    ScheduledMail.objects.filter(status=DISCARDED, changed_at__lt=at - _KEPT_FOR).delete()
    waiting = ScheduledMail.objects.filter(status=SCHEDULED).annotate(obstacle=_OBSTACLE)
    due = waiting.filter(Q(leaves_at__lte=at) | ~Q(obstacle="")).order_by("leaves_at", "pk")
    return sum(_send_if_due(pk, at=clock()) for pk in due.values_list("pk", flat=True))


def _send_if_due(pk: int, *, at: datetime) -> bool:
    """Send one mail, or hold it; return whether it was sent."""
    try:
        with transaction.atomic():
            mail = lock_mail(pk)
            if mail is None or mail.status != SCHEDULED:
                return False
            if cause := find_obstacle(mail):
                hold_mail(mail, cause=cause, at=at)
                return False
            if mail.leaves_at > at:
                return False
            deliver(mail, at=at, leaves_at=at)
            return True
    except ActionRefused as refused:
        _hold_refused(pk, str(refused), at=at)
    except Exception:  # one mail that cannot be put together stops no other
        logger.exception("Scheduled mail %s could not be sent", pk)
        _hold_refused(pk, "", at=at)
    return False


@transaction.atomic
def _hold_refused(pk: int, why: str, *, at: datetime) -> None:
    mail = lock_mail(pk)
    if mail is not None and mail.status == SCHEDULED:
        hold_mail(mail, cause=Cause.REFUSED, refusal=why, at=at)


def lock_mail(pk: int) -> ScheduledMail | None:
    """Return the mail as it is now, locked until the transaction ends with its conversation and customer; None if it is
    gone."""
    mail = ScheduledMail.objects.filter(pk=pk).first()
    if mail is None:
        return None
    if mail.conversation_id is not None:
        threads = Conversation.objects.filter(Q(pk=mail.conversation_id) | Q(joined__pk=mail.conversation_id))
        list(threads.order_by("pk").select_for_update(no_key=True, of=("self",)))
    list(Customer.objects.filter(pk=mail.customer_id).select_for_update(no_key=True))
    related = ScheduledMail.objects.select_related("customer", "conversation", "to__customer", "by")
    return related.select_for_update(of=("self",)).filter(pk=pk).first()


def find_obstacle(mail: ScheduledMail) -> str:
    """Name the cause to hold the mail; empty when it can leave."""
    return str(ScheduledMail.objects.annotate(obstacle=_OBSTACLE).values_list("obstacle", flat=True).get(pk=mail.pk))


def hold_mail(mail: ScheduledMail, *, cause: str, at: datetime, refusal: str = "") -> None:
    """Keep a mail from leaving, and notify its author, or the customer's owner where the author has left."""
    mail.status, mail.cause, mail.refusal, mail.changed_at = HELD, cause, refusal[:500], at
    mail.save(update_fields=["status", "cause", "refusal", "changed_at"])
    author = mail.by if mail.by.is_active else mail.customer.owner
    notify(
        kind=Notification.Kind.MAIL_HELD, users=[author] if author else [], customer=mail.customer, at=at,
        key=f"held/{mail.pk}", text=excerpt(mail.body), conversation=mail.conversation,
    )  # fmt: skip


def release_mails(pks: Collection[int], *, at: datetime) -> None:
    """Schedule again what a merge held, once that is undone, unless it should have left by then."""
    held = ScheduledMail.objects.filter(pk__in=pks, status=HELD, cause=Cause.MERGED, leaves_at__gt=at)
    released = list(held.values_list("pk", flat=True))
    held.update(status=SCHEDULED, cause="", changed_at=at)
    keys = [f"held/{pk}" for pk in released]
    Notification.objects.filter(kind=Notification.Kind.MAIL_HELD, key__in=keys, read_at=None).delete()


def deliver(mail: ScheduledMail, *, at: datetime, leaves_at: datetime | None = None) -> Interaction:
    """Put a locked mail into the outbox and its entry on the timeline. Raise ActionRefused where it may not be sent."""
    if mail.to is None:
        raise ActionRefused(str(Cause.ADDRESS.label))
    thread = mail.conversation
    while thread is not None and thread.joined_into is not None:
        thread = thread.joined_into
    if thread is not None and thread.customer_id != mail.customer_id:
        raise ActionRefused(str(Cause.MOVED.label))
    row = write_mail(
        customer=mail.customer, to=mail.to, body=mail.body, subject=mail.subject, by=mail.by, at=at,
        external_id=mail.ref, conversation=thread, cc=mail.cc, bcc=mail.bcc, kind=mail.kind, minutes=mail.minutes,
        files=[StoredFile(**file) for file in mail.files], payload=mail.payload, leaves_at=leaves_at,
    )  # fmt: skip
    if mail.remind_days:
        due_at = reminding_moment(at, mail.remind_days, firm=Firm.current())
        set_reminder(row, due_at=due_at, by=mail.by, at=at)
    mail.delete()
    return row
