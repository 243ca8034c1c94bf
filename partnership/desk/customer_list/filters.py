"""Which customers: each filter narrows, and they combine."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from customers.models import Customer, Goal
from customers.querysets import CustomerQuerySet
from interactions.models import Conversation, Direction, Interaction, Kind
from interactions.querysets import InteractionQuerySet
from interactions.stalled_goals import STALLS_AFTER
from interactions.stalled_goals import stalled_goals as goal_stalled
from partnership.scoring.models import Tier
from partnership.staff.models import User

QUIET = timedelta(days=60)

SILENT = (Kind.COMMITMENT_MISSED, Kind.LATE_PAYMENT)

MINE, NOBODY, AWAY = "mine", "nobody", "away"
"""Owners who are meant without being named."""

EVERYBODY = "all"
"""The lifecycle of a list that shows also those with whom it has ended."""


def narrowed(customers: CustomerQuerySet, asked: dict[str, Any], *, viewer: User, at: datetime) -> CustomerQuerySet:
    """Those who fit all that is asked (ListForm.asked) but the words of the search."""
    found = of_lifecycle(customers.unmerged(), asked.get("lifecycle", ""))
    if "tier" in asked:
        found = found.filter(score__tier__in=list(Tier.objects.filter(rank=asked["tier"]).values_list("pk", flat=True)))
    if "owner" in asked:
        found = owned(found, asked["owner"], viewer=viewer, at=at)
    if "tag" in asked:
        found = found.filter(tags__contains=[asked["tag"]])
    if "do_not_contact" in asked:
        found = found.filter(do_not_contact=True)
    if "waiting" in asked:
        found = found.filter(waiting())
    if "stalled" in asked:
        found = found.filter(stalled(at))
    if "quiet" in asked:
        found = found.filter(quiet(at))
    return found


def of_lifecycle(customers: CustomerQuerySet, lifecycle: str) -> CustomerQuerySet:
    if lifecycle == EVERYBODY:
        return customers
    return customers.filter(lifecycle=lifecycle) if lifecycle else customers.exclude(lifecycle=Customer.Lifecycle.ENDED)


def owned(customers: CustomerQuerySet, owner: str, *, viewer: User, at: datetime) -> CustomerQuerySet:
    if owner == NOBODY:
        return customers.filter(owner=None)
    if owner == AWAY:
        return customers.filter(owner__in=list(absent_staff(at).values_list("pk", flat=True)))
    return customers.filter(owner=viewer.pk if owner == MINE else int(owner))


def absent_staff(at: datetime) -> Any:
    """Who has left, or is away on that day of `at`'s own zone."""
    today = at.date()
    open_ended = Q(away_to__gte=today) | Q(away_to=None)
    return User.objects.filter(Q(is_active=False) | Q(away_from__lte=today) & open_ended)


def heard() -> InteractionQuerySet:
    """What they did or said; a promise that ran out and a bill that stayed unpaid write their rows by themselves."""
    return Interaction.objects.filter(direction=Direction.INBOUND).exclude(kind__in=SILENT)


def waiting() -> Exists:
    """Served by conversations_of_customer, or the other way round by conversations_waiting."""
    return Exists(Conversation.objects.waiting().filter(customer=OuterRef("pk")).order_by())


def quiet(at: datetime) -> Q:
    """Nothing came from them for QUIET, though they are no newcomers. Served by interactions_timeline."""
    lately = heard().filter(customer=OuterRef("pk"), occurred_at__gt=at - QUIET)
    return ~Exists(lately) & (Q(since=None) | Q(since__lte=(at - QUIET).date()))


def stalled(at: datetime) -> Exists:
    """As the dashboards count it: by whole days of `at`'s own zone."""
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return Exists(Goal.objects.filter(goal_stalled(since=today - STALLS_AFTER), customer=OuterRef("pk")).order_by())
