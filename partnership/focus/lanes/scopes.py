"""Whose work the lanes show: the user's own, their department's, everybody's."""

from dataclasses import dataclass

from django.db.models import Q

from partnership.staff.models import User

MINE, TEAM, ALL = "mine", "team", "all"


@dataclass(frozen=True)
class Scope:
    """Filters of both lanes. What nobody has taken belongs to the customer's owner, a conversation first to its
    department."""

    name: str
    threads: Q
    items: Q


def scope_of(user: User, name: str) -> Scope:
    """Return the scope of that name; everybody's for an unknown one, or where the user has no department."""
    if name == MINE:
        free = Q(assignee=None, customer__owner=user)
        return Scope(MINE, Q(assignee=user) | free, Q(taken_by=user) | Q(taken_by=None, customer__owner=user))
    if name == TEAM and user.department_id:
        # Conditions on the row itself let the planner walk the lane's index instead of joining users.
        colleagues = User.objects.filter(department=user.department_id).values("pk")
        free = Q(assignee=None) & (
            Q(department=user.department_id) | Q(department=None, customer__owner__in=colleagues)
        )
        items = Q(taken_by__in=colleagues) | Q(taken_by=None, customer__owner__in=colleagues)
        return Scope(TEAM, Q(assignee__in=colleagues) | free, items)
    return Scope(ALL, Q(), Q())
