"""Who carries what, by name; each number leads to exactly its rows, and nobody is ranked."""

import csv
import io
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from customers.models import Commitment, Customer
from interactions.models import Conversation
from partnership.focus.lanes.scopes import MINE
from partnership.focus.lanes.scopes import scope_of as focus_scope
from partnership.focus.lanes.waiting_lane import clock_of, waiting_lane
from partnership.health.frame.scope import Scope, ScopeForm, scope_of
from partnership.health.rollup.refreshing import refresh_all
from partnership.health.workload import listing
from partnership.health.workload.board import workload_sentence
from partnership.health.workload.work import FIGURES
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.staff.models import Firm, GoodwillBudget, User
from tests.factories import ConversationFactory, CustomerFactory, UserFactory, firm_today, happens, promise

pytestmark = pytest.mark.django_db

HEADS = [
    "colleague", "promises", "overdue", "waiting", "customers", "minutes", "thanks", "time_left", "money_left",
    "presence",
]  # fmt: skip


@pytest.fixture
def now(firm: Firm) -> datetime:
    return timezone.now()


@pytest.fixture
def kim(firm: Firm) -> User:
    return UserFactory(name="Kim Berg")


def thread_of(customer: Customer, *, since: datetime, **fields: Any) -> Conversation:
    return ConversationFactory(customer=customer, waiting_since=since, **fields)


def board(client: Client, query: str = "") -> dict[str, dict[str, str]]:
    response = client.get(f"/health/colleagues/?table=colleagues{query}")
    rows = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))[1:]
    return {row[0]: dict(zip(HEADS, row, strict=True)) for row in rows}


def said(client: Client, url: str = "/health/colleagues/") -> str:
    main = client.get(url).content.decode().partition("<main")[2]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def scope_for(user: User, at: datetime) -> Scope:
    lineage = load_tier_lineage()
    return scope_of(user, ScopeForm({}, lineage), lineage=lineage, today=Firm.current().local_date(at), at=at)


@pytest.fixture
def worked(sam: User, kim: User, now: datetime) -> None:
    """Sam owns two customers and answers late; Kim has one, and a conversation of Sam's customer; the rest is
    nobody's."""
    today = Firm.current().local_date(now)
    ada, ben = (CustomerFactory(name=name, owner=sam) for name in ("Ada", "Ben"))
    cleo, dot = CustomerFactory(name="Cleo", owner=kim), CustomerFactory(name="Dot")
    old = now - timedelta(days=60)
    for customer in (ada, ben):
        thread_of(customer, since=old)
    thread_of(ada, since=now, subject="Just now")
    thread_of(ada, since=old, assignee=kim, subject="Handed to Kim")
    thread_of(cleo, since=old, status="closed")
    thread_of(cleo, since=now, status="snoozed")
    thread_of(dot, since=old)
    for owner, days in ((sam, 1), (sam, 0), (kim, 5), (None, 2)):
        due = today - timedelta(days=days)
        Commitment.objects.create(customer=cleo, party="us", owner=owner, what="Call", made_at=old, due_on=due)
    for by, minutes in ((sam, 30), (kim, 45), (kim, 45), (None, 5)):
        happens(dot, "call", at=now, by=by, direction="outbound", channel="call", minutes=minutes)
    happens(ada, "call", at=old, by=sam, direction="outbound", channel="call", minutes=500)
    happens(ada, "praise", at=now, channel="visit")
    happens(ada, "testimonial", at=now, channel="web")
    happens(ada, "praise", at=old, channel="visit")
    happens(dot, "praise", at=now, channel="visit")
    refresh_all(at=now)


@pytest.mark.usefixtures("worked")
def test_what_each_carries_stands_by_name(managers_desk: Client) -> None:
    found = board(managers_desk)
    assert list(found) == ["Kim Berg", "Mara Lind", "Sam Rivera", "no owner, no assignee"]
    figures = {name: [row[head] for head in HEADS[1:7]] for name, row in found.items()}
    assert figures["Sam Rivera"] == ["1", "2", "3", "2", "30", "2"]
    assert figures["Kim Berg"] == ["1", "1", "2", "1", "90", "0"]
    assert figures["Mara Lind"] == ["0"] * 6
    assert figures["no owner, no assignee"] == ["1", "1", "1", "1", "5", "1"]


@pytest.mark.usefixtures("worked")
def test_each_number_leads_to_exactly_its_rows(managers_desk: Client) -> None:
    page = managers_desk.get("/health/colleagues/").content.decode()
    linked = re.findall(r'<a href="(/health/colleagues/[^"]*)">\s*(\d+)\s*</a>', page)
    assert len(linked) == 3 * 6 - 1 - 3
    for url, count in linked:
        assert managers_desk.get(unescape(url)).content.decode().count("data-row") == int(count), url
    spent = re.findall(r'<a href="(/health/colleagues/\w+/minutes/)">', page)
    assert [managers_desk.get(url).content.decode().count("data-row") for url in spent] == [2, 1, 1]


