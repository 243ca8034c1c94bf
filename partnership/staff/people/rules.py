"""What nobody may do to colleagues, so that neither a person nor the firm is locked out.

The database holds the last two lines of it by itself (migration 0008): an admin who can sign in stays, and nobody is
deleted.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from partnership.core.locks import LockKey, lock_transaction
from partnership.staff.models import ADMIN, User


class RefusedError(Exception):
    """Raised with the reason, in words for the admin."""


def able_to_sign_in(users: QuerySet[User]) -> QuerySet[User]:
    """Keep those who have a password, or have signed in by other means; as staff_can_sign_in of the database."""
    return users.filter(~Q(password="") & ~Q(password__startswith="!") | Q(last_login__isnull=False))


def hold_admins(by: User) -> None:
    """Let no other transaction take an admin's rights until this one ends; refuse who is no admin any more."""
    lock_transaction(LockKey.ADMINS)
    if not User.objects.admins().filter(pk=by.pk).exists():
        raise RefusedError(_("You are no longer an admin: another admin has just changed your role."))


def hold_person(person: User) -> User:
    """Lock the colleague's row, and return it as it is now."""
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def refuse_loss_of_role(person: User, *, role: str, by: User) -> None:
    """Refuse to take the rights of an admin from oneself, or from the last one. Call it after hold_admins."""
    if role == ADMIN or not person.is_admin:
        return
    if person.pk == by.pk:
        raise RefusedError(_("You can’t take the role Admin from yourself: ask another admin."))
    _refuse_last_admin(person, _("%(name)s is the last admin. Make another colleague an admin first."))


def refuse_disabling(person: User, *, by: User) -> None:
    """Refuse to disable oneself or the last admin. Call it after hold_admins."""
    if person.pk == by.pk:
        raise RefusedError(_("You can’t disable yourself: ask another admin."))
    if person.is_admin:
        _refuse_last_admin(person, _("%(name)s is the last admin. Make another colleague an admin first."))


def _refuse_last_admin(person: User, words: str) -> None:
    if not able_to_sign_in(User.objects.admins().exclude(pk=person.pk)).exists():
        raise RefusedError(words % {"name": person})
