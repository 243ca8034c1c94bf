"""allauth's signals about second factors, written down and told to their owner."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from django.dispatch import receiver

from partnership.staff.audit_log import Kind, record
from partnership.staff.models import User
from partnership.staff.sign_in.records import record_factor_change

CODES = Authenticator.Type.RECOVERY_CODES


@receiver(authenticator_added)
def on_added(user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type != CODES:  # they come with the first factor
        _tell("second_factor_added", user, authenticator)


@receiver(authenticator_removed)
def on_removed(user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type != CODES:  # they go with the last
        _tell("second_factor_removed", user, authenticator)


@receiver(authenticator_reset)
def on_reset(user: User, authenticator: Authenticator, **_: Any) -> None:
    _tell("recovery_codes_renewed", user, authenticator)


@receiver(authenticator_used)
def on_used(user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == CODES:
        _tell("recovery_code_used", user, authenticator)


@receiver(authentication_failed)
def on_failed(user: User, authenticator: Authenticator, **_: Any) -> None:
    record(Kind.FAILED_SIGN_IN, by=None, about=user, facts={"factor": authenticator.type})


def _tell(kind: str, user: User, authenticator: Authenticator) -> None:
    record_factor_change(kind, by=user, about=user, factor=authenticator.type)
