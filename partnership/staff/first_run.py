"""The first minutes of an empty firm: its settings and its first administrator."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group
from django.db import connection, transaction

from partnership.staff.models import ADMIN, MANAGER, Firm, User

STEPS: dict[str, type["Step"]] = {}
"""What packages above ask on the first run, by a prefix of their own; they add it when their app is ready."""


class Step(Protocol):
    """A form with a `title`, which is carried out once the firm has its administrator."""

    title: Any
    cleaned_data: dict[str, Any]

    def __init__(self, data: Any = None, *, prefix: str) -> None: ...
    def is_valid(self) -> bool: ...
    def carry_out(self, *, by: User, at: datetime) -> None: ...


class AlreadySetUpError(Exception):
    """Somebody can sign in: what is still missing, an administrator adds."""


def is_setup_pending() -> bool:
    """Staff that an import brought have no password, and don't count."""
    return not User.objects.exclude(password="").exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()


@transaction.atomic
def set_up(*, firm: Firm, name: str, email: str, password: str, at: datetime, steps: Iterable[Step] = ()) -> User:
    """Save the firm and make its administrator. Of two at once one wins; the other meets AlreadySetUpError."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE staff_user IN SHARE ROW EXCLUSIVE MODE")
    if not is_setup_pending():
        raise AlreadySetUpError
    firm.save()
    rights: dict[str, Any] = {"name": name, "is_staff": True, "is_superuser": True, "is_active": True}
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, password, **rights)
    else:
        for field, value in rights.items():
            setattr(user, field, value)
        user.set_password(password)
        user.save()
    user.groups.add(*(Group.objects.get_or_create(name=role)[0] for role in (MANAGER, ADMIN)))
    for step in steps:
        step.carry_out(by=user, at=at)
    return user
