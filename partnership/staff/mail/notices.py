"""What is said where mail is written and does not leave."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from partnership.core.translatable_text import TranslatableText
from partnership.staff.mail.transport import Transport, mail_transport
from partnership.staff.models import User

NOT_SET_UP = TranslatableText(gettext_noop("no mail server is set up"))
KEPT = TranslatableText(gettext_noop("kept in the demo’s outbox"))


@dataclass(frozen=True)
class MailNotice:
    """`url` and `action`: where the reader can do something about it; both empty for others than administrators."""

    text: str
    url: str = ""
    action: str = ""


def mail_notice(user: User) -> MailNotice | None:
    """Say that mail does not leave; None where it does."""
    transport = mail_transport()
    if transport is Transport.OUTBOX:
        text = _("This is the demo: e-mails are kept in its outbox and do not leave.")
        return MailNotice(text, reverse("outbox"), _("Open the outbox")) if user.is_admin else MailNotice(text)
    if transport is Transport.NONE:
        text = _("No mail server is set up: e-mails are recorded but not sent.")
        if user.is_admin:
            return MailNotice(text, reverse("mail_settings"), _("Set up the mail server"))
        return MailNotice(f"{text} {_('Ask an administrator.')}")
    return None


def departure_message(to: str) -> str:
    """Say what becomes of a mail that was just written."""
    transport = mail_transport()
    if transport is Transport.NONE:
        return _("Recorded, but not sent: no mail server is set up.")
    if transport is Transport.OUTBOX:
        return _("On its way to the demo’s outbox, not to %s.") % to
    return _("On its way to %s.") % to
