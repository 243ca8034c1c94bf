"""The one connection to the firm's mail server, for all mail of ours."""

from collections.abc import Sequence
from enum import StrEnum
from smtplib import SMTP, SMTP_SSL

from django.core.mail import DNS_NAME, EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from partnership.core.mailing import NoMailServerError
from partnership.staff.mail.transport import MailServer, mail_server


class Step(StrEnum):
    """What the connection is at, so that an error says where it happened."""

    CONNECT = "connect"
    TLS = "tls"
    SIGN_IN = "sign_in"
    SEND = "send"


class FirmBackend(EmailBackend):
    """Send by the firm's mail server, or by a given one. Raise NoMailServerError where none is set up.

    `step`: how far the last connection came.
    """

    step = Step.CONNECT

    def __init__(self, fail_silently: bool = False, server: MailServer | None = None) -> None:
        server = server or mail_server()
        if server is None:
            raise NoMailServerError
        super().__init__(
            host=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.security == "starttls",
            use_ssl=server.security == "tls",
            fail_silently=fail_silently,
        )

    def open(self) -> bool:
        """Connect, encrypt and sign in. Raise OSError, smtplib's errors among them."""
        if self.connection:
            return False
        self.step = Step.CONNECT
        context = self.ssl_context  # type: ignore[attr-defined]
        named = {"local_hostname": DNS_NAME.get_fqdn(), "timeout": self.timeout}
        try:
            if self.use_ssl:
                self.connection = SMTP_SSL(self.host, self.port, context=context, **named)
            else:
                self.connection = SMTP(self.host, self.port, **named)
            if self.use_tls:
                self.step = Step.TLS
                self.connection.starttls(context=context)
            if self.username:
                self.step = Step.SIGN_IN
                self.connection.login(self.username, self.password)
        except OSError:
            if self.connection:
                self.connection.close()
                self.connection = None
            raise
        self.step = Step.SEND
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return super().send_messages(email_messages) or 0
