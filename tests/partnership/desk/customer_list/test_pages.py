"""Filters, orders and columns of the list, and what it never shows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from partnership.desk.customer_list import pages
from partnership.desk.customer_list.columns import COLUMNS
from partnership.staff.models import Preferences
from tests.factories import (
    ContactPointFactory,
    ConversationFactory,
    CustomerFactory,
    UserFactory,
    firm_today,
    goal,
    happens,
)
from tests.partnership.desk.customer_list.test_customer_list import URL, all_pages, names

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def heard_of(name, *days_ago, **fields):
    customer = CustomerFactory(name=name, **fields)
    for days in days_ago:
        happens(customer, "message", at=timezone.now() - days * DAY, body="We spoke of zeppelins.")
    return customer


@pytest.mark.parametrize("size", [1, 2, 50])
def test_last_heard_of_first(desk, monkeypatch, size):
    monkeypatch.setitem(pages.list_customers.__kwdefaults__, "size", size)
    heard_of("Old", 90, 40)
    heard_of("Never")
    heard_of("New", 300, 1)
    late = heard_of("Missed", 5)
    happens(late, "commitment_missed", at=timezone.now())
    assert all_pages(desk, f"{URL}?sort=heard") == ["New", "Missed", "Old", "Never"]


@pytest.mark.parametrize("size", [1, 2, 50])
def test_waiting_longest_first(desk, monkeypatch, size):
    monkeypatch.setitem(pages.list_customers.__kwdefaults__, "size", size)
    for name, days in (("Two", (2, 1)), ("Nine", (3, 9)), ("None", ())):
        customer = CustomerFactory(name=name)
        for ago in days:
            ConversationFactory(customer=customer, waiting_since=timezone.now() - ago * DAY)
    ConversationFactory(customer__name="Closed", status="closed", waiting_since=timezone.now() - 99 * DAY)
    assert all_pages(desk, f"{URL}?sort=waiting") == ["Nine", "Two", "Closed", "None"]
    assert all_pages(desk, f"{URL}?waiting=1&sort=waiting") == ["Nine", "Two"]


def test_newest_and_by_owner(desk, sam):
    CustomerFactory(name="B", since="2020-01-01", owner=sam)
    CustomerFactory(name="A", since="2019-01-01", owner=sam)
    CustomerFactory(name="C", since="2021-01-01", owner=UserFactory(name="Ada"))
    CustomerFactory(name="D", since=None)
    assert names(desk.get(URL, {"sort": "since"})) == ["C", "B", "A", "D"]
    assert names(desk.get(URL, {"sort": "owner"})) == ["C", "A", "B", "D"]


def test_whose_they_are(desk, sam):
    today = firm_today()
    CustomerFactory(name="Mine", owner=sam)
    CustomerFactory(name="Nobody's")
    CustomerFactory(name="Left", owner=UserFactory(is_active=False))
    CustomerFactory(name="Away", owner=UserFactory(away_from=today - DAY, away_to=today))
    CustomerFactory(name="Back", owner=UserFactory(away_from=today - 2 * DAY, away_to=today - DAY))
    assert names(desk.get(URL, {"owner": "mine"})) == ["Mine"]
    assert names(desk.get(URL, {"owner": "nobody"})) == ["Nobody&#x27;s"]
    assert set(names(desk.get(URL, {"owner": "away"}))) == {"Left", "Away"}
    assert len(names(desk.get(URL, {"owner": "9" * 40}))) in (0, 5)


def test_where_something_is_wrong(desk, sam):
    now = timezone.now()
    for name, days in (("Quiet", 61), ("Heard", 3)):
        heard_of(name, days)
    CustomerFactory(name="Newcomer", since=firm_today())
    goal(heard_of("Stalled", 3), "Read more", at=now - 30 * DAY, by=sam)
    goal(heard_of("Going", 3), "Read more", at=now - 3 * DAY, by=sam)
    CustomerFactory(name="Leave me", do_not_contact=True, since=firm_today())
    assert names(desk.get(URL, {"quiet": 1})) == ["Quiet"]
    assert names(desk.get(URL, {"stalled": 1})) == ["Stalled"]
    assert names(desk.get(URL, {"do_not_contact": 1})) == ["Leave me"]
    assert names(desk.get(URL, {"do_not_contact": 1, "quiet": 1})) == []


def test_who_renews_soon_and_whose_renewal_is_overdue(desk):
    today = firm_today()
    for name, days in (("Late", -1), ("Today", 0), ("Thirty", 30), ("Ninety", 90), ("Next year", 91)):
        CustomerFactory(name=name, renews_on=today + timedelta(days=days), renewal_amount="1200.50")
    renewed = CustomerFactory(name="Renewed", renews_on=today)
    happens(renewed, "renewal", at=timezone.now(), channel="billing")
    CustomerFactory(name="Without")
    first = {"sort": "renews"}
    assert names(desk.get(URL, {"renews": "30", **first})) == ["Today", "Thirty"]
    assert names(desk.get(URL, {"renews": "90", **first})) == ["Today", "Thirty", "Ninety"]
    assert names(desk.get(URL, {"renews": "overdue"})) == ["Late"]
    assert names(desk.get(URL, first)) == ["Late", "Today", "Renewed", "Thirty", "Ninety", "Next year", "Without"]


def test_the_renewal_is_a_column_and_in_the_file(desk, sam):
    Preferences.objects.create(user=sam, columns=["renews", "renewal"])
    CustomerFactory(name="Ada", renews_on="2027-03-03", renewal_amount="1200.5")
    page = desk.get(URL).content.decode()
    assert "3 Mar 2027" in page
    assert "1,200.50 EUR" in page
    exported = desk.post("/customers/bulk/export/", {"everyone": "1", "sure": "1"})
    [heads, row] = b"".join(exported).decode("utf-8-sig").splitlines()
    assert heads.endswith("Renews on,Renewal amount,Owner,Customer ID")
    assert ",2027-03-03,1200.50," in row


def test_who_has_ended_shows_on_demand(desk):
    for lifecycle in Customer.Lifecycle.values:
        CustomerFactory(name=lifecycle, lifecycle=lifecycle)
    assert set(names(desk.get(URL))) == {"prospect", "active", "paused"}
    assert names(desk.get(URL, {"lifecycle": "ended"})) == ["ended"]
    assert len(names(desk.get(URL, {"lifecycle": "all"}))) == 4


@pytest.mark.parametrize("words", ["oka", "durate", "ines duarte okafro", "zeppelin", "+351 91", "vip-co", "du"])
def test_half_remembered(desk, words):
    ines = heard_of("Inês Duarte Okafor", 3, tags=["VIP-cohort"])
    ContactPointFactory(customer=ines, kind="handle", value="+351 91 234")
    CustomerFactory(name="Ben Chu")
    assert names(desk.get(URL, {"q": words})) == ["Inês Duarte Okafor"]


def test_every_column_and_every_order_can_be_shown(desk, sam):
    heard_of("Ada", 3, owner=sam)
    Preferences.objects.create(user=sam, columns=list(COLUMNS))
    page = desk.get(URL).content.decode()
    assert all(f"list-{name}" in page for name in COLUMNS)
    Preferences.objects.update(columns=[])
    assert "list-owner" not in desk.get(URL).content.decode()


def test_how_many_there_are_is_told_up_to_a_thousand(desk, monkeypatch):
    for _ in range(3):
        CustomerFactory(tags=["x"])
    assert "3 found" in desk.get(URL, {"tag": "x"}).content.decode()
    monkeypatch.setattr(pages, "FEW", 2)
    assert "2+ found" in desk.get(URL, {"tag": "x"}).content.decode()


@pytest.mark.parametrize(
    "asked", [{}, {"q": "secret"}, {"q": "secert"}, {"q": "zeppelin"}, {"tag": "hush"}, {"waiting": 1}]
)
def test_a_restricted_customer_is_in_no_list_and_no_count(desk, managers_desk, asked):
    secret = heard_of("Secret Partner", 3, restricted=True, tags=["hush"])
    ConversationFactory(customer=secret, waiting_since=timezone.now())
    page = desk.get(URL, asked)
    assert names(page) == []
    assert "1 found" not in page.content.decode()
    assert "hush</option>" not in page.content.decode()
    assert names(managers_desk.get(URL, asked)) == ["Secret Partner"]