@pytest.mark.usefixtures("worked")
def test_the_sentence_names_who_has_most_that_is_late(managers_desk: Client, sam: User, manager: User) -> None:
    text = said(managers_desk)
    assert "Sam Rivera has 1 late promise and 2 late answers: hand some over." in text
    assert "1 conversation waits without an assignee or an owner." in text
    assert "1 customer has no owner." in text
    told = workload_sentence(scope_for(manager, timezone.now()))
    assert (told.text, told.tone) == ("Sam Rivera has 1 late promise and 2 late answers: hand some over.", "")
    assert told.url == f"/health/colleagues/{sam.pk}/overdue/"
    sam.away_from = firm_today()
    sam.save()
    assert workload_sentence(scope_for(manager, timezone.now())).text == (
        "Sam Rivera is away and has 1 late promise and 2 late answers: hand them over."
    )


@pytest.mark.usefixtures("worked")
def test_late_promises_weigh_as_much_as_late_answers(managers_desk: Client, kim: User, now: datetime) -> None:
    yesterday = Firm.current().local_date(now) - timedelta(days=1)
    for place in range(3):
        promise(CustomerFactory(), f"Call {place}", at=now - timedelta(days=9), due_on=yesterday, by=kim)
    found = re.search(r'href="([^"]*)">Kim Berg has 4 late promises and 1 late answer: hand some over\.<',
                      managers_desk.get("/health/colleagues/").content.decode())  # fmt: skip
    assert found
    assert found[1] == f"/health/colleagues/{kim.pk}/promises/"
    Conversation.objects.all().delete()
    assert "Kim Berg has 4 late promises: hand some over." in said(managers_desk, "/health/colleagues/?period=week")


def test_of_equals_who_has_more_waiting_is_named_then_the_first_by_name(
    manager: User, sam: User, kim: User, now: datetime
) -> None:
    yesterday = Firm.current().local_date(now) - timedelta(days=1)
    for user in (sam, kim):
        promise(CustomerFactory(), "Call", at=now - timedelta(days=9), due_on=yesterday, by=user)
    assert workload_sentence(scope_for(manager, now)).text == "Kim Berg has 1 late promise: help, or hand it over."
    thread_of(CustomerFactory(), since=now, assignee=sam)
    assert workload_sentence(scope_for(manager, now)).text == "Sam Rivera has 1 late promise: help, or hand it over."


def test_late_promises_that_are_nobodys_are_said(managers_desk: Client, manager: User, now: datetime) -> None:
    yesterday = Firm.current().local_date(now) - timedelta(days=1)
    promise(CustomerFactory(), "Call", at=now - timedelta(days=9), due_on=yesterday, by=None)
    told = workload_sentence(scope_for(manager, now))
    assert told.text == "1 late promise has no owner: choose one."
    assert told.url == "/health/colleagues/nobody/promises/"
    assert said(managers_desk).count(told.text) == 1


@pytest.mark.usefixtures("worked")
def test_the_figures_are_summed_below(managers_desk: Client) -> None:
    foot = managers_desk.get("/health/colleagues/").content.decode().partition("<tfoot>")[2].partition("</tfoot>")[0]
    cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", foot, re.DOTALL)]
    assert cells == ["Total", "3", "4", "6", "4", "2.1 h", "3", "–", "–", ""]


@pytest.mark.usefixtures("worked")
def test_it_says_what_goodwill_each_may_still_give(managers_desk: Client, sam: User, kim: User, now: datetime) -> None:
    assert board(managers_desk)["Sam Rivera"]["money_left"] == ""
    assert "no limit" in said(managers_desk)
    GoodwillBudget.objects.create(amount=100, minutes=60)
    GoodwillBudget.objects.create(staff_member=sam, amount=50, minutes=None)
    given = {"direction": "outbound", "currency": "EUR"}
    happens(CustomerFactory(), "gesture", at=now, by=sam, amount="20.50", **given)
    happens(CustomerFactory(), "gesture", at=now, by=kim, amount="120", minutes=15, **given)
    found = board(managers_desk, "&period=week")
    left = {name: (row["time_left"], row["money_left"]) for name, row in found.items()}
    assert {name: (time, money and Decimal(money)) for name, (time, money) in left.items()} == {
        "Sam Rivera": ("", Decimal("29.5")), "Kim Berg": ("45", 0), "Mara Lind": ("60", 100),
        "no owner, no assignee": ("", ""),
    }  # fmt: skip
    foot = said(managers_desk, "/health/colleagues/?period=week").partition(" Total ")[2]
    assert "105 min" in foot or "1.8 h" in foot
    assert "129.50 EUR" in foot


def test_late_answers_that_are_nobodys_are_said(manager: User, now: datetime) -> None:
    assert workload_sentence(scope_for(manager, now)).text == "No answer and no promise is late."
    thread_of(CustomerFactory(), since=now - timedelta(days=60))
    told = workload_sentence(scope_for(manager, now))
    assert told.text == "1 late answer has no assignee and no owner: assign it."
    assert told.url == "/health/colleagues/nobody/overdue/"


