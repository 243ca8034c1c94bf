"""The outbox: workers send queued mail, never twice.

A mail is claimed in its own transaction before it is sent. If the worker dies in between, the mail stays claimed:
whether it was sent is unknown, so only a person may send it again.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from email.utils import formataddr
from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from smtplib import SMTPServerDisconnected as Disconnected
from socket import gaierror

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.merging.rows import pause_audit
from interactions.actions.conversations import AWAKE, undo_closing_with
from interactions.actions.entries import refresh_dependents
from interactions.actions.nudges import lock_for_nudge, refuse_beyond_ceiling
from interactions.errors import ActionRefused
from interactions.mailboxes.signals import mail_failed
from interactions.models import Conversation, Interaction, Kind, Outgoing
from interactions.models.kinds import NOT_SENT
from partnership.core.mailing import NoMailServerError, send_claimed
from partnership.core.task_requests import request_on_commit
from partnership.core.translatable_text import TranslatableText
from partnership.staff.mail.letterhead import attach_logo
from partnership.staff.mail.notices import KEPT, NOT_SET_UP
from partnership.staff.mail.sender import sender_address
from partnership.staff.mail.transport import Transport, mail_transport
from partnership.staff.models import Firm, User

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

SEND_TASK = "interactions.send_outgoing"

# The worker of a mail that was claimed longer ago than this has died.
_LOST = timedelta(minutes=10)


def own_address() -> str:
    return sender_address(Firm.current())


def queue_mail(
    row: Interaction,
    *,
    to: Sequence[str],
    at: datetime,
    leaves_at: datetime | None = None,
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    earlier: Sequence[str] = (),
) -> None:
    """Put an entry into the outbox once. It leaves at `leaves_at`, else after settings.MAIL_UNDO_SECONDS.

    `earlier`: message ids of the mails that it answers, oldest first.
    """
    _outgoing, is_new = Outgoing.objects.get_or_create(
        interaction=row,
        defaults={
            "to": list(to),
            "cc": list(cc),
            "bcc": list(bcc),
            "message_id": f"<{row.external_id}@{own_address().rpartition('@')[2]}>",
            "in_reply_to": earlier[-1] if earlier else "",
            "references": " ".join(earlier),
            "queued_at": at,
            "leaves_at": leaves_at or at + timedelta(seconds=settings.MAIL_UNDO_SECONDS),
        },
    )
    if is_new:
        request_on_commit(SEND_TASK)


def claim(*, at: datetime) -> Outgoing | None:
    """Claim the oldest queued mail that may leave for this worker. Served by outgoing_under_way."""
    with transaction.atomic(durable=True):
        may_leave = Q(leaves_at=None) | Q(leaves_at__lte=at)
        waiting = Outgoing.objects.filter(may_leave, status=Outgoing.Status.QUEUED).order_by("queued_at", "id")
        mail = waiting.select_for_update(skip_locked=True, no_key=True).first()
        if mail is None:
            return None
        mail.status, mail.claimed_at, mail.attempts, mail.error = Outgoing.Status.SENDING, at, mail.attempts + 1, ""
        mail.save()
    return mail


def send_queued(*, clock: Clock) -> int:
    """Send all mails that wait; return how many were sent."""
    give_up_lost(at=clock())
    return send_each(iter(lambda: claim(at=clock()), None), clock=clock)


def send_each(claimed: Iterable[Outgoing], *, clock: Clock) -> int:
    """Send claimed mails and record what became of each; return how many were sent."""
    return send_claimed(claimed, _build, lambda mail, error: settle(mail, error, at=clock()))


class _UnbuiltMailError(Exception):
    """A mail could not be put together, so that it certainly did not go out."""


def _build(mail: Outgoing) -> EmailMultiAlternatives:
    try:
        return _compose(mail)
    except (OSError, ValueError) as error:
        raise _UnbuiltMailError(error) from error


def _compose(mail: Outgoing) -> EmailMultiAlternatives:
    row = Interaction.objects.select_related("author").get(pk=mail.interaction_id)
    sender = formataddr((" ".join(row.author.name.split()) if row.author else "", own_address()))
    signature = row.author.signature.strip() if row.author else ""
    named = {"Message-ID": mail.message_id, "In-Reply-To": mail.in_reply_to, "References": mail.references}
    letter = EmailMultiAlternatives(
        subject=" ".join(row.subject.split()),
        body="\n\n".join(filter(None, [row.body, signature and f"-- \n{signature}", row.quoted])),
        from_email=sender,
        to=mail.to,
        cc=mail.cc,
        bcc=mail.bcc,
        reply_to=[sender],
        headers={name: value for name, value in named.items() if value},
    )
    firm = Firm.current()
    context = {"row": row, "signature": signature, "firm": firm}
    letter.attach_alternative(render_to_string("email/letter.html", context), "text/html")
    attach_logo(letter, firm)
    for file in row.attachments.all():
        with file.file.open("rb") as content:
            letter.attach(file.name, content.read(), file.content_type)
    return letter


_UNCERTAIN = TranslatableText(gettext_noop("The e-mail may have been sent: check before you send it again."))


def _describe_error(error: Exception) -> TranslatableText:
    """Explain why a mail was not sent, or that this is uncertain."""
    params: dict[str, object] = {"error": str(error)}
    if isinstance(error, NoMailServerError):
        return NOT_SET_UP
    if isinstance(error, _UnbuiltMailError):
        text = gettext_noop("The mail could not be composed and was not sent: %(error)s")
    elif isinstance(error, SMTPRecipientsRefused):
        text = gettext_noop("The recipient's mail server did not accept the e-mail for that address: %(error)s")
        params = {"error": "; ".join(_decode_answer(answer[1]) for answer in error.recipients.values())}
    elif isinstance(error, SMTPAuthenticationError):
        text = gettext_noop("Our mail server did not accept its user name and password. Ask an administrator.")
    elif isinstance(error, SMTPResponseException):
        text = gettext_noop("The mail server refused the e-mail: %(error)s")
        params = {"error": _decode_answer(error.smtp_error)}
    elif isinstance(error, ConnectionRefusedError | gaierror):
        text = gettext_noop("Our mail server cannot be reached. Send it again later.")
    elif isinstance(error, TimeoutError | ConnectionError | Disconnected):
        text, params = gettext_noop("The connection to our mail server broke off. %(note)s"), {"note": _UNCERTAIN}
    elif isinstance(error, SMTPException):
        text = gettext_noop("The mail server refused the e-mail: %(error)s")
    else:
        text, params = gettext_noop("Sending failed: %(error)s. %(note)s"), {**params, "note": _UNCERTAIN}
    return TranslatableText(text, params)


def _decode_answer(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


@transaction.atomic
def settle(mail: Outgoing, error: Exception | None, *, at: datetime) -> None:
    """Record the result of sending. It also applies to a mail that was given up, but not to one queued again.

    What the demo's outbox keeps counts as sent, but says where it is.
    """
    mine = Outgoing.objects.filter(
        pk=mail.pk, attempts=mail.attempts, status__in=[Outgoing.Status.SENDING, Outgoing.Status.FAILED]
    )
    if error:
        logger.warning("Outgoing mail %s was not sent: %r", mail.pk, error)
        _fail(mine, _describe_error(error), at=at)
        return
    note = KEPT.stored if mail_transport() is Transport.OUTBOX else ""
    if mine.update(status=Outgoing.Status.SENT, error=note, sent_at=at) and _is_marked(mail):
        _mark(mail.interaction_id, is_sent=True)


def _is_marked(mail: Outgoing) -> bool:
    """Check whether the mail's entry is noted as not sent, as after it was given up."""
    return Interaction.objects.filter(pk=mail.interaction_id, payload__has_key=NOT_SENT).exists()


