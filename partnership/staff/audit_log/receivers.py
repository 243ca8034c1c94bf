"""Signing in and out, tried or done, as lines of the firm's log."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from partnership.staff.audit_log import Kind, record
from partnership.staff.models import User
from partnership.staff.sign_in import find_user


@receiver(user_logged_in)
def log_sign_in(user: User, **_signal: Any) -> None:
    record(Kind.SIGN_IN, by=user)


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
