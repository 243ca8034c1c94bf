"""The outbox: what was written is sent by a worker, never twice.

A mail is claimed in a transaction of its own before it is handed over. A worker that dies in between leaves it
claimed: nobody can know whether it went out, so nobody but a person sends it again.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from smtplib import SMTPServerDisconnected as Disconnected
from socket import gaierror

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from interactions.errors import ActionRefused
from interactions.models import Interaction, Outgoing
from partnership.core.mailing import send_claimed
from partnership.core.task_requests import request_on_commit
from partnership.staff.models import Firm, User

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

SEND_TASK = "interactions.send_outgoing"

LOST = timedelta(minutes=10)
"""Claimed for longer than this, a mail's worker is gone."""


def own_address() -> str:
    firm = Firm.current()
    return firm.own_addresses[0] if firm.own_addresses else parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


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


def send_queued(*, clock: Clock) -> int:
    """Send all mails that wait; return how many were sent."""
    give_up_lost(at=clock())
    return send_each(iter(lambda: claim(at=clock()), None), clock=clock)


def send_each(claimed: Iterable[Outgoing], *, clock: Clock) -> int:
    """Send claimed mails and record what became of each; return how many were sent."""
    return send_claimed(claimed, build, lambda mail, error: settle(mail, error, at=clock()))


class UnbuiltMailError(Exception):
    """A mail could not be put together, so that it certainly did not go out."""


def build(mail: Outgoing) -> EmailMultiAlternatives:
    try:
        return letter_of(mail)
    except (OSError, ValueError) as error:
        raise UnbuiltMailError(error) from error


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
    if isinstance(error, UnbuiltMailError):
        return _("It could not be put together and did not go out: %s") % error
    if isinstance(error, SMTPRecipientsRefused):
        said = "; ".join(text_of(answer[1]) for answer in error.recipients.values())
        return _("Their mail server does not take it for that address: %s") % said
    if isinstance(error, SMTPAuthenticationError):
        return _("Our mail server did not accept its user name and password. Ask whoever runs Partnership.")
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


def settle(mail: Outgoing, error: Exception | None, *, at: datetime) -> None:
    """What became of a claimed mail. It holds also where it was given up meanwhile, not where it was queued anew."""
    mine = Outgoing.objects.filter(
        pk=mail.pk, attempts=mail.attempts, status__in=[Outgoing.Status.SENDING, Outgoing.Status.FAILED]
    )
    if error:
        logger.warning("Outgoing mail %s was not sent: %r", mail.pk, error)
        mine.update(status=Outgoing.Status.FAILED, error=in_words(error))
    else:
        mine.update(status=Outgoing.Status.SENT, error="", sent_at=at)


def give_up_lost(*, at: datetime) -> int:
    """Mails whose worker died while it handed them over: whether they left is for a person to find out. How many."""
    lost = Outgoing.objects.filter(status=Outgoing.Status.SENDING, claimed_at__lt=at - LOST)
    return lost.update(status=Outgoing.Status.FAILED, error=_("Sending broke off. %s") % unsure())


def send_again(mail: Outgoing, *, by: User, at: datetime) -> None:
    """Queue a mail that failed once more. ActionRefused in every other state."""
    with transaction.atomic():
        failed = Outgoing.objects.filter(pk=mail.pk, status=Outgoing.Status.FAILED)
        if not failed.update(status=Outgoing.Status.QUEUED, queued_at=at, error=""):
            raise ActionRefused(_("Only what failed can be sent again."))
        logger.info("Outgoing mail %s is sent again by %s", mail.pk, by.pk)
        request_on_commit(SEND_TASK)