@transaction.atomic
def _fail(mails: QuerySet[Outgoing], error: TranslatableText, *, at: datetime) -> int:
    """Fail these mails: what they answered waits again, also where it was snoozed or closed. Return how many."""
    failed = list(mails.order_by("id").select_for_update(no_key=True))
    for mail in failed:
        mail.status, mail.error = Outgoing.Status.FAILED, error.stored
        mail.save(update_fields=["status", "error"])
        row = _mark(mail.interaction_id, is_sent=False)
        snoozed = Conversation.objects.filter(pk=row.conversation_id or 0, status=Conversation.Status.SNOOZED)
        snoozed.filter(waiting_since__isnull=False).update(status=Conversation.Status.OPEN, **AWAKE)
        mail_failed.send(sender=Outgoing, mail=mail, at=at)
    return len(failed)


def _mark(interaction_pk: int, *, is_sent: bool) -> Interaction:
    """Mark a mail's entry as sent or not sent, so that only a sent one counts as an answer. Return the entry.

    The audit leaves this out: no user changed the text.
    """
    _lock_conversation(interaction_pk)
    row = Interaction.objects.select_for_update().get(pk=interaction_pk)
    if is_sent == (NOT_SENT in row.payload):
        row.payload = {name: value for name, value in row.payload.items() if name != NOT_SENT}
        if not is_sent:
            row.payload[NOT_SENT] = True
        with pause_audit():
            row.save(update_fields=["payload"])
        refresh_dependents(row)
    return row


