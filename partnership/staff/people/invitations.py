"""Inviting colleagues: a link that works once, for seven days, and can be sent again or withdrawn."""

import hashlib
import secrets
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from partnership.staff.audit import history_author
from partnership.staff.audit_log import Kind, record
from partnership.staff.models import Department, Invitation, User
from partnership.staff.people.actions import give_role
from partnership.staff.people.rules import RefusedError, able_to_sign_in, hold_admins
from partnership.staff.sign_in import find_user
from partnership.staff.sign_in.mails import send_invitation, site_url


@transaction.atomic
def invite(*, email: str, role: str, department: Department | None, by: User, at: datetime) -> tuple[Invitation, str]:
    """Make an invitation; return it with its link, which is not kept. RefusedError where the address is taken."""
    hold_admins(by)
    email = email.strip().lower()
    if reason := invitation_obstacle(email):
        raise RefusedError(reason)
    token = _new_token()
    invitation = Invitation(
        email=email, role=role, department=department, token_hash=_hash(token), invited_by=by, invited_at=at,
        expires_at=Invitation.expiry(at), user=find_user(email),
    )  # fmt: skip
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError as error:  # another admin was faster
        raise RefusedError(_("%(email)s is invited already.") % {"email": email}) from error
    _log(invitation, "invited", by)
    return invitation, _link(token)


def invitation_obstacle(email: str) -> str:
    """Explain why this address cannot be invited; empty if it can. One from an import without a password can."""
    user = find_user(email)
    if user and not user.is_active:
        return _("%(name)s has this address and is disabled: enable them instead.") % {"name": user}
    if user and able_to_sign_in(User.objects.all().filter(pk=user.pk)).exists():
        return _("%(name)s has this address and can sign in already.") % {"name": user}
    if Invitation.objects.open().filter(email=email).exists():
        return _("%(email)s is invited already: send the invitation again.") % {"email": email}
    return ""


@transaction.atomic
def renew(invitation: Invitation, *, by: User, at: datetime) -> str:
    """Make a new link, which ends the one before; return it. RefusedError where the invitation has ended."""
    hold_admins(by)
    token = _new_token()
    fields = {"token_hash": _hash(token), "expires_at": Invitation.expiry(at), "mailed_at": None}
    if not Invitation.objects.open().filter(pk=invitation.pk).update(**fields):
        raise RefusedError(_("This invitation was accepted or withdrawn."))
    invitation.refresh_from_db()
    _log(invitation, "sent again", by)
    return _link(token)


def mail(invitation: Invitation, link: str, *, at: datetime) -> bool:
    """Send the link to the invited person; return whether it left."""
    if not send_invitation(invitation, link):
        return False
    Invitation.objects.filter(pk=invitation.pk).update(mailed_at=at)
    return True


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User, at: datetime) -> None:
    hold_admins(by)
    if not Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=at):
        raise RefusedError(_("This invitation was accepted or withdrawn."))
    _log(invitation, "withdrawn", by)


def find_invitation(token: str, *, at: datetime) -> Invitation | None:
    """Find the invitation whose link this is, while it works."""
    return Invitation.objects.valid(at).select_related("invited_by", "user").filter(token_hash=_hash(token)).first()


@transaction.atomic
def accept(token: str, *, name: str, password: str, at: datetime) -> User:
    """Make the colleague, with the role and department of the invitation. RefusedError where it no longer works."""
    found = Invitation.objects.valid(at).filter(token_hash=_hash(token)).select_for_update(of=["self"]).first()
    if found is None or (found.user and not found.user.is_active):
        raise RefusedError(_("This link was used already, was withdrawn or has expired."))
    user = found.user or User(email=found.email)
    if user.pk is None and find_user(found.email):
        raise RefusedError(_("A colleague with this address exists already: sign in instead."))
    with history_author(found.invited_by):
        user.name, user.department = name, found.department
        user.set_password(password)
        user.save()
        give_role(user, found.role)
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"primary": True, "verified": found.mailed_at is not None}
    )
    Invitation.objects.filter(pk=found.pk).update(accepted_at=at, user=user)
    record(Kind.INVITATION, by=user, about=user, facts={"what": "accepted", "role": found.role})
    return user


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _link(token: str) -> str:
    return site_url(reverse("invitation", args=[token]))


def _log(invitation: Invitation, what: str, by: User) -> None:
    facts = {"what": what, "role": invitation.role}
    if invitation.department:
        facts["department"] = str(invitation.department)
    record(Kind.INVITATION, by=by, about=invitation.email, facts=facts)