def test_who_is_away_or_left_is_said(managers_desk: Client, sam: User, kim: User, now: datetime) -> None:
    today = Firm.current().local_date(now)
    sam.away_from, sam.away_to, sam.cover = today, date(today.year + 1, 3, 2), kim
    sam.save()
    left, gone = UserFactory(name="Lou", is_active=False), UserFactory(name="Gone", is_active=False)
    CustomerFactory(owner=left)
    found = board(managers_desk)
    assert found["Sam Rivera"]["presence"] == f"away until {date_format(sam.away_to, 'DAY_FORMAT')}"
    assert "Kim Berg covers" in said(managers_desk)
    assert found["Kim Berg"]["presence"] == "here"
    assert found["Lou"]["presence"] == "has left"
    assert gone.name not in found


@pytest.mark.usefixtures("worked")
def test_filters_narrow_the_customers_and_leave_out_who_has_none_of_them(
    managers_desk: Client, kim: User, sam: User
) -> None:
    found = board(managers_desk, f"&owner={kim.pk}")
    assert list(found) == ["Kim Berg", "Sam Rivera", "no owner, no assignee"]
    assert found["Sam Rivera"]["promises"] == "1"
    assert found["Sam Rivera"]["customers"] == "0"
    assert board(managers_desk, "&period=year")["Sam Rivera"]["minutes"] == "530"


@pytest.mark.usefixtures("worked")
def test_it_counts_what_focus_shows_each_of_them(managers_desk: Client, sam: User, kim: User, now: datetime) -> None:
    Conversation.objects.filter(status="snoozed").delete()
    found = board(managers_desk)
    for user in (sam, kim):
        lane = waiting_lane(
            Customer.objects.all(), clock=clock_of(now), scope=focus_scope(user, MINE), size=50
        ).rows  # fmt: skip
        assert int(found[user.name]["waiting"]) == len(lane)
        assert int(found[user.name]["overdue"]) == sum(row.is_overdue for row in lane)


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize("name", FIGURES)
def test_pages_of_the_rows_hold_each_once(
    managers_desk: Client, sam: User, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"/health/colleagues/{sam.pk}/{name}/?period=year"
    whole = re.findall(r'data-key="o" href="([^"]*)"', managers_desk.get(url).content.decode())
    monkeypatch.setattr(listing, "SIZE", 1)
    found = []
    while url:
        page = managers_desk.get(url).content.decode()
        found += re.findall(r'data-key="o" href="([^"]*)"', page)
        after = re.search(r'rel="next" href="([^"]*)"', page)
        url = unescape(after[1]) if after else ""
    assert found == whole


def file_of(client: Client, url: str) -> list[dict[str, str]]:
    text = b"".join(client.get(f"{url}?csv=1")).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.usefixtures("worked")
def test_files_of_the_rows_add_up(managers_desk: Client, sam: User, kim: User) -> None:
    carried = board(managers_desk)["Kim Berg"]
    entries = file_of(managers_desk, f"/health/colleagues/{kim.pk}/minutes/")
    assert sum(int(entry["Time (minutes)"]) for entry in entries) == int(carried["minutes"])
    assert all(datetime.fromisoformat(entry["Moment"]).tzinfo for entry in entries)
    for name in FIGURES:
        rows = file_of(managers_desk, f"/health/colleagues/{sam.pk}/{name}/")
        assert rows, name
        for row in rows:
            customer = Customer.objects.get(pk=row["Customer ID"])
            assert row["Tier"], name
            assert (row["Customer"], row["Owner"]) == (customer.name, customer.owner.name if customer.owner else "")
            assert None not in row, name


def test_restricted_and_merged_customers_and_what_is_unknown(managers_desk: Client, sam: User) -> None:
    twin = CustomerFactory(owner=sam, merged_into=CustomerFactory(owner=sam))
    CustomerFactory(owner=sam, restricted=True)
    assert board(managers_desk)["Sam Rivera"]["customers"] == "2"
    assert twin.name not in said(managers_desk, f"/health/colleagues/{sam.pk}/customers/")
    for url in ("/health/colleagues/999999999/waiting/", f"/health/colleagues/{sam.pk}/nonsense/"):
        assert managers_desk.get(url).status_code == 404
    assert managers_desk.get(f"/health/colleagues/{sam.pk}/waiting/?after=x").status_code == 400


def test_support_may_not_see_it(desk: Client, sam: User) -> None:
    for url in ("/health/colleagues/", f"/health/colleagues/{sam.pk}/waiting/"):
        assert desk.get(url).status_code == 403


@pytest.mark.parametrize("number", [1, 9])
def test_it_takes_as_many_queries_however_many_there_are(
    managers_desk: Client, now: datetime, number: int, django_assert_num_queries
) -> None:
    for _ in range(number):
        customer = CustomerFactory(owner=UserFactory())
        thread_of(customer, since=now - timedelta(days=60))
    managers_desk.get("/health/")
    with django_assert_num_queries(16):
        managers_desk.get("/health/colleagues/")
