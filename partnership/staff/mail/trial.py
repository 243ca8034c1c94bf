"""Send a test mail, and say in plain words at which step it failed."""

import ssl
from dataclasses import dataclass
from smtplib import (
    SMTPAuthenticationError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from socket import gaierror

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from partnership.core.translatable_text import TranslatableText
from partnership.staff.mail.backend import FirmBackend, Step
from partnership.staff.mail.sender import automatic_sender, sender_address
from partnership.staff.mail.transport import MailServer
from partnership.staff.models import Firm

_TIMEOUT = 10  # seconds for each answer of the server

_CONNECT = {
    "name": gettext_noop("The name %(host)s was not found. Check the server’s name."),
    "refused": gettext_noop("%(host)s refused the connection to port %(port)s. Check the port."),
    "silent": gettext_noop("%(host)s did not answer on port %(port)s. Check port, encryption and firewall."),
    "closed": gettext_noop("%(host)s closed the connection. Check whether port %(port)s needs TLS from the start."),
    "other": gettext_noop("%(host)s could not be reached on port %(port)s."),
}
_TLS = {
    "certificate": gettext_noop(
        "The certificate of %(host)s was not accepted, so the connection is not safe. Check the server’s name."
    ),
    "not offered": gettext_noop("%(host)s offers no STARTTLS on port %(port)s. Choose another encryption or port."),
    "other": gettext_noop(
        "The connection to %(host)s could not be encrypted. Check whether port %(port)s belongs to this encryption."
    ),
}
_SIGN_IN = {
    "refused": gettext_noop("%(host)s did not accept the user name and password."),
    "not offered": gettext_noop(
        "%(host)s offers no sign-in on this connection. Choose another encryption, or leave the user name empty."
    ),
    "other": gettext_noop("The sign-in at %(host)s broke off."),
}
_SEND = {
    "sender": gettext_noop("%(host)s did not accept %(sender)s as the sender."),
    "recipient": gettext_noop("%(host)s did not accept %(to)s as the recipient."),
    "other": gettext_noop("%(host)s took the addresses but not the message."),
}
_SENT = gettext_noop("The test is sent: %(host)s accepted it for %(to)s. Look for it in that mailbox.")


@dataclass(frozen=True)
class TrialResult:
    """`words`: what happened, a stored TranslatableText; `answer`: what the server said, in its own words."""

    is_sent: bool
    words: str
    answer: str = ""


def send_test(server: MailServer, *, firm: Firm, to: str) -> TrialResult:
    """Send a short mail to one address by this server."""
    with firm.localized():
        message = EmailMessage(
            subject=_("Test from Partnership"),
            body=_("This test shows that %(firm)s can send mail by %(host)s.")
            % {"firm": firm.name, "host": server.host},
            from_email=automatic_sender(firm),
            to=[to],
            headers={"Auto-Submitted": "auto-generated"},
        )
    backend = FirmBackend(server=server)
    backend.timeout = _TIMEOUT
    facts = {"host": server.host, "port": str(server.port), "sender": sender_address(firm), "to": to}
    try:
        backend.send_messages([message])
    except (OSError, ValueError) as error:  # smtplib's errors are OSErrors; a name can be no host's at all
        return TrialResult(False, TranslatableText(_explain(backend.step, error), facts).stored, _answer_of(error))
    return TrialResult(True, TranslatableText(_SENT, facts).stored)


def _explain(step: Step, error: Exception) -> str:
    if step == Step.CONNECT:
        return _explain_connection(error)
    if step == Step.TLS:
        if isinstance(error, ssl.SSLCertVerificationError):
            return _TLS["certificate"]
        return _TLS["not offered" if isinstance(error, SMTPNotSupportedError) else "other"]
    if step == Step.SIGN_IN:
        if isinstance(error, SMTPAuthenticationError):
            return _SIGN_IN["refused"]
        return _SIGN_IN["not offered" if isinstance(error, SMTPNotSupportedError) else "other"]
    if isinstance(error, SMTPSenderRefused):
        return _SEND["sender"]
    return _SEND["recipient" if isinstance(error, SMTPRecipientsRefused) else "other"]


def _explain_connection(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _TLS["certificate"]
    if isinstance(error, ssl.SSLError):
        return _TLS["other"]
    if isinstance(error, gaierror | ValueError):
        return _CONNECT["name"]
    if isinstance(error, ConnectionRefusedError):
        return _CONNECT["refused"]
    if isinstance(error, TimeoutError):
        return _CONNECT["silent"]
    return _CONNECT["closed" if isinstance(error, SMTPServerDisconnected | ConnectionError) else "other"]


def _answer_of(error: Exception) -> str:
    """Return the server's own words, else the system's."""
    if isinstance(error, SMTPRecipientsRefused):
        return _describe_answer(*next(iter(error.recipients.values())))
    if isinstance(error, SMTPResponseException):
        return _describe_answer(error.smtp_code, error.smtp_error)
    return str(error)


def _describe_answer(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
