"""Signing in and out, tried or done, as lines of the firm's log."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import password_changed, password_reset
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from partnership.staff.audit_log import Kind, record
from partnership.staff.models import User
from partnership.staff.sign_in import find_user


@receiver(user_logged_in)
def log_sign_in(request: HttpRequest, user: User, **_signal: Any) -> None:
    """Say what let them in beside or instead of a password: the provider, a second factor."""
    facts = {}
    for step in get_authentication_records(request, user):
        if step["method"] == "socialaccount":
            facts["provider"] = settings.OIDC_NAME
        elif step["method"] == "mfa":
            facts["factor"] = step["type"]
    record(Kind.SIGN_IN, by=user, facts=facts)


@receiver(user_logged_out)
def log_sign_out(user: User | None, **_signal: Any) -> None:
    if user is not None:
        record(Kind.SIGN_OUT, by=user)


@receiver(user_login_failed)
def log_failed_sign_in(credentials: dict[str, Any], **_signal: Any) -> None:
    """Name the colleague whose address it was; of an unknown one, the address as it was typed."""
    email = str(credentials.get("email") or credentials.get("username") or "").replace("\0", "")
    record(Kind.FAILED_SIGN_IN, by=None, about=find_user(email) or email[:254], facts={"email": email[:254]})


@receiver([password_changed, password_reset])
def log_password(user: User, **_signal: Any) -> None:
    record(Kind.PASSWORD, by=user, about=user)
