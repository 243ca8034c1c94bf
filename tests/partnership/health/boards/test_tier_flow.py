"""Tier flow between any two days: as the snapshots say, with the same rows behind each number."""

import csv
import io
import re
from collections import Counter
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from partnership.health.boards.tier_flow import counts
from partnership.health.frame.period_comparison import tier_now, tier_then
from partnership.health.frame.scope import Scope
from partnership.health.frame.tier_paths import tier_paths
from partnership.health.models import CustomerMetrics
from partnership.health.rollup.periods import PERIODS, Span
from partnership.scoring.models import RuleSet, ScoreSnapshot, Tier
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.staff.models import Firm, User
from tests.factories import CustomerFactory, firm_today
from tests.strategies import rolled_back

pytestmark = pytest.mark.django_db


def ago(days: int) -> date:
    return firm_today() - timedelta(days=days)


def stood(customer: Customer, **ranks_by_day: int) -> None:
    """`d30=2`: of rank 2 since thirty days ago; the last is today's."""
    tiers = {tier.rank: tier for tier in load_tier_lineage().active}
    for day, rank in ranks_by_day.items():
        ScoreSnapshot.objects.create(customer=customer, day=ago(int(day[1:])), tier=tiers[rank])
    known = [(int(day[1:]), rank) for day, rank in ranks_by_day.items()]
    for period, weeks in PERIODS.items():
        then = next((tiers[rank] for back, rank in reversed(known) if back >= 7 * weeks), None)
        now = tiers[known[-1][1]]
        CustomerMetrics.objects.create(customer=customer, period=period, day=firm_today(), tier=now, tier_then=then)


@pytest.fixture
def moved(firm: Firm) -> dict[str, Customer]:
    people = {name: CustomerFactory(name=name) for name in ("Rises", "Falls", "Stays", "Came")}
    stood(people["Rises"], d300=0, d100=2, d40=3)
    stood(people["Falls"], d300=3, d20=2)
    stood(people["Stays"], d300=2)
    stood(people["Came"], d50=1)
    return people


def flowing(client: Client, asked: str, status: int = 200) -> str:
    response = client.get(f"/health/flow/{asked}")
    assert response.status_code == status
    return unescape(response.content.decode())


def table(client: Client, url: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(client.get(url)).decode("utf-8-sig"))))


def said(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def test_between_two_days_of_the_past(managers_desk: Client, moved: dict[str, Customer]):
    """By the last score kept by the end of each: what came between and after plays no part."""
    page = flowing(managers_desk, f"?from={ago(200)}&to={ago(60)}")
    assert "1 customer rose to a higher tier, 0 fell to a lower one." in said(page)
    assert said(flowing(managers_desk, f"?from={ago(200)}&to={ago(10)}")).count("1 customer rose") == 1


def test_to_is_today_and_from_the_beginning_of_the_period_unless_said(
    managers_desk: Client, moved: dict[str, Customer]
):
    assert "1 customer rose to a higher tier, 1 fell" in said(flowing(managers_desk, f"?from={ago(200)}"))
    assert "1 customer rose to a higher tier, 1 fell" in said(flowing(managers_desk, f"?to={ago(19)}"))
    assert "0 customers rose to a higher tier, 1 fell" in said(flowing(managers_desk, f"?to={ago(19)}&period=week"))


def test_each_number_leads_to_its_rows_and_their_file(managers_desk: Client, moved: dict[str, Customer]):
    page, _, total = flowing(managers_desk, f"?from={ago(200)}&to={ago(30)}").partition("<tfoot>")
    cell = r'<td data-label="[^"]*"\s*class="[^"]*">\s*<a href="([^"]+)">(\d+)</a>'
    assert sum(int(number) for _url, number in re.findall(cell, total)) == len(moved)
    urls = re.findall(cell, page)
    behind = []
    for url, number in urls:
        listed = [row[0] for row in table(managers_desk, f"{url}&csv=1")[1:]]
        shown = managers_desk.get(url).content.decode()
        assert len(listed) == int(number) == shown.count('<th scope="row"')
        assert all(name in shown for name in listed)
        behind += listed
    assert sorted(behind) == sorted(moved)


def test_the_file_has_the_numbers_of_the_page(managers_desk: Client, moved: dict[str, Customer]):
    asked = f"?from={ago(200)}&to={ago(30)}"
    [address] = re.findall(r'href="(\?[^"]+table=flow)"', flowing(managers_desk, asked))
    rows = table(managers_desk, f"/health/flow/{address}")
    assert sum(int(cell) for row in rows[1:] for cell in row[1:]) == len(moved)
    assert rows != table(managers_desk, "/health/flow/?table=flow")


def test_who_had_no_score_yet_is_told_apart(managers_desk: Client, moved: dict[str, Customer]):
    url = f"/health/customers/?from={ago(200)}&to={ago(30)}&was=none"
    assert [row[0] for row in table(managers_desk, f"{url}&csv=1")[1:]] == ["Came"]
    both = f"/health/customers/?from={ago(400)}&to={ago(200)}&was=none&became=none"
    assert [row[0] for row in table(managers_desk, f"{both}&csv=1")[1:]] == ["Came"]
    assert "not here yet on" in said(managers_desk.get(url).content.decode())


def test_of_a_day_of_which_no_score_is_kept_nothing_is_claimed(managers_desk: Client, moved: dict[str, Customer]):
    page = said(flowing(managers_desk, f"?from={ago(900)}&to={ago(10)}"))
    assert "None of these customers had a score on" in page
    assert f"{ago(300):%Y}" in page
    assert "customers rose" not in page


def retired_tier(name: str, *, now: str = "", rank: int = 9) -> Tier:
    """A tier of rules that are no longer active, and the tier in force that it is now, if any."""
    older = RuleSet.objects.create(name=f"With {name}")
    current = RuleSet.objects.active().tiers.get(name=now) if now else None
    tier = older.tiers.create(rank=rank, name=name, same_as=current)
    RuleSet.objects.filter(pk=older.pk).update(status="retired")
    return tier


def test_a_tier_of_earlier_rules_is_not_lost(managers_desk: Client, moved: dict[str, Customer]):
    ScoreSnapshot.objects.filter(customer=moved["Stays"]).update(tier=retired_tier("Gold"))
    assert "“Gold” of earlier rules" in said(flowing(managers_desk, f"?from={ago(200)}"))


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ("?to={tomorrow}", "That day is in the future"),
        ("?from={later}&to={later}", "Choose a day before the other one."),
        ("?from={later}&to={earlier}", "Choose a day before the other one."),
        ("?from=soon", "Enter a valid date."),
        ("?to=0001-01-02", "Ensure this value is greater than or equal to"),
        ("?from=2026-02-30", "Enter a valid date."),
    ],
)
def test_days_that_mean_nothing_are_said_to(managers_desk: Client, moved: dict[str, Customer], asked: str, error: str):
    asked = asked.format(earlier=ago(9), later=ago(5), tomorrow=ago(-1))
    page = said(flowing(managers_desk, asked, status=422))
    assert error in page
    assert "0 customers rose to a higher tier, 1 fell" in page
    assert managers_desk.get(f"/health/customers/{asked}").status_code == 422


