"""The list of what the user promised customers and has not kept yet."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Commitment
from tests.factories import CustomerFactory, UserFactory, firm_today, promise

pytestmark = pytest.mark.django_db


def listed(desk):
    return [promise.what for promise in desk.get("/promises/").context["promises"]]


def test_mine_by_due_date_and_no_others(desk, sam):
    today, now = firm_today(), timezone.now() - timedelta(days=9)
    ada, hidden = CustomerFactory(), CustomerFactory(restricted=True)
    promise(ada, "Some day", at=now, due_on=None, by=sam)
    promise(ada, "Next week", at=now, due_on=today + timedelta(days=7), by=sam)
    promise(ada, "Overdue", at=now, due_on=today - timedelta(days=1), by=sam)
    promise(ada, "Theirs", party="them", at=now, due_on=today, by=sam)
    promise(ada, "Bob's", at=now, due_on=today, by=UserFactory())
    promise(hidden, "Secret", at=now, due_on=today, by=sam)
    assert listed(desk) == ["Overdue", "Next week", "Some day"]
    assert "overdue since" in desk.get("/promises/").content.decode()


def test_kept_and_put_off_from_the_list_leads_back_to_it(desk, sam):
    today, now = firm_today(), timezone.now() - timedelta(days=9)
    one, two = (promise(CustomerFactory(), what, at=now, due_on=today, by=sam) for what in ("One", "Two"))
    here = {"referer": "http://testserver/promises/"}
    assert desk.post(f"/promises/{one.pk}/keeping/", headers=here).url.endswith("/promises/")
    url = f"/promises/{two.pk}/renegotiation/?back=list"
    form = desk.get(url).content.decode()
    assert f'action="{url}"' in form
    response = desk.post(url, {"due_on": today + timedelta(days=5)}, headers={"referer": f"http://testserver{url}"})
    assert response.url == "/promises/"
    assert [found.due_on for found in Commitment.objects.filter(status="open")] == [today + timedelta(days=5)]


def test_nothing_is_open(desk):
    assert "No promises of yours are open" in desk.get("/promises/").content.decode()
