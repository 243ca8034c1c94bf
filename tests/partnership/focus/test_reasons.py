from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from interactions.actions.promises import keep_promise, miss_overdue
from partnership.focus.reasons import reasons_for
from tests.factories import CustomerFactory, goal, happens, noon, promise

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


def texts(customer, today):
    return [reason.text for reason in reasons_for([customer], as_of=today)[customer.pk]]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-3, "our promise is 3 days overdue: Call"),
        (-1, "our promise is 1 day overdue: Call"),
        (0, "our promise is due today: Call"),
        (1, "our promise is due tomorrow: Call"),
        (5, "our promise is due in 5 days: Call"),
    ],
)
def test_what_we_owe_comes_first(sam, today, days, said):
    customer = CustomerFactory()
    made = noon(today - timedelta(days=9))
    promise(customer, "Call", at=made, due_on=today + timedelta(days=days), by=sam)
    reason = reasons_for([customer], as_of=today)[customer.pk][0]
    assert (reason.text, reason.urgent) == (said, days < 0)


def test_a_missed_promise_of_ours_stays_until_it_is_kept(sam, today):
    customer = CustomerFactory()
    missed = promise(customer, "Call", at=noon(today - timedelta(days=9)), due_on=today - timedelta(days=2), by=sam)
    miss_overdue(at=timezone.now())
    assert texts(customer, today)[0] == "our promise is 2 days overdue: Call"
    missed.refresh_from_db()
    keep_promise(missed, at=timezone.now(), by=sam)
    assert "overdue" not in texts(customer, today)[0]


def test_their_promises_and_distant_ones_are_no_reason(sam, today):
    customer = CustomerFactory()
    promise(customer, "Theirs", party="them", at=noon(today), due_on=today, by=sam)
    promise(customer, "Later", at=noon(today), due_on=today + timedelta(days=30), by=sam)
    assert texts(customer, today) == ["little to go by yet"]


def test_what_they_do_is_said_in_words(sam, today):
    customer = CustomerFactory()
    for number in range(6):
        at = noon(today - timedelta(days=20 + number))
        theirs = promise(customer, f"P{number}", party="them", at=at, due_on=(at + timedelta(days=1)).date(), by=sam)
        if number:
            keep_promise(theirs, at=at + timedelta(hours=1), by=None)
    miss_overdue(at=timezone.now())
    happens(customer, "referral", at=noon(today - timedelta(days=3)))
    assert set(texts(customer, today)) == {"1 referral", "kept 5 of 6 promises"}


def test_a_goal_that_is_due(sam, today):
    customer = CustomerFactory()
    goal(customer, "Ten clients", at=noon(today), by=sam, due_on=today + timedelta(days=2))
    assert texts(customer, today)[0] == "goal due in 2 days: Ten clients"


def test_as_many_reads_for_many_as_for_one(sam, today, django_assert_num_queries):
    customers = [CustomerFactory() for _ in range(12)]
    for customer in customers:
        promise(customer, "Call", at=noon(today), due_on=today, by=sam)
        happens(customer, "praise", at=noon(today))
    for some in (customers[:1], customers):
        with django_assert_num_queries(7):
            reasons_for(some, as_of=today)
    assert reasons_for([], as_of=today) == {}
    assert Customer.objects.count() == 12