def test_no_row_is_empty_and_the_newcomers_tier_is_said_not_to_count(managers_desk: Client, moved: dict[str, Customer]):
    rows = table(managers_desk, f"/health/flow/?table=flow&from={ago(200)}")[1:]
    assert all(any(map(int, row[1:])) for row in rows)
    assert {row[0] for row in rows} == {"Transactional", "Customer", "Partner", "not here yet"}
    assert "Moves from or to “Getting to know each other” are listed, but are no rise and no fall." in said(
        flowing(managers_desk, "")
    )


def test_the_days_stay_with_this_dashboard(managers_desk: Client, moved: dict[str, Customer]):
    page = flowing(managers_desk, f"?from={ago(200)}&period=week")
    assert 'href="/health/goals/?period=week"' in page
    assert f'value="{ago(200)}"' in page


def test_in_as_few_reads_as_before(managers_desk: Client, moved: dict[str, Customer]):
    managers_desk.get("/health/")
    reads = []
    for asked in ("", f"?from={ago(200)}&to={ago(30)}"):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            flowing(managers_desk, asked)
        reads.append(len(caught))
    assert reads[1] <= reads[0] <= 14


@given(
    history=st.lists(st.dictionaries(st.integers(0, 60), st.integers(0, 4), min_size=1, max_size=5), max_size=6),
    since=st.integers(1, 70),
    length=st.integers(1, 69),
)
def test_it_is_what_somebody_would_count_by_hand(history: list[dict[int, int]], since: int, length: int):
    """Whatever the histories and the days; without days chosen the same as with those of the period."""
    with rolled_back():
        ranks = [tier.rank for tier in load_tier_lineage().active]
        keys = {tier.rank: tier.pk for tier in load_tier_lineage().active} | {None: None}
        for days in history:
            told = {f"d{day}": ranks[rank % len(ranks)] for day, rank in sorted(days.items(), reverse=True)}
            stood(Customer.objects.create(name="A"), **told)
        days = Span(ago(since), ago(max(since - length, 0)))

        def rank_at(told: dict[int, int], day: date) -> int | None:
            known = [(back, rank) for back, rank in told.items() if ago(back) <= day]
            return ranks[min(known)[1] % len(ranks)] if known else None

        scope = Scope(User(is_superuser=True), Firm(), firm_today(), load_tier_lineage(), days=days)
        expected = Counter((keys[rank_at(one, days.since)], keys[rank_at(one, days.until)]) for one in history)
        assert counts(scope, tier_paths(scope, [])) == expected
        assert scope.metrics().annotate(a=tier_then(scope), b=tier_now(scope)).count() == len(history)