def _lock_conversation(interaction_pk: int) -> None:
    """Lock an entry's conversation until the transaction ends. Call it before locking the entry, as moves do."""
    list(Conversation.objects.filter(interactions=interaction_pk).select_for_update(no_key=True, of=("self",)))


def give_up_lost(*, at: datetime) -> int:
    """Fail mails whose worker died while sending, each by itself; a person must check them. Return how many."""
    lost = Outgoing.objects.filter(status=Outgoing.Status.SENDING, claimed_at__lt=at - _LOST)
    error = TranslatableText(gettext_noop("Sending broke off. %(note)s"), {"note": _UNCERTAIN})
    return sum(_fail(lost.filter(pk=pk), error, at=at) for pk in lost.values_list("pk", flat=True))


def send_again(mail: Outgoing, *, by: User, at: datetime) -> None:
    """Queue a failed mail again: it answers as it did before.

    Raise ActionRefused in any other state, without a mail server, and where it may no longer be sent: as the mail never
    reached the customer, it counts for the ceiling on nudges as a new one does.
    """
    if mail_transport() is Transport.NONE:
        raise ActionRefused(_("No mail server is set up: nothing can be sent yet."))
    with transaction.atomic():
        _lock_conversation(mail.interaction_id)
        row = Interaction.objects.select_related("customer", "person").get(pk=mail.interaction_id)
        if row.customer.do_not_contact or (row.person and row.person.do_not_contact):
            raise ActionRefused(_("They asked not to be contacted: nothing is sent from here."))
        if row.kind == Kind.NUDGE and NOT_SENT in row.payload:
            refuse_beyond_ceiling(lock_for_nudge(row.customer_id), day=Firm.current().local_date(at))
        failed = Outgoing.objects.filter(pk=mail.pk, status=Outgoing.Status.FAILED)
        if not failed.update(status=Outgoing.Status.QUEUED, queued_at=at, error=""):
            raise ActionRefused(_("Only failed mail can be sent again."))
        _mark(mail.interaction_id, is_sent=True)
        logger.info("Outgoing mail %s is sent again by %s", mail.pk, by.pk)
        request_on_commit(SEND_TASK)


@transaction.atomic
def take_back(mail: Outgoing, *, by: User, at: datetime) -> Interaction:
    """Take back a mail that has not left, with its entry, a conversation that it began, and the closing of one that was
    closed with it; return the entry as it was.

    Raise ActionRefused once it is under way.
    """
    waiting = Outgoing.objects.select_for_update().filter(pk=mail.pk, status=Outgoing.Status.QUEUED)
    if not waiting.exists():
        raise ActionRefused(_("This e-mail was sent already."))
    row = Interaction.objects.select_related("conversation").get(pk=mail.interaction_id)
    logger.info("Outgoing mail %s is taken back by %s", mail.pk, by.pk)
    undo_closing_with(row)
    Interaction.objects.filter(pk=row.pk).delete()
    if row.conversation and not row.conversation.interactions.exists():
        row.conversation.delete()
        row.conversation = None
    refresh_dependents(row)
    return row
