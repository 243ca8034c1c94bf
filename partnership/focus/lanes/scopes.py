"""Whose work is looked at: one's own, that of one's department, everybody's."""

from dataclasses import dataclass

from django.db.models import Q

from partnership.staff.models import User

MINE, TEAM, ALL = "mine", "team", "all"


@dataclass(frozen=True)
class Scope:
    """What nobody has taken is the customer's owner's, a conversation first its department's."""

    name: str
    threads: Q
    items: Q


def scope_of(user: User, name: str) -> Scope:
    """Everybody's where the name is none, or the user has no department."""
    if name == MINE:
        free = Q(assignee=None, customer__owner=user)
        return Scope(MINE, Q(assignee=user) | free, Q(taken_by=user) | Q(taken_by=None, customer__owner=user))
    if name == TEAM and user.department_id:
        # Said of the row by itself, so that a lane is walked in its order and nobody else is looked up.
        colleagues = User.objects.filter(department=user.department_id).values("pk")
        free = Q(assignee=None) & (
            Q(department=user.department_id) | Q(department=None, customer__owner__in=colleagues)
        )
        items = Q(taken_by__in=colleagues) | Q(taken_by=None, customer__owner__in=colleagues)
        return Scope(TEAM, Q(assignee__in=colleagues) | free, items)
    return Scope(ALL, Q(), Q())
