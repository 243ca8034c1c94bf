"""The outbox: what was written is sent by a worker, never twice.

A mail is claimed in a transaction of its own before it is handed over. A worker that dies in between leaves it
claimed: nobody can know whether it went out, so nobody but a person sends it again.
"""

import logging
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from smtplib import SMTPServerDisconnected as Disconnected
from socket import gaierror

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from interactions.errors import ActionRefused
from interactions.models import Interaction, Outgoing
from partnership.staff.models import Firm, User

logger = logging.getLogger(__name__)

_LOST = timedelta(minutes=10)
"""Claimed for longer than this, a mail's worker is gone."""


def own_address() -> str:
    firm = Firm.current()
    return firm.own_addresses[0] if firm.own_addresses else parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def nudge() -> None:
    """Ask a worker to look now. Lost, it costs seconds: beat looks anyway."""
    try:
        current_app.send_task("interactions.send_outgoing", retry=False, ignore_result=True)
    except OperationalError as lost:
        logger.info("The nudge to send was lost: %s", lost)


def claim(*, at: datetime) -> Outgoing | None:
    """The oldest mail that waits, now this worker's alone. Served by outgoing_under_way."""
    with transaction.atomic(durable=True):
        waiting = Outgoing.objects.filter(status=Outgoing.Status.QUEUED).order_by("queued_at", "id")
        mail = waiting.select_for_update(skip_locked=True, no_key=True).first()
        if mail is None:
            return None
        mail.status, mail.claimed_at, mail.attempts, mail.error = Outgoing.Status.SENDING, at, mail.attempts + 1, ""
        mail.save()
    return mail


def hand_over(mail: Outgoing) -> str:
    """Give a claimed mail to the backend; what went wrong, in words, or nothing."""
    try:
        letter = letter_of(mail)
    except (OSError, ValueError) as error:
        return _("The mail could not be composed and was not sent: %s") % error
    try:
        letter.send()
    except Exception as error:  # every backend has its own
        logger.warning("Outgoing mail %s was not sent: %r", mail.pk, error)
        return in_words(error)
    return ""


def letter_of(mail: Outgoing) -> EmailMultiAlternatives:
    row = Interaction.objects.select_related("author").get(pk=mail.interaction_id)
    sender = formataddr((" ".join(row.author.name.split()) if row.author else "", own_address()))
    named = {"Message-ID": mail.message_id, "In-Reply-To": mail.in_reply_to, "References": mail.references}
    letter = EmailMultiAlternatives(
        subject=" ".join(row.subject.split()),
        body=row.body,
        from_email=sender,
        to=mail.to,
        reply_to=[sender],
        headers={name: value for name, value in named.items() if value},
    )
    letter.attach_alternative(render_to_string("email/letter.html", {"row": row}), "text/html")
    for file in row.attachments.all():
        with file.file.open("rb") as content:
            letter.attach(file.name, content.read(), file.content_type)
    return letter


def in_words(error: Exception) -> str:
    """Why a mail did not go out; where that is not certain, that too is said."""
    if isinstance(error, SMTPRecipientsRefused):
        said = "; ".join(text_of(answer[1]) for answer in error.recipients.values())
        return _("Their mail server does not take it for that address: %s") % said
    if isinstance(error, SMTPAuthenticationError):
        return _("Our mail server did not accept its user name and password. Ask an administrator.")
    if isinstance(error, SMTPResponseException):
        return _("The mail server refused it: %s") % text_of(error.smtp_error)
    if isinstance(error, ConnectionRefusedError | gaierror):
        return _("Our mail server cannot be reached. Send it again later.")
    if isinstance(error, TimeoutError | ConnectionError | Disconnected):
        return _("The connection to our mail server broke off. %s") % unsure()
    if isinstance(error, SMTPException):
        return _("The mail server refused it: %s") % error
    return f"{error} {unsure()}".strip()


def text_of(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def unsure() -> str:
    return _("It may have gone out: check before sending it again.")


def settle(mail: Outgoing, *, error: str, at: datetime) -> None:
    """What became of a claimed mail. It holds also where it was given up meanwhile, not where it was queued anew."""
    mine = Outgoing.objects.filter(
        pk=mail.pk, attempts=mail.attempts, status__in=[Outgoing.Status.SENDING, Outgoing.Status.FAILED]
    )
    if error:
        mine.update(status=Outgoing.Status.FAILED, error=error)
    else:
        mine.update(status=Outgoing.Status.SENT, error="", sent_at=at)


def give_up_lost(*, at: datetime) -> int:
    """Mails whose worker died while it handed them over: whether they left is for a person to find out. How many."""
    lost = Outgoing.objects.filter(status=Outgoing.Status.SENDING, claimed_at__lt=at - _LOST)
    return lost.update(status=Outgoing.Status.FAILED, error=_("Sending broke off. %s") % unsure())


def send_again(mail: Outgoing, *, by: User, at: datetime) -> None:
    """Queue a mail that failed once more. ActionRefused in every other state."""
    with transaction.atomic():
        failed = Outgoing.objects.filter(pk=mail.pk, status=Outgoing.Status.FAILED)
        if not failed.update(status=Outgoing.Status.QUEUED, queued_at=at, error=""):
            raise ActionRefused(_("Only failed mail can be sent again."))
        logger.info("Outgoing mail %s is sent again by %s", mail.pk, by.pk)
        transaction.on_commit(nudge, robust=True)
