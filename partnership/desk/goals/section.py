"""A customer's goals, as a part of their page."""

from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.urls import reverse

from customers.models import Customer, Goal
from partnership.core.compiled_queries import CompiledQuery
from partnership.desk.web.page_parts import PagePart

_MOST = 10


@dataclass(frozen=True)
class GoalsSection:
    """`url`: what a goal's URLs begin with, before its key."""

    url: str
    active: list[Goal]
    closed: list[Goal]


def goals_section(customer: Customer) -> GoalsSection:
    """Read the active goals, then the most recently closed."""
    goals = _READ(customer=customer.pk)
    for goal in goals:
        goal.customer = customer
    return GoalsSection(
        url=reverse("goal_correction", args=[0]).removesuffix("0/correction/"),
        active=[goal for goal in goals if goal.status == Goal.Status.ACTIVE],
        closed=[goal for goal in goals if goal.status != Goal.Status.ACTIVE],
    )


def _newest_goals(customer: int) -> QuerySet[Goal]:
    goals = Goal.objects.filter(customer=customer)
    return goals.order_by(F("closed_at").desc(nulls_first=True), "due_on", "id")[:_MOST]


_READ = CompiledQuery(_newest_goals, customer=int)

GOALS = PagePart("goals", "desk/goals/goals.html", goals_section)
