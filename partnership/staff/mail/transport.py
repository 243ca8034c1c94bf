"""Where our mail goes: to a mail server, into the demo's outbox, or nowhere."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, cast

from django.conf import settings

from partnership.core.mailing import delivers_nowhere
from partnership.staff.models import MailSettings

FIRM_BACKEND = "partnership.staff.mail.backend.FirmBackend"
OUTBOX_BACKEND = "partnership.staff.mail.outbox.OutboxBackend"

Security = Literal["", "starttls", "tls"]


class Transport(Enum):
    SERVER = "server"
    OUTBOX = "outbox"
    NONE = "none"


@dataclass(frozen=True)
class MailServer:
    """What a connection to a mail server needs. `security`: how it is encrypted, empty for not at all."""

    host: str
    port: int
    security: Security = ""
    user: str = ""
    password: str = field(default="", repr=False)


def mail_server() -> MailServer | None:
    """Return the mail server that the environment names, else the one of the firm's settings; None without one."""
    return environment_server() if settings.EMAIL_HOST else saved_server()


def saved_server() -> MailServer | None:
    """Return the mail server of the firm's settings; without its password where that can't be read any more."""
    saved = MailSettings.current()
    if saved is None:
        return None
    security: Security = "" if saved.security == MailSettings.Security.NONE else cast("Security", saved.security)
    return MailServer(saved.host, saved.port, security, saved.user, saved.read_password() or "")


def environment_server() -> MailServer:
    security: Security = "tls" if settings.EMAIL_USE_SSL else "starttls" if settings.EMAIL_USE_TLS else ""
    return MailServer(
        settings.EMAIL_HOST, settings.EMAIL_PORT, security, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD
    )


def mail_transport() -> Transport:
    """Tell where mail that is sent now would go."""
    if settings.EMAIL_BACKEND == OUTBOX_BACKEND:
        return Transport.OUTBOX
    if delivers_nowhere() or (settings.EMAIL_BACKEND == FIRM_BACKEND and mail_server() is None):
        return Transport.NONE
    return Transport.SERVER
