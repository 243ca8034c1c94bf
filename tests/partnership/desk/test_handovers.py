"""Who is handed somebody on Focus, or a recovery, is told: once, as they wish, and led to where the work is."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from partnership.focus.actions import hand_over, take
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.notifications.models import Notification
from partnership.recoveries.actions import hand_recovery_over
from partnership.recoveries.models import Recovery
from partnership.scoring.engine.rescoring import rescore_all
from partnership.staff.models import Preferences
from tests.factories import CustomerFactory, UserFactory, firm_today, happens, promise
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def ines(sam):
    return CustomerFactory(name="Ines Duarte", owner=sam)


@pytest.fixture
def mara(firm):
    return UserFactory(name="Mara Lind")


def item_of(customer):
    rescore_all(at=NOW)
    refresh_all(at=NOW)
    return FocusItem.objects.get(customer=customer)


@pytest.fixture
def item(ines, sam):
    yesterday = firm_today() - timedelta(days=1)
    promise(ines, "Call", at=NOW - timedelta(days=9), due_on=yesterday, by=sam)
    return item_of(ines)


@pytest.fixture
def recovery(ines, sam):
    happens(ines, "mistake", at=NOW - timedelta(days=1), by=sam, direction="outbound", body="The wrong bill")
    return Recovery.objects.get()


def told():
    return [(one.user.name, one.by.name, one.text) for one in Notification.objects.order_by("pk")]


def lead_to(user):
    return signed_in(user).get(f"/notifications/{Notification.objects.get(user=user).pk}/").url


def handed_over(item, by, to):
    sent = {"cause": item.cause, "to": to.pk}
    return signed_in(by).post(reverse("focus_item_handover", args=[item.pk]), sent, follow=True)


def test_the_colleague_is_told_why_and_led_to_the_customer(item, ines, sam, mara):
    page = handed_over(item, sam, mara)
    assert page.status_code == 200
    assert told() == [("Mara Lind", "Sam Rivera", "our promise is 1 day overdue: Call")]
    assert lead_to(mara) == ines.get_absolute_url()
    assert "a customer in Focus was handed over to you" in signed_in(mara).get("/notifications/").content.decode()


def test_once_for_the_same_hand_over_and_again_for_another(item, sam, mara):
    hand_over(item, to=mara, by=sam, at=NOW)
    hand_over(item, to=mara, by=sam, at=NOW + timedelta(seconds=2))
    assert len(told()) == 1
    hand_over(item, to=sam, by=mara, at=NOW + timedelta(hours=1))
    hand_over(item, to=mara, by=sam, at=NOW + timedelta(hours=2))
    assert [name for name, *_ in told()] == ["Mara Lind", "Sam Rivera", "Mara Lind"]


def test_neither_who_takes_it_nor_who_gives_it_to_themselves(item, sam):
    take(item, by=sam, at=NOW)
    hand_over(item, to=sam, by=sam, at=NOW)
    assert told() == []


def test_not_who_wants_to_hear_nothing_of_it(item, sam, mara):
    Preferences.objects.create(user=mara, notify={"focus": "none"})
    hand_over(item, to=mara, by=sam, at=NOW)
    assert told() == []


def test_a_hand_over_that_fails_tells_nobody(item, sam, mara):
    item.customer.restricted = True
    item.customer.save()
    page = handed_over(item, sam, mara)
    assert "may not see this customer" in page.content.decode()
    assert told() == []


def test_of_an_open_recovery_it_leads_there(recovery, ines, sam, mara):
    hand_over(item_of(ines), to=mara, by=sam, at=NOW)
    [(_name, _by, text)] = told()
    assert text.endswith(": The wrong bill")
    assert lead_to(mara) == reverse("recovery", args=[recovery.pk])


def test_who_shall_see_to_a_recovery_is_told_once(recovery, sam, mara):
    for _ in range(2):
        hand_recovery_over(recovery, to=mara, by=sam, at=NOW)
    assert told() == [("Mara Lind", "Sam Rivera", "The wrong bill")]
    assert lead_to(mara) == reverse("recovery", args=[recovery.pk])
    hand_recovery_over(recovery, to=None, by=sam, at=NOW)
    assert len(told()) == 1


def test_once_the_mistake_is_gone_it_leads_to_the_customer(recovery, ines, sam, mara):
    hand_recovery_over(recovery, to=mara, by=sam, at=NOW)
    recovery.mistake.delete()
    assert lead_to(mara) == ines.get_absolute_url()
