"""What is broken and still owed: one definition for Health, the customer's page, the list, Focus and my promises."""

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from customers.models import Commitment, Customer
from customers.models.commitment import OWED_SQL
from interactions.actions.promises import keep_promise, miss_overdue, release_promise, renegotiate_promise
from partnership.desk.customer_list.columns import load_customers
from partnership.desk.promises.section import my_promises_page, promises_section
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all as refresh_focus
from partnership.health.boards.promises import owed_sentence
from partnership.health.drilldown import rows
from partnership.health.frame.scope import ScopeForm, scope_of
from partnership.health.rollup.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.staff.models import Firm, User
from tests.factories import CustomerFactory, firm_today, noon, promise
from tests.partnership.health.story import Told

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(firm: Firm) -> date:
    return firm.local_date(timezone.now())


@pytest.fixture
def ada(sam: User, today: date) -> Customer:
    """A customer with promises of both sides in every state; those in capitals are owed."""
    at, customer = timezone.now(), CustomerFactory(name="Ada", owner=sam)

    def make(what: str, *, due: int | None, party: str) -> Commitment:
        day = None if due is None else today + timedelta(days=due)
        return promise(customer, what, party=party, at=noon(today - timedelta(days=900)), due_on=day, by=sam)

    for party in ("us", "them"):
        made = {
            what: make(f"{what} {party}", due=due, party=party)
            for what, due in (
                ("MISSED LONG AGO", -800), ("MISSED", -3), ("kept late", -3), ("put off", -3), ("let go", -3)
            )
        }  # fmt: skip
        miss_overdue(at=at)
        for one in made.values():
            one.refresh_from_db()
        keep_promise(made["kept late"], at=at, by=sam)
        renegotiate_promise(made["put off"], due_on=today + timedelta(days=20), at=at, by=sam)
        release_promise(made["let go"], at=at, by=sam)
        make(f"OPEN AND PAST ITS DATE {party}", due=-1, party=party)  # as before the morning's look
        for what, due in (("due today", 0), ("due later", 5), ("some day", None)):
            make(f"{what} {party}", due=due, party=party)
    rescore_all(at=at)
    refresh_all(at=at)
    refresh_focus(at=at)
    return customer


OWED = {"MISSED LONG AGO", "MISSED", "OPEN AND PAST ITS DATE"}


def whats(promises: object) -> set[str]:
    return {one.what.rpartition(" ")[0] for one in promises}  # type: ignore[attr-defined]


def test_every_screen_counts_the_same(managers_desk: Client, ada: Customer, sam: User, today: date):
    for party, side in (("us", "ours"), ("them", "theirs")):
        owed = Commitment.objects.owed(today).filter(party=party)
        assert whats(owed) == OWED
        assert whats(one for one in Commitment.objects.filter(party=party) if one.is_owed(today)) == OWED
        with connection.cursor() as cursor:
            found = f"SELECT what FROM customers_commitment WHERE party = %(party)s AND {OWED_SQL}"
            cursor.execute(found, {"party": party, "day": today})
            assert {what.rpartition(" ")[0] for (what,) in cursor.fetchall()} == OWED
        assert set(ada.metrics.values_list(f"{side}_owed", flat=True)) == {len(OWED)}
        page = managers_desk.get(f"/health/rows/{side}_owed/").content.decode()
        assert page.count("health-day") == len(OWED)
        assert all(f"{what} {party}" in page for what in OWED)
    assert whats(promises_section(ada).owed) == OWED
    [listed] = load_customers([ada.pk], ["overdue"], at=timezone.localtime())
    assert listed.owed_count == len(OWED)
    raised = FocusItem.objects.filter(customer=ada, reason=FocusItem.Reason.OUR_PROMISE)
    late = [item.facts["what"] for item in raised if item.since < today]
    assert len(late) <= len(OWED)  # Focus says the most urgent ones of a customer
    assert {what.rpartition(" ")[0] for what in late} <= OWED
    assert whats(my_promises_page(sam).promises) >= OWED


def test_the_board_begins_with_what_we_owe(managers_desk: Client, ada: Customer):
    page = managers_desk.get("/health/promises/").content.decode()
    said = re.search(
        r'href="(/health/rows/ours_owed/[^"]*)">We owe 3 promises that are past their date, the oldest since [^<]+\.<',
        page,
    )
    assert said
    assert page.index("We owe 3 promises") < page.index("We missed")
    assert managers_desk.get(unescape(said[1])).content.decode().count("health-day") == 3
    heads = re.findall(r"<th[^>]*>\s*(?:<[^>]+>\s*)*([^<]+?)\s*<", page)
    assert "Broken, still owed" in heads


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_what_is_owed_for_longest_comes_first(
    managers_desk: Client, ada: Customer, today: date, side: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rows, "SIZE", 1)
    days = [today - timedelta(days=days) for days in (800, 3, 1)]
    url, found = f"/health/rows/{side}_owed/", []
    while url:
        page = managers_desk.get(url).content.decode()
        found += re.findall(r'health-day">([^<]+)<', page)
        after = re.search(r'rel="next" href="([^"]*)"', page)
        url = unescape(after[1]) if after else ""
    assert found == [date_format(day, "SHORT_DATE_FORMAT") for day in days]
    text = b"".join(managers_desk.get(f"/health/rows/{side}_owed/?csv=1")).decode("utf-8-sig")
    assert [row["Since"] for row in csv.DictReader(io.StringIO(text))] == [day.isoformat() for day in days]
    assert managers_desk.get(f"/health/rows/{side}_owed/?after=soon,1").status_code == 400


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_sentence_says_since_when_the_oldest_is_owed(manager: User, ada: Customer, year: int):
    oldest = date(year, 4, 20)
    Commitment.objects.filter(what="MISSED LONG AGO us").update(due_on=oldest)
    lineage = load_tier_lineage()
    scope = scope_of(manager, ScopeForm({}, lineage), lineage=lineage, today=firm_today())
    text = owed_sentence(replace(scope, day=date(2026, 11, 29)), 3).text
    assert text.startswith("We owe 3 promises that are past their date, the oldest since 20 April")
    assert text.endswith("20 April 2025." if year == 2025 else "20 April.")


def test_what_we_owe_is_no_longer_owed_once_a_new_date_is_agreed_on(managers_desk: Client, told: Told, manager: User):
    missed = told.wronged.commitments.get(what="Send the book")
    assert set(told.wronged.metrics.values_list("ours_owed", flat=True)) == {1}
    renegotiate_promise(missed, due_on=told.at.date() + timedelta(days=5), at=told.at, by=manager)
    refresh_all(at=told.at)
    assert set(told.wronged.metrics.values_list("ours_owed", "ours_missed")) == {(0, 1)}
    assert "We owe no promise that is past its date." in managers_desk.get("/health/promises/").content.decode()


def test_an_old_debt_ranks_below_a_new_one(firm: Firm, sam: User, today: date):
    at = timezone.now()
    customers = [CustomerFactory(name=f"Due {days} days ago") for days in (1, 90, 180, 800)]
    for customer, days in zip(customers, (1, 90, 180, 800), strict=True):
        promise(customer, "Call", at=noon(today - timedelta(days=900)), due_on=today - timedelta(days=days), by=sam)
    miss_overdue(at=at)
    rescore_all(at=at)
    refresh_focus(at=at)
    strength = dict(FocusItem.objects.filter(reason="our_promise").values_list("customer", "strength"))
    assert [strength[one.pk] for one in customers] == pytest.approx([1, 1, 0.5, 90 / 800])
