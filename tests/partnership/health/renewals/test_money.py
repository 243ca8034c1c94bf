"""What renews, what of it is at risk, and that each number leads to exactly its customers."""

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from partnership.health.frame.scope import Scope, ScopeForm, scope_of
from partnership.health.models import CustomerMetrics
from partnership.health.renewals import board, listing
from partnership.health.renewals.board import renewal_sentence
from partnership.health.renewals.sums import Span, year_span
from partnership.health.rollup.refreshing import refresh_metrics
from partnership.scoring.models import RuleSet, Tier
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.staff.models import Firm, User
from tests.factories import CustomerFactory, firm_today, happens

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(firm: Firm) -> date:
    return firm.local_date(timezone.now())


def ranked() -> list[Tier]:
    return list(RuleSet.objects.active().tiers.filter(for_newcomers=False).order_by("rank"))


def standing(name: str, renews_on: date | None, amount: object = None, **metrics: object) -> Customer:
    """A customer of the lowest earned tier with evidence, unless said otherwise."""
    customer = CustomerFactory(name=name, renews_on=renews_on, renewal_amount=amount)
    refresh_metrics([customer.pk], at=timezone.now())
    stands = {"tier": ranked()[1], "partnership": 60, "thin": False, **metrics}
    CustomerMetrics.objects.filter(customer=customer).update(**stands)
    return customer


def said(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    main = response.content.decode().partition("<main")[2]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def table(client: Client, url: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(client.get(url)).decode("utf-8-sig"))))[1:]


def scope_for(user: User, **asked: str) -> Scope:
    lineage = load_tier_lineage()
    return scope_of(user, ScopeForm(asked, lineage), lineage=lineage, today=firm_today(), at=timezone.now())


def test_without_days_it_says_how_they_come_in(managers_desk: Client, manager: User) -> None:
    CustomerFactory()
    text = said(managers_desk, "/health/money/")
    assert "Enter when a customer renews, and for how much, in their details" in text
    assert renewal_sentence(scope_for(manager)) is None


def test_each_worry_puts_a_renewal_at_risk_and_is_named(managers_desk: Client, today: date) -> None:
    soon, low = today + timedelta(days=10), ranked()[0]
    standing("Fine", soon, 100)
    standing("Low", soon, 100, tier=low)
    standing("Thin", soon, 100, tier=low, thin=True)
    standing("Fallen", soon, 100, partnership=50, partnership_then=60)
    standing("Slipped", soon, 100, partnership=50.5, partnership_then=60)
    standing("Hurt", soon, 100, recoveries_open=1)
    standing("Owed", soon, 100, ours_owed=1)
    standing("Open", soon, 100, ours_open=1)
    rows = {row[0]: row[6] for row in table(managers_desk, "/health/money/?table=risk")}
    assert rows == {
        "Low": f"below {ranked()[1]}",
        "Fallen": "fell by 10 points",
        "Hurt": "recovery open",
        "Owed": "our promise is late",
    }
    text = said(managers_desk, "/health/money/")
    assert "800 EUR renews in the next 13 weeks, from 8 customers." in text
    assert "400 EUR of it is at risk, from 4 customers." in text
    assert "fell by 10 points or more in the last 4 weeks" in text


def test_months_and_tiers_lead_to_exactly_their_customers(managers_desk: Client, today: date) -> None:
    low, earned = ranked()[:2]
    days = (0, 20, 45, 100, 200, 300, 330)
    for number, days_ahead in enumerate(days):
        day = today + timedelta(days=days_ahead)
        standing(f"Low {number}", day, 10, tier=low)
        standing(f"Earned {number}", day, Decimal("20.50"), tier=earned)
    standing("Beyond", (today + timedelta(days=31 * 13)).replace(day=1), 7)
    standing("Overdue", today - timedelta(days=1), 5)
    months = table(managers_desk, "/health/money/?table=months")
    assert len(months) == 13
    assert [months[0][0], months[-1][0]] == [f"{today:%Y-%m}", f"{today.year + 1}-{today:%m}"]
    assert sum(int(row[1]) for row in months) == 2 * len(days)
    assert sum(Decimal(row[2]) for row in months) == Decimal("30.50") * len(days)
    assert sum(int(row[3]) for row in months) == len(days)
    assert sum(Decimal(row[4]) for row in months) == 10 * len(days)
    page = managers_desk.get("/health/money/").content.decode()
    linked = re.findall(r'<a href="(/health/renewals/[^"]*)">\s*(\d+)\s*</a>', page)
    assert len(linked) >= 12
    for url, count in linked:
        assert len(table(managers_desk, f"{unescape(url)}&csv=1")) == int(count), url
        assert len(re.findall(r'<th scope="row"', managers_desk.get(unescape(url)).content.decode())) == int(count)
    tiers = table(managers_desk, "/health/money/?table=tiers")
    assert sum(Decimal(cell) for row in tiers for cell in row[1:]) == Decimal("30.50") * len(days)


