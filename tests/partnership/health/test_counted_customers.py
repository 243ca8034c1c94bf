"""Whom the boards count, where evidence is thin, and shares that add up."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from partnership.health.frame.tables import percents
from partnership.health.models import CustomerMetrics
from partnership.health.rollup.refreshing import refresh_all
from partnership.health.views import BOARDS
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.models import RuleSet, Score
from partnership.staff.models import User
from tests.examples import CHEAP
from tests.factories import CustomerFactory, goal, happens
from tests.partnership.health.story import Told

pytestmark = pytest.mark.django_db


def said(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    main = response.content.decode().partition("<main")[2]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def row_of(name: str, page: str) -> str:
    return re.findall(rf"{name}</a>.*?</tr>", page, re.DOTALL)[-1]


def table(client: Client, url: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(client.get(url)).decode("utf-8-sig"))))[1:]


@pytest.fixture
def stalled(told: Told, sam: User) -> Told:
    """A customer of each lifecycle with a goal for which nothing was done."""
    for lifecycle in Customer.Lifecycle:
        customer = CustomerFactory(name=f"Stalled {lifecycle}", lifecycle=lifecycle)
        goal(customer, f"Goal of {lifecycle}", at=told.at - timedelta(days=60), by=sam)
    rescore_all(at=told.at)
    refresh_all(at=told.at)
    return told


def test_the_goals_that_stall_are_those_of_the_list_of_customers(managers_desk: Client, stalled: Told):
    for asked, sentence in (("", "4 of 4 goals stall"), ("lifecycle=all", "5 of 5 goals stall"),
                            ("lifecycle=ended", "1 of 1 goals stalls")):  # fmt: skip
        assert sentence in said(managers_desk, f"/health/goals/?{asked}")
        assert sentence in said(managers_desk, f"/health/?{asked}")
        rows = {row[1] for row in table(managers_desk, f"/health/rows/goals_stalled/?csv=1&{asked}")}
        listed = managers_desk.get(f"/customers/?stalled=1&{asked}").content.decode()
        assert rows == set(re.findall(r'class="person-name"[^>]*>([^<]*)<', listed))
    assert "Stalled ended" not in {row[0] for row in table(managers_desk, "/health/customers/?csv=1")}


@pytest.mark.parametrize("name", ["", *(f"{name}/" for name in BOARDS), "customers/", "rows/goals_stalled/"])
def test_each_page_says_whom_it_counts_and_offers_others(managers_desk: Client, told: Told, name: str):
    assert "but no ended ones" in said(managers_desk, f"/health/{name}")
    page = managers_desk.get(f"/health/{name}?lifecycle=ended").content.decode()
    assert re.search(r'<option value="ended" selected>', page)
    assert "Counts ended customers only." in page


def test_nobody_is_said_in_words(managers_desk: Client, told: Told):
    for name in ("", "goals/", "attention/", "customers/", "rows/goals_stalled/"):
        page = said(managers_desk, f"/health/{name}?tag=nobody+has+it")
        assert "No customer has the tag “nobody has it”." in page
        assert "0 of 0" not in page
    assert "No customer matches all of these filters." in said(
        managers_desk, "/health/goals/?tag=evening&lifecycle=ended"
    )


def test_no_goals_are_said_in_words(managers_desk: Client, told: Told):
    Customer.objects.filter(pk=told.partner.pk).update(lifecycle="ended")
    for name in ("", "goals/"):
        page = said(managers_desk, f"/health/{name}")
        assert "0 of 0" not in page
    assert "No goal is pursued." in said(managers_desk, "/health/")


def test_partnership_is_shared_among_those_with_evidence(managers_desk: Client, told: Told):
    strangers = CustomerFactory.create_batch(9)
    rescore_all(at=told.at)
    refresh_all(at=told.at)
    floor = RuleSet.objects.active().thin_below
    thin = {score.customer_id for score in Score.objects.filter(confidence__lt=floor)}
    assert {one.pk for one in strangers} < thin
    assert told.partner.pk not in thin
    assert thin == set(CustomerMetrics.objects.filter(thin=True, period="month").values_list("customer_id", flat=True))
    rows = {row[0]: row for row in table(managers_desk, "/health/attention/?table=tiers")}
    known = Score.objects.filter(confidence__gte=floor).select_related("tier")
    points = {name: sum(one.partnership for one in known if one.tier and one.tier.name == name) for name in rows}
    for (name, row), share in zip(rows.items(), percents([*points.values()]), strict=True):
        assert row[7] == str(share)
        assert int(row[2]) == Score.objects.filter(tier__name=name, customer__in=thin).count()
    newcomers = rows["Getting to know each other"]
    assert (newcomers[1], newcomers[2], newcomers[7]) == ("10", "10", "0")  # Wanda as well
    [url] = re.findall(r'href="(/health/customers/[^"]*evidence=thin[^"]*)">\s*10<',
                       managers_desk.get("/health/attention/").content.decode())  # fmt: skip
    assert len(table(managers_desk, f"{unescape(url)}&csv=1")) == 10


def test_thin_evidence_is_shown_as_such(managers_desk: Client, told: Told):
    """Who only complains has none: loud, and nothing known of the partnership."""
    evidence = {row[0]: row[6] for row in table(managers_desk, "/health/customers/?csv=1")}
    assert (evidence["Lena Laut"], evidence["Paul Partner"]) == ("thin", "enough")
    for url in ("customers/", "attention/", "quadrant/"):
        page = managers_desk.get(f"/health/{url}").content.decode()
        assert "thin evidence" in row_of("Lena Laut", page), url
        assert "thin evidence" not in row_of("Paul Partner", page), url
    drawing = managers_desk.get("/health/quadrant/").content.decode()
    thin = CustomerMetrics.objects.filter(thin=True, period="month").count()
    assert drawing.count(" dot-thin") == thin + 1  # one in the legend
    assert f"{thin} customer" in said(managers_desk, "/health/quadrant/")


def test_a_graded_customer_without_evidence_is_marked(managers_desk: Client, told: Told):
    happens(told.loud, "survey_response", at=told.at, payload={"recommendation": 2})
    refresh_all(at=told.at)
    page = managers_desk.get("/health/grades/").content.decode()
    assert "thin evidence" in row_of("Lena Laut", page)


@CHEAP
@given(parts=st.lists(st.floats(0, 1e6), max_size=9))
def test_shares_add_up(parts: list[float]):
    shares = percents(parts)
    assert sum(shares) == (100 if sum(parts) else 0)
    assert all(abs(share - 100 * part / sum(parts)) < 1 for share, part in zip(shares, parts, strict=True) if part)


def test_shares_of_a_board_add_up(managers_desk: Client, told: Told):
    """Three thirds are 34, 33 and 33."""
    tiers = list(RuleSet.objects.active().tiers.filter(for_newcomers=False)[:3])
    for metrics, tier in zip(CustomerMetrics.objects.filter(period="month"), tiers, strict=True):
        same = {"minutes": 20, "before_minutes": 7, "messages": 0, "before_messages": 0}
        CustomerMetrics.objects.filter(pk=metrics.pk).update(tier=tier, partnership=50, thin=False, **same)
    rows = table(managers_desk, "/health/attention/?table=tiers")
    for column in (6, 7, 8):
        assert sorted(int(row[column]) for row in rows) == [33, 33, 34]
