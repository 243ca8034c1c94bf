"""Mail that a worker sends: claimed before it leaves, so that a worker that dies in between never sends it twice."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string

C = TypeVar("C")

# Backends of Django's that write mail where nobody receives it.
_UNDELIVERING = ("console", "dummy", "filebased")


class NoMailServerError(Exception):
    """Raised instead of sending where no mail server is set up, so that nothing counts as sent."""


def delivers_nowhere() -> bool:
    """Check whether settings.EMAIL_BACKEND never reaches a recipient."""
    return settings.EMAIL_BACKEND in {f"django.core.mail.backends.{name}.EmailBackend" for name in _UNDELIVERING}


def send(message: EmailMessage) -> None:
    """Send a mail of ours. Raise NoMailServerError where none is set up, else what the mail backend raises."""
    if delivers_nowhere():
        raise NoMailServerError
    message.send()


def send_claimed(
    claims: Iterable[C], build: Callable[[C], EmailMessage], record: Callable[[C, Exception | None], None]
) -> int:
    """Build and send the mail of each claim, and record the error that stopped it, or None; return how many were sent.

    `claims` is lazy: it commits each claim before it yields it, and claims the next one once this one is recorded.
    """
    sent = 0
    for claim in claims:
        error = _send(claim, build)
        record(claim, error)
        sent += error is None
    return sent


def _send(claim: C, build: Callable[[C], EmailMessage]) -> Exception | None:
    try:
        send(build(claim))
    except Exception as error:  # every mail backend raises its own
        return error
    return None


def automatic_message(
    template: str, context: Mapping[str, object], *, subject: str, sender: str, to: str
) -> EmailMultiAlternatives:
    """Build a mail that no person wrote, from a template's .txt and .html; other systems do not answer it."""
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"{template}.txt", dict(context)),
        from_email=sender,
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string(f"{template}.html", dict(context)), "text/html")
    return message