def test_what_is_overdue_stands_apart_until_it_is_decided(managers_desk: Client, today: date) -> None:
    late = standing("Late", today - timedelta(days=3), 800)
    standing("Soon", today, 100)
    text = said(managers_desk, "/health/money/")
    assert "1 renewal is overdue, worth 800 EUR" in text
    assert [row[0] for row in table(managers_desk, "/health/money/?table=overdue")] == ["Late"]
    assert "100 EUR renews in the next 13 weeks, from 1 customer." in text
    happens(late, "cancellation", at=timezone.now())
    assert managers_desk.get("/health/money/?table=overdue&period=week").status_code == 404
    assert table(managers_desk, "/health/renewals/?csv=1")[0][0] == "Soon"


def test_what_has_no_amount_is_counted_and_can_be_filled_in(managers_desk: Client, today: date) -> None:
    standing("Free", today + timedelta(days=5), 0)
    standing("Unknown", today + timedelta(days=5))
    text = said(managers_desk, "/health/money/")
    assert "1 renewal of the next 12 months has no amount yet: enter it." in text
    assert [row[0] for row in table(managers_desk, "/health/renewals/?amount=missing&csv=1")] == ["Unknown"]


def test_without_an_amount_worth_is_not_known(managers_desk: Client, manager: User, today: date) -> None:
    low, soon = ranked()[0], today + timedelta(days=5)
    standing("Free", soon, 0)
    standing("Unknown", soon, tier=low)
    told = renewal_sentence(scope_for(manager))
    assert told is not None
    assert told.text == "At risk in the next 13 weeks: 1 renewal without an amount."
    standing("Known", soon, 1200, tier=low)
    told = renewal_sentence(scope_for(manager))
    assert told is not None
    assert told.text == (
        "At risk of the 1,200 EUR that renews in the next 13 weeks: 1,200 EUR and 1 renewal without an amount, from 2"
        " customers."
    )
    standing("Late", today - timedelta(days=1))
    text = said(managers_desk, "/health/money/")
    assert "Up for renewal in the next 13 weeks: 1,200 EUR and 1 renewal without an amount, from 3 customers." in text
    assert "At risk of it: 1,200 EUR and 1 renewal without an amount, from 2 customers." in text
    assert "1 renewal is overdue, its amount not known:" in text
    assert "1,200 EUR + 1 not known" in text


def test_a_cell_of_renewals_without_any_amount_says_not_known(managers_desk: Client, today: date) -> None:
    standing("Unknown", today, tier=ranked()[0])
    months = (
        managers_desk.get("/health/money/").content.decode().partition('id="table-months"')[2].partition("</tr>")[2]
    )
    first = months.partition("</tr>")[0]
    assert [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", first, re.DOTALL)] == [
        "1", "not known", "1", "not known",
    ]  # fmt: skip
    [row, *_others] = table(managers_desk, "/health/money/?table=months")
    assert row == [f"{today:%Y-%m}", "1", "", "1", ""]
    assert "1 renewal, amount not known" in said(managers_desk, "/health/renewals/")


@pytest.mark.parametrize(
    ("day", "until", "first", "last"),
    [
        (date(2026, 11, 29), date(2027, 11, 29), "November 2026, from 29 Nov", "November 2027, to 29 Nov"),
        (date(2026, 12, 1), date(2027, 12, 1), "December 2026", "December 2027, to 1 Dec"),
        (date(2028, 2, 29), date(2029, 2, 28), "February 2028, from 29 Feb", "February 2029"),
    ],
)
def test_twelve_months_end_on_the_same_day_a_year_later(
    manager: User, day: date, until: date, first: str, last: str
) -> None:
    scope = replace(scope_for(manager), day=day)
    for name, renews_on in (("Last", until), ("Beyond", until + timedelta(days=1)), ("Between", until.replace(day=1))):
        standing(name, renews_on, 10)
    assert year_span(scope) == Span(day, until)
    found = next(one for one in board.money(scope).tables if one.name == "months")
    assert [found.rows[0][0].text, found.rows[-1][0].text] == [first, last]
    assert [row[0].plain for row in found.rows] == [
        f"{day.year + (day.month + more - 1) // 12}-{(day.month + more - 1) % 12 + 1:02}" for more in range(13)
    ]
    assert found.total is not None
    assert found.rows[-1][1].plain == found.total[1].plain == 2
    assert f"renews_from={day}&renews_to={until}" in found.total[1].url


