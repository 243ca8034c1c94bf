"""The filters of the list: each narrows it, and they combine."""

from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.custom_fields.definitions import list_definitions
from customers.lookups import lifecycle_condition
from customers.models import Goal
from customers.querysets import CustomerQuerySet
from interactions.models import Conversation, Direction, Interaction, Kind
from interactions.querysets import InteractionQuerySet
from interactions.renewals import undecided_renewals
from interactions.stalled_goals import STALLS_AFTER
from interactions.stalled_goals import stalled_goals as goal_stalled
from partnership.desk.custom_fields.filters import custom_condition
from partnership.desk.customer_list.params import Criteria
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.staff.models import User

_QUIET_FOR = timedelta(days=60)

# A promise that ran out and a bill that stayed unpaid are recorded by themselves: the customer did not get in touch.
_RECORDED_BY_US = (Kind.COMMITMENT_MISSED, Kind.LATE_PAYMENT)

# Values of the owner filter beside a user's key.
OWNER_IS_VIEWER, OWNER_IS_MISSING, OWNER_IS_ABSENT = "mine", "nobody", "away"

# Values of the renewal filter: past its day, or the days until it at most.
RENEWAL_IS_OVERDUE, RENEWS_WITHIN = "overdue", ("30", "90")


def filter_customers(
    customers: CustomerQuerySet, criteria: Criteria, *, viewer: User, at: datetime
) -> CustomerQuerySet:
    """Narrow to the customers who meet all criteria except the words of the search."""
    found = customers.unmerged().filter(lifecycle_condition(criteria.get("lifecycle", "")))
    if "tier" in criteria:
        found = found.filter(score__tier__in=load_tier_lineage().list_keys(criteria["tier"]))
    if "owner" in criteria:
        found = _filter_owner(found, criteria["owner"], viewer=viewer, at=at)
    if "tag" in criteria:
        found = found.filter(tags__contains=[criteria["tag"]])
    if "do_not_contact" in criteria:
        found = found.filter(do_not_contact=True)
    if "waiting" in criteria:
        found = found.filter(_has_waiting_conversation())
    if "stalled" in criteria:
        found = found.filter(_has_stalled_goal(at))
    if "quiet" in criteria:
        found = found.filter(_is_quiet(at))
    if "renews" in criteria:
        found = found.filter(_renews(criteria["renews"], at.date()))
    if any(name.startswith("custom-") for name in criteria):
        found = found.filter(custom_condition(list_definitions(), criteria))
    return found


def _renews(asked: str, today: date) -> Q:
    """Served by customers_by_renewal."""
    if asked == RENEWAL_IS_OVERDUE:
        return undecided_renewals() & Q(renews_on__lt=today)
    return undecided_renewals() & Q(renews_on__gte=today, renews_on__lte=today + timedelta(days=int(asked)))


def _filter_owner(customers: CustomerQuerySet, owner: str, *, viewer: User, at: datetime) -> CustomerQuerySet:
    if owner == OWNER_IS_MISSING:
        return customers.filter(owner=None)
    if owner == OWNER_IS_ABSENT:
        return customers.filter(owner__in=list(_absent_staff(at).values_list("pk", flat=True)))
    return customers.filter(owner=viewer.pk if owner == OWNER_IS_VIEWER else int(owner))


def _absent_staff(at: datetime) -> QuerySet[User]:
    """Find users who left, or are away on the day of `at` in its own zone."""
    today = at.date()
    open_ended = Q(away_to__gte=today) | Q(away_to=None)
    return User.objects.filter(Q(is_active=False) | Q(away_from__lte=today) & open_ended)


def inbound_entries() -> InteractionQuerySet:
    """Find what customers themselves said or did."""
    return Interaction.objects.filter(direction=Direction.INBOUND).exclude(kind__in=_RECORDED_BY_US)


def _has_waiting_conversation() -> Exists:
    """Served by conversations_of_customer, or the other way round by conversations_waiting."""
    return Exists(Conversation.objects.waiting().filter(customer=OuterRef("pk")).order_by())


def _is_quiet(at: datetime) -> Q:
    """Nothing inbound for 60 days, and not a newer customer than that. Served by interactions_timeline."""
    recent = inbound_entries().filter(customer=OuterRef("pk"), occurred_at__gt=at - _QUIET_FOR)
    return ~Exists(recent) & (Q(since=None) | Q(since__lte=(at - _QUIET_FOR).date()))


def _has_stalled_goal(at: datetime) -> Exists:
    """As the dashboards count it: by whole days of the zone of `at`."""
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return Exists(Goal.objects.filter(goal_stalled(since=today - STALLS_AFTER), customer=OuterRef("pk")).order_by())
