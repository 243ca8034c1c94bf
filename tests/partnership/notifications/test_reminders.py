"""Promises of ours that are due are told in the morning, once at each stage, to whoever keeps them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from interactions.actions.promises import keep_promise, miss_overdue
from partnership.notifications.models import Notification
from partnership.notifications.reminders import remind_of_promises
from partnership.notifications.tasks import remind_of_promises_task
from tests.factories import CustomerFactory, UserFactory, firm_today, promise

pytestmark = pytest.mark.django_db

DAY = date(2026, 1, 15)


def at(hour: int, days: int = 0) -> datetime:
    return datetime(2026, 1, 15, hour, tzinfo=ZoneInfo("Europe/Berlin")) + timedelta(days=days)


@pytest.fixture
def made(sam):
    return promise(CustomerFactory(), "Send the plan", at=at(12, -9), due_on=DAY, by=sam)


def told():
    return [(news.user, news.text) for news in Notification.objects.order_by("pk")]


def test_the_day_before_the_day_itself_and_when_it_is_over(made, sam):
    for days in range(-3, 4):
        for hour in (6, 7, 12, 20):
            miss_overdue(at=at(hour, days))
            remind_of_promises(at=at(hour, days))
    assert told() == [
        (sam, "Due tomorrow: Send the plan"),
        (sam, "Due today: Send the plan"),
        (sam, "Overdue since 15 Jan 2026: Send the plan"),
    ]
    assert {news.commitment for news in Notification.objects.all()} == {made}


def test_not_before_the_firms_morning(made):
    assert remind_of_promises(at=at(6)) == 0
    assert remind_of_promises(at=at(7)) == 1


def test_what_was_promised_today_is_no_news_today(sam):
    promise(CustomerFactory(), "Call back", at=at(9), due_on=DAY + timedelta(days=1), by=sam)
    assert remind_of_promises(at=at(10)) == 0
    assert remind_of_promises(at=at(10, 1)) == 1


@pytest.mark.parametrize("days", [2, -8])
def test_neither_what_is_far_off_nor_what_is_long_over(sam, days):
    promise(CustomerFactory(), "Call back", at=at(9, -60), due_on=DAY + timedelta(days=days), by=sam)
    assert remind_of_promises(at=at(10)) == 0


def test_neither_theirs_nor_what_is_kept(made, sam):
    promise(made.customer, "Read it", party="them", at=at(9, -9), due_on=DAY, by=sam)
    keep_promise(made, at=at(8), by=sam)
    assert remind_of_promises(at=at(10)) == 0


def test_a_hundred_promises_cost_as_many_queries_as_one(sam, manager, django_assert_max_num_queries):
    """Of restricted customers and of staff who are away as well."""
    away = UserFactory(away_from=date(2026, 1, 1), cover=UserFactory(cover=sam))
    for number in range(100):
        by = (sam, away, UserFactory())[number % 3]
        customer = CustomerFactory(restricted=number % 2 == 0)
        promise(customer, f"Call {number}", at=at(9, -5), due_on=DAY, by=by)
    with django_assert_max_num_queries(6):
        assert remind_of_promises(at=at(10)) == 100
    assert Notification.objects.filter(user=manager).count() == 50
    with django_assert_max_num_queries(6):
        assert remind_of_promises(at=at(11)) == 0


class TestWhoIsTold:
    def test_the_cover_while_the_owner_is_away(self, made, sam):
        sam.away_from, sam.cover = DAY, UserFactory()
        sam.save()
        remind_of_promises(at=at(10))
        assert [user for user, _ in told()] == [sam.cover]

    def test_the_managers_where_who_keeps_it_may_not_see_the_customer(self, made, sam, manager):
        made.customer.restricted = True
        made.customer.save()
        remind_of_promises(at=at(10))
        assert [user for user, _ in told()] == [manager]

    def test_the_managers_where_nobody_covers(self, made, sam, manager):
        admin = UserFactory(role="admin")
        UserFactory(role="manager", is_active=False)
        sam.is_active = False
        sam.save()
        remind_of_promises(at=at(10))
        assert {user for user, _ in told()} == {manager, admin}

    def test_the_customers_owner_where_the_promise_has_none(self, made, sam):
        made.owner, made.customer.owner = None, UserFactory()
        made.save()
        made.customer.save()
        remind_of_promises(at=at(10))
        assert [user for user, _ in told()] == [made.customer.owner]


def test_the_task_run_twice_tells_once(sam):
    from django.utils import timezone

    today = firm_today()
    promise(CustomerFactory(), "Call", at=timezone.now() - timedelta(days=3), due_on=today - timedelta(days=1), by=sam)
    remind_of_promises_task()
    before = Notification.objects.count()
    assert remind_of_promises_task() == 0
    assert Notification.objects.count() == before
