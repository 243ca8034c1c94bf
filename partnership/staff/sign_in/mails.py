"""Mail with a link that lets its reader sign in, or says that an address is theirs. It never goes to a log."""

import logging

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnership.core.mailing import NoMailServerError, send
from partnership.staff.mail.sender import automatic_sender
from partnership.staff.mail.transport import Transport, mail_transport
from partnership.staff.models import INVITATION_DAYS, Firm, Invitation, User
from partnership.staff.sign_in import find_user

logger = logging.getLogger(__name__)


def sends_mail() -> bool:
    """Check whether mail reaches its recipient alone, or the outbox of a demo."""
    return mail_transport() is not Transport.NONE


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


NOTICES = {
    "second_factor_added": _("A second factor was added to your sign-in."),
    "second_factor_removed": _("A second factor was removed from your sign-in."),
    "second_factor_reset": _(
        "An administrator removed all second factors and recovery codes from your sign-in, and ended all your sessions."
        " Sign in with your password and set up a new second factor."
    ),
    "recovery_codes_renewed": _("New recovery codes were made for your sign-in. The old ones no longer work."),
    "recovery_code_used": _("A recovery code was used to sign in as you. It no longer works."),
}
"""By kind of change: what the mail about it says."""


def send_security_notice(user_pk: int, kind: str) -> None:
    """Tell a colleague that the way they sign in was changed."""
    user = User.objects.filter(pk=user_pk, is_active=True).first()
    if user is not None:
        more = {"notice": NOTICES[kind], "at": timezone.now()}
        _send(user, "staff/mail/security_notice.txt", _("Your sign-in was changed"), reverse("security"), **more)


def send_invitation(invitation: Invitation, link: str) -> bool:
    """Send an invited person the link; return whether the mail left."""
    context = {"invitation": invitation, "days": INVITATION_DAYS}
    return _send_mail(invitation.email, "staff/mail/invitation.txt", _("Your invitation"), link, context)


def site_url(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _send(user: User, template: str, subject: Promise, path: str, **more: object) -> None:
    _send_mail(user.email, template, subject, site_url(path), {"user": user, **more})


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
        message = EmailMessage(
            str(subject), body, automatic_sender(firm), [to], headers={"Auto-Submitted": "auto-generated"}
        )
    try:
        send(message)
    except (OSError, NoMailServerError) as error:  # smtplib's errors among them
        logger.warning("No mail to %s: %s", whom, error)
        return False
    return True