def test_worth_and_number_by_tier_are_summed(manager: User, today: date) -> None:
    low, earned = ranked()[:2]
    for place, tier in enumerate((low, low, earned)):
        standing(f"C{place}", today + timedelta(days=100 * place), 10 * (place + 1), tier=tier)
    tables = {one.name: one for one in board.money(scope_for(manager)).tables}
    for name, sums in (("tiers", [30, 30]), ("counts", [1, 2])):
        total: list[Any] = tables[name].total or []
        rows: list[list[Any]] = tables[name].rows
        assert [cell.plain for cell in total[1:]] == sums
        for place, cell in enumerate(total[1:], 1):
            assert sum(row[place].plain for row in rows) == cell.plain
            assert "renews_to=" in cell.url


def test_owner_tag_tier_and_lifecycle_narrow_it(managers_desk: Client, sam: User, today: date) -> None:
    low, earned = ranked()[:2]
    day = today + timedelta(days=5)
    standing("Low", day, 10, tier=low)
    standing("Earned", day, 20, tier=earned)
    Customer.objects.filter(name="Earned").update(owner=sam, tags=["vip"])
    ended = standing("Ended", day, 40)
    Customer.objects.filter(pk=ended.pk).update(lifecycle="ended")
    for query, worth in {
        "": "30 EUR", f"owner={sam.pk}": "20 EUR", "tag=vip": "20 EUR", f"tier={low.pk}": "10 EUR",
        "lifecycle=ended": "40 EUR", "lifecycle=all": "70 EUR",
    }.items():  # fmt: skip
        assert f"{worth} renews in the next 13 weeks" in said(managers_desk, f"/health/money/?{query}"), query


def test_the_overviews_sentence(manager: User, today: date) -> None:
    standing("Fine", today + timedelta(days=90), 1000)
    standing("Beyond", today + timedelta(days=91), 9)
    calm = renewal_sentence(scope_for(manager))
    assert calm is not None
    assert calm.text == "1,000 EUR renews in the next 13 weeks, none of it at risk."
    standing("Low", today, 500, tier=ranked()[0])
    found = renewal_sentence(scope_for(manager))
    assert found is not None
    assert found.text == "500 EUR of the 1,500 EUR that renews in the next 13 weeks is at risk: 1 customer."
    assert found.url.startswith("/health/renewals/?renews_from=")
    assert found.url.endswith("&risk=any")


def test_pages_of_the_list_hold_everybody_once(
    managers_desk: Client, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SIZE", 2)
    for number in range(5):
        standing(f"C{number}", today + timedelta(days=number // 2), 10)
    url, found = "/health/renewals/", []
    while url:
        page = managers_desk.get(url).content.decode()
        found += re.findall(r'<th scope="row" dir="auto">\s*<a href="[^"]*">(\w+)<', page)
        after = re.search(r'rel="next" href="([^"]*)"', page)
        url = unescape(after[1]) if after else ""
    assert found == [f"C{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("query", "status"),
    [("renews_from=soon", 422), ("renews_to=0001-01-01", 422), ("risk=much", 422), ("after=x", 400), ("risk=any", 200)],
)
def test_odd_questions(managers_desk: Client, query: str, status: int) -> None:
    assert managers_desk.get(f"/health/renewals/?{query}").status_code == status


def test_support_may_not_see_it(desk: Client) -> None:
    for url in ("/health/money/", "/health/renewals/"):
        assert desk.get(url).status_code == 403


@pytest.mark.parametrize("number", [1, 12])
def test_it_takes_as_many_queries_however_many_customers(
    managers_desk: Client, today: date, number: int, django_assert_num_queries
) -> None:
    for place in range(number):
        standing(f"C{place}", today + timedelta(days=10 * place + 5), 10, tier=ranked()[0])
    standing("Overdue", today - timedelta(days=1), 10)
    managers_desk.get("/health/")
    with django_assert_num_queries(11):
        managers_desk.get("/health/money/")
    with django_assert_num_queries(9):
        managers_desk.get("/health/renewals/")
    assert board.SHOWN >= 12
