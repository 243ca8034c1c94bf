"""The demo's outbox: mail is kept in files and does not leave, so that both sides can be played."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage as ReadMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from partnership.ops.embedded.paths import make_folder

_MOST_KEPT = 500
_NAME = re.compile(r"\d{20}-[0-9a-f]{32}")
# Those who get a mail, hidden copies included; in the file alone.
_RECIPIENTS = "X-Outbox-Recipients"


@dataclass(frozen=True)
class KeptMail:
    """A mail in the outbox; `name` is that of its file."""

    name: str
    sender: str
    recipients: str
    subject: str
    at: datetime | None
    text: str
    files: Sequence[str]


class OutboxBackend(BaseEmailBackend):
    """Keep each mail in a file that its owner alone can read; the oldest go when there are many."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        make_folder(_folder(), 0o700)
        for message in email_messages:
            mail = message.message()
            mail[_RECIPIENTS] = ", ".join(message.recipients())
            path = _folder() / f"{time.time_ns():020d}-{uuid4().hex}.eml"
            path.touch(mode=0o600)
            path.write_bytes(mail.as_bytes())
        for path in _paths()[_MOST_KEPT:]:
            path.unlink(missing_ok=True)
        return len(email_messages)


def kept_mails() -> Iterator[KeptMail]:
    """Read the outbox, newest first."""
    return (_read(path) for path in _paths())


def find_mail(name: str) -> KeptMail | None:
    path = _folder() / f"{name}.eml"
    return _read(path) if _NAME.fullmatch(name) and path.is_file() else None


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "outbox"


def _paths() -> list[Path]:
    return sorted((path for path in _folder().glob("*.eml") if _NAME.fullmatch(path.stem)), reverse=True)


def _read(path: Path) -> KeptMail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, ReadMessage)
    return KeptMail(
        name=path.stem,
        sender=str(message["From"] or ""),
        recipients=str(message[_RECIPIENTS] or message["To"] or ""),
        subject=str(message["Subject"] or ""),
        at=_date_of(message),
        text=_text_of(message),
        files=[file.get_filename() or "" for file in message.iter_attachments() if file["Content-ID"] is None],
    )


def _date_of(message: ReadMessage) -> datetime | None:
    try:
        at = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None
    return at if timezone.is_aware(at) else at.replace(tzinfo=UTC)  # -0000: its sender's zone is not said


def _text_of(message: ReadMessage) -> str:
    body = message.get_body(("plain", "html"))
    try:
        return str(body.get_content()) if body else ""
    except (KeyError, LookupError, MessageError):
        return ""
