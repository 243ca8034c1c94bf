"""The first run of an empty installation: the firm's settings and its first administrator."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group
from django.db import connection, transaction

from partnership.staff.models import ADMIN, MANAGER, Firm, User

# Further forms of the first run by their prefix. Apps above add theirs in ready().
if TYPE_CHECKING:
    from django.http import QueryDict

STEPS: dict[str, type["Step"]] = {}


class Step(Protocol):
    """A form with a `title` that is carried out after the administrator was created."""

    @property
    def title(self) -> object: ...

    def __init__(self, data: "QueryDict | None" = None, *, prefix: str) -> None: ...
    def is_valid(self) -> bool: ...
    def carry_out(self, *, by: User, at: datetime) -> None: ...


class AlreadySetUpError(Exception):
    """Raised when someone can already sign in; an administrator adds whatever is missing."""


def is_setup_pending() -> bool:
    """Check that no user has a password. Imported staff have none."""
    return not User.objects.exclude(password="").exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()


@transaction.atomic
def set_up(*, firm: Firm, name: str, email: str, password: str, at: datetime, steps: Iterable[Step] = ()) -> User:
    """Save the firm and create its administrator. Raise AlreadySetUpError if another request was first."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE staff_user IN SHARE ROW EXCLUSIVE MODE")
    if not is_setup_pending():
        raise AlreadySetUpError
    firm.save()
    rights: dict[str, str | bool] = {"name": name, "is_staff": True, "is_superuser": True, "is_active": True}
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
