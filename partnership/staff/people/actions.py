"""Actions on a colleague: role, department, disabling, enabling, signing out, and the handover of open work.

Each is refused with a reason by `rules`, and stands in the firm's log.
"""

from datetime import datetime

import pghistory
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from partnership.staff.audit_log import Kind, record
from partnership.staff.models import ADMIN, ROLES, Department, User
from partnership.staff.people.open_work import WORK
from partnership.staff.people.rules import (
    RefusedError,
    hold_admins,
    hold_person,
    refuse_disabling,
    refuse_loss_of_role,
)
from partnership.staff.people.sessions import end_all_sessions


@transaction.atomic
def change_role(person: User, *, role: str, department: Department | None, by: User) -> None:
    """Give the colleague exactly this role, and the department. Triggers log the role."""
    hold_admins(by)
    now = hold_person(person)
    refuse_loss_of_role(now, role=role, by=by)
    give_role(now, role)
    if now.department_id != (department.pk if department else None):
        before = str(now.department or "")
        User.objects.filter(pk=now.pk).update(department=department)
        facts = {"department": {"from": before, "to": str(department or "")}}
        record(Kind.ROLE, by=by, about=now, facts=facts)


def give_role(person: User, role: str) -> None:
    """Set the role without asking whether it may be. The new one is added before the others go."""
    person.groups.add(Group.objects.get_or_create(name=role)[0])
    person.groups.remove(*Group.objects.filter(name__in=ROLES).exclude(name=role))
    rights = {"is_staff": role == ADMIN, "is_superuser": person.is_superuser and role == ADMIN}
    User.objects.filter(pk=person.pk).update(**rights)


@transaction.atomic
def disable(person: User, *, reason: str, by: User) -> None:
    """Close the account: no sign-in, and every session ends. What the colleague wrote stays theirs."""
    hold_admins(by)
    now = hold_person(person)
    refuse_disabling(now, by=by)
    if now.is_active:
        with pghistory.context(user=by.pk, reason=reason):
            User.objects.filter(pk=now.pk).update(is_active=False)
    end_all_sessions(now)


@transaction.atomic
def enable(person: User, *, by: User) -> None:
    hold_admins(by)
    now = hold_person(person)
    if not now.is_active:
        with pghistory.context(user=by.pk):
            User.objects.filter(pk=now.pk).update(is_active=True)


def sign_out_everywhere(person: User, *, by: User) -> int:
    """End every session of the colleague; return how many there were."""
    ended = end_all_sessions(person)
    record(Kind.SESSIONS, by=by, about=person, facts={"sessions": ended})
    return ended


@transaction.atomic
def hand_over_work(person: User, *, to: User, by: User, at: datetime) -> int:
    """Give the open work to a colleague at work; return how much. What they may not see stays where it is."""
    if to.pk == person.pk or not User.objects.at_work().filter(pk=to.pk).exists():
        raise RefusedError(_("%(name)s has no role or has left: choose another colleague.") % {"name": to})
    given = {kind.name: kind.hand_over(person, to=to, by=by, at=at) for kind in WORK}
    if any(given.values()):
        facts = {"to": str(to), **{name: count for name, count in given.items() if count}}
        record(Kind.HANDOVER, by=by, about=person, facts=facts)
    return sum(given.values())
