from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from partnership.focus.queue import partnership_lane, promised_lane
from partnership.scoring.models import Score
from partnership.scoring.rescoring import rescore_all
from tests.e2e.story import tell
from tests.factories import ConversationFactory, CustomerFactory, happens, works

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


def lane(today, **more):
    return [partner.customer.name for partner in partnership_lane(Customer.objects.all(), as_of=today, **more).rows]


def waiting(**more):
    return [thread.subject for thread in promised_lane(Customer.objects.all(), **more).rows]


def asks(customer, *, hours_ago, subject, times=1):
    thread = ConversationFactory(customer=customer, subject=subject)
    for number in range(times):
        at = timezone.now() - timedelta(hours=hours_ago) + timedelta(seconds=number)
        happens(customer, "complaint", at=at, conversation_id=thread.pk)
    return thread


def test_the_quiet_champion_stands_above_the_loud_one(sam, today):
    tell(sam=sam, today=today)
    rescore_all(at=timezone.now())
    names = lane(today)
    assert names[0] == "Ines Duarte"
    assert names.index("Ines Duarte") < names.index("Rolf Brandt")


def test_asking_more_moves_nobody_in_the_partnership_lane(firm, today):
    for number in range(4):
        works(CustomerFactory(name=f"C{number}"), until=today, days=3 * number)
    rescore_all(at=timezone.now())
    before = lane(today)
    for customer in Customer.objects.all():
        asks(customer, hours_ago=1, subject="Now!", times=10 * customer.pk % 37 + 1)
    rescore_all(at=timezone.now())
    assert lane(today) == before


@pytest.mark.parametrize(
    "change",
    [{"lifecycle": "prospect"}, {"lifecycle": "paused"}, {"lifecycle": "ended"}, {"do_not_contact": True}],
)
def test_who_is_not_to_be_approached_is_not_in_the_partnership_lane(firm, today, change):
    CustomerFactory(name="Active")
    CustomerFactory(name="Other", **change)
    rescore_all(at=timezone.now())
    assert lane(today) == ["Active"]


def test_pages_of_the_partnership_lane_show_everybody_once(firm, today):
    for number in range(7):
        CustomerFactory(name=f"C{number}")
    rescore_all(at=timezone.now())
    Score.objects.filter(customer__name__in=["C2", "C5"]).update(partnership=61.25)
    whole = lane(today)
    assert sorted(whole[:2]) == ["C2", "C5"]
    seen, after = [], ""
    while after is not None:
        page = partnership_lane(Customer.objects.all(), as_of=today, after=after, size=2)
        seen, after = seen + [partner.customer.name for partner in page.rows], page.after
    assert seen == whole


def test_who_waits_longest_comes_first_however_often_they_write(firm):
    asks(CustomerFactory(), hours_ago=2, subject="Loud", times=30)
    asks(CustomerFactory(), hours_ago=5, subject="Quiet")
    rescore_all(at=timezone.now())
    assert waiting() == ["Quiet", "Loud"]


def test_the_wait_is_held_against_what_the_tier_promises(firm):
    champion, other = CustomerFactory(), CustomerFactory()
    asks(other, hours_ago=9, subject="Promised sixteen hours")
    asks(champion, hours_ago=2, subject="Promised four hours")
    rescore_all(at=timezone.now())
    tiers = {tier.name: tier for tier in Score.objects.first().rule_set.tiers.all()}
    Score.objects.filter(customer=champion).update(tier=tiers["Champion"])
    Score.objects.filter(customer=other).update(tier=tiers["Transactional"])
    assert waiting() == ["Promised four hours", "Promised sixteen hours"]


def test_everybody_who_waits_is_there_but_for_closed_conversations(firm):
    asks(CustomerFactory(do_not_contact=True, lifecycle="ended"), hours_ago=3, subject="Ended")
    closed = asks(CustomerFactory(), hours_ago=3, subject="Closed")
    type(closed).objects.filter(pk=closed.pk).update(status="closed")
    answered = asks(CustomerFactory(), hours_ago=3, subject="Answered")
    happens(answered.customer, "message", at=timezone.now(), direction="outbound", conversation_id=answered.pk)
    assert waiting() == ["Ended"]


def test_pages_of_the_promised_lane_show_everybody_once(firm):
    at = timezone.now() - timedelta(hours=1)
    for number in range(7):
        thread = ConversationFactory(subject=f"T{number}")
        happens(thread.customer, "message", at=at - timedelta(hours=number // 3), conversation_id=thread.pk)
    whole, seen, after = waiting(), [], ""
    assert len(whole) == 7
    while after is not None:
        page = promised_lane(Customer.objects.all(), after=after, size=2)
        seen, after = seen + [thread.subject for thread in page.rows], page.after
    assert seen == whole
