"""Mail with a link that lets its reader sign in, or says that an address is theirs. It never goes to a log."""

import logging

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnership.staff.models import INVITATION_DAYS, Firm, Invitation, User
from partnership.staff.sign_in import find_user

logger = logging.getLogger(__name__)

# Backends that write mail where others read it.
_TELLTALE = ("console", "filebased")


def sends_mail() -> bool:
    """Check whether mail reaches its recipient alone."""
    return not any(name in settings.EMAIL_BACKEND for name in _TELLTALE)


def send_password_link(email: str) -> None:
    """Send a link to choose a new password, if the address is that of an active staff member."""
    user = find_user(email)
    if user is None or not user.is_active:
        return
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    url = reverse("account_reset_password_from_key", kwargs=key)
    _send(user, "staff/mail/password_link.txt", _("Choose a new password"), url)


def begin_address(user: User) -> None:
    """Forget the addresses that the user had, and ask the new one for a confirmation."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    address, _made = EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True})
    if not address.verified:
        url = reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key])
        _send(user, "staff/mail/confirm_address.txt", _("Confirm your e-mail address"), url)


def send_invitation(invitation: Invitation, link: str) -> bool:
    """Send an invited person the link; return whether the mail left."""
    context = {"invitation": invitation, "days": INVITATION_DAYS}
    return _send_mail(invitation.email, "staff/mail/invitation.txt", _("Your invitation"), link, context)


def site_url(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _send(user: User, template: str, subject: Promise, path: str) -> None:
    _send_mail(user.email, template, subject, site_url(path), {"user": user})


def _send_mail(to: str, template: str, subject: Promise, url: str, context: dict[str, object]) -> bool:
    """Send it in the firm's language; return whether it left. One that could not be sent is asked for again."""
    user = context.get("user")
    whom = f"user {user.pk}" if isinstance(user, User) else "an invited person"
    if not sends_mail():
        logger.warning("No mail to %s: no mail server is set up", whom)
        return False
    firm = Firm.current()
    with firm.localized():
        body = render_to_string(template, {**context, "firm": firm, "url": url})
        message = EmailMessage(str(subject), body, to=[to], headers={"Auto-Submitted": "auto-generated"})
    try:
        message.send()
    except OSError as error:  # smtplib's errors among them
        logger.warning("No mail to %s: %s", whom, error)
        return False
    return True
