"""Alerts follow their conditions: raised once while they hold, ended when they don't, told to their owner."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from partnership.health.alerts.checking import check_alerts
from partnership.health.alerts.conditions import COUNTED_WITHIN
from partnership.health.alerts.models import Alert, RaisedAlert
from partnership.health.models import CustomerMetrics
from partnership.health.tasks import check_alerts_task
from partnership.notifications.models import Notification
from partnership.scoring.models import RuleSet, Tier
from partnership.staff.models import User
from tests.examples import examples
from tests.factories import CustomerFactory, FirmFactory, UserFactory
from tests.strategies import rolled_back

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


def scored(customer: Customer, now: float, then: float | None = None, **more: object) -> None:
    """Give the customer metrics of each period, as the worker does."""
    told = {"day": NOON.date(), "partnership": now, "partnership_then": then, "thin": False, **more}
    for period in ("week", "month"):
        CustomerMetrics.objects.update_or_create(customer=customer, period=period, defaults=told)


def alert(owner: User, condition: str = "below", number: int = 60, **more: object) -> Alert:
    return Alert.objects.create(owner=owner, condition=condition, number=number, made_at=NOON, **more)


def at(hours: int) -> datetime:
    return NOON + timedelta(hours=hours)


@pytest.fixture
def ada(firm) -> Customer:
    return CustomerFactory(name="Ada Okafor")


@pytest.fixture
def tiers(firm) -> list[Tier]:
    return list(RuleSet.objects.active().tiers.filter(for_newcomers=False).order_by("rank"))


def raised() -> list[tuple[int | None, float, bool]]:
    rows = RaisedAlert.objects.order_by("pk").values_list("customer", "value", "ended_at")
    return [(customer, value, ended is not None) for customer, value, ended in rows]


def test_it_is_raised_once_until_it_ended_and_begins_anew(ada, manager):
    alert(manager)
    scored(ada, 60)
    assert check_alerts(at=at(0)) == 0
    scored(ada, 59)
    assert [check_alerts(at=at(hour)) for hour in (1, 2, 3)] == [1, 0, 0]
    scored(ada, 61)
    assert check_alerts(at=at(4)) == 0
    scored(ada, 40)
    assert check_alerts_task() == 1
    assert raised() == [(ada.pk, 59, True), (ada.pk, 40, False)]
    assert Notification.objects.filter(user=manager, kind="alert").count() == 2


def test_what_rounds_to_the_number_is_not_below_it(ada, manager):
    alert(manager)
    scored(ada, 59.5)
    assert check_alerts(at=NOON) == 0
    scored(ada, 59.4)
    assert check_alerts(at=NOON) == 1


def test_by_a_day_of_the_firm(ada, manager, firm):
    alert(manager, days=2)
    scored(ada, 10)
    check_alerts(at=datetime(2026, 1, 15, 23, 30, tzinfo=UTC))  # the 16th in Berlin
    assert RaisedAlert.objects.get().due_on == date(2026, 1, 18)


def test_who_had_the_tier_four_weeks_ago_falls_from_it(ada, manager, tiers):
    low, high = tiers[0], tiers[-1]
    alert(manager, tier=high)
    scored(CustomerFactory(), 20, 20, tier=low, tier_then=low)
    scored(ada, 50, 90, tier=low, tier_then=high)
    assert check_alerts(at=NOON) == 1
    assert raised() == [(ada.pk, 50, False)]


def test_a_score_of_little_evidence_counts_only_where_it_fell(ada, manager):
    alert(manager)
    scored(ada, 50, 50, thin=True)
    assert check_alerts(at=NOON) == 0
    scored(ada, 50, 70, thin=True)
    assert check_alerts(at=NOON) == 1


def test_a_fall_within_four_weeks(ada, manager):
    alert(manager, "fall", 10)
    scored(ada, 61, 70)
    assert check_alerts(at=NOON) == 0
    scored(ada, 60, 70)
    assert check_alerts(at=NOON) == 1
    assert Notification.objects.get().text == "Fell by 10 points within 4 weeks"


def test_ended_customers_raise_nothing(ada, manager):
    alert(manager)
    scored(ada, 10)
    Customer.objects.filter(pk=ada.pk).update(lifecycle="ended")
    assert check_alerts(at=NOON) == 0


@pytest.mark.parametrize("condition", COUNTED_WITHIN)
def test_a_count_is_the_boards_own_and_is_about_no_single_customer(ada, manager, condition):
    alert(manager, condition, 3)
    scored(ada, 50, **{condition: 2})
    grace = CustomerFactory()
    scored(grace, 50, **{condition: 1})
    assert check_alerts(at=NOON) == 0
    scored(grace, 50, **{condition: 2})
    assert [check_alerts(at=NOON), check_alerts(at=NOON)] == [1, 0]
    assert raised() == [(None, 4, False)]
    assert Notification.objects.get().customer is None


def test_a_removed_alert_raises_nothing(ada, manager):
    alert(manager, removed_at=NOON)
    scored(ada, 10)
    assert check_alerts(at=NOON) == 0


def test_who_no_longer_manages_is_told_nothing(ada, sam):
    alert(sam)
    scored(ada, 10)
    assert check_alerts(at=NOON) == 1
    assert not Notification.objects.exists()


def test_many_at_once_are_one_notification(manager):
    alert(manager)
    for _number in range(6):
        scored(CustomerFactory(), 10)
    assert check_alerts(at=NOON) == 6
    assert Notification.objects.get().text == "Tell Mara Lind when a customer falls below 60. Raised for 6 customers."


def test_few_queries_whatever_the_number_of_customers(manager, django_assert_max_num_queries):
    alert(manager)
    for _number in range(12):
        scored(CustomerFactory(), 10)
    with django_assert_max_num_queries(24):
        assert check_alerts(at=NOON) == 12


@pytest.mark.django_db(transaction=True)
def test_two_workers_raise_it_once(at_once):
    FirmFactory()
    manager = UserFactory(role="manager")
    alert(manager)
    scored(CustomerFactory(), 10)
    assert sum(at_once(*[lambda: check_alerts(at=NOON)] * 4)) == 1
    assert RaisedAlert.objects.count() == Notification.objects.count() == 1


scores = st.lists(st.tuples(st.floats(0, 100), st.integers(1, 3)), min_size=1, max_size=6)


@examples(15)
@given(scores)
def test_raising_follows_the_condition_however_often_it_is_checked(steps):
    """Each step is a score and how often it is looked at."""
    with rolled_back():
        customer, owner = CustomerFactory(), UserFactory(role="manager")
        alert(owner)
        begun, held = 0, False
        for step, (score, times) in enumerate(steps):
            scored(customer, score)
            made = sum(check_alerts(at=at(step)) for _time in range(times))
            holds = score < 59.5
            assert made == (holds and not held)
            begun, held = begun + made, holds
            assert RaisedAlert.objects.filter(ended_at=None).count() == holds
        assert RaisedAlert.objects.count() == Notification.objects.filter(user=owner).count() == begun
