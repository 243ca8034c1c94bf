"""Grades beside scores: what customers said of us, and no more claimed than so many can bear."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from partnership.health.boards.grades import places, rank_correlation
from partnership.health.models import CustomerMetrics
from partnership.health.rollup.periods import PERIODS
from partnership.scoring.models import RuleSet
from partnership.staff.models import Firm
from tests.examples import CHEAP
from tests.factories import CustomerFactory, firm_today, happens

pytestmark = pytest.mark.django_db


def said(client: Client, asked: str = "") -> str:
    response = client.get(f"/health/grades/{asked}")
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(response.content.decode()).partition("<main")[2]).split())


def table(client: Client, url: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(client.get(url)).decode("utf-8-sig"))))


def answers(customer: Customer, *, days: int = 2, **payload: Any) -> None:
    at = timezone.now() - timedelta(days=days)
    happens(customer, "survey_response", at=at, channel="web", payload=payload)


def graded(name: str, partnership: float, grade: Any = None, **more: Any) -> Customer:
    customer = CustomerFactory(name=name)
    stored = {
        "customer": customer,
        "day": firm_today(),
        "tier": RuleSet.objects.active().tiers.get(name="Customer"),
        "partnership": partnership,
    }
    CustomerMetrics.objects.bulk_create(CustomerMetrics(period=period, **stored) for period in PERIODS)
    if grade is not None:
        answers(customer, recommendation=grade, **more)
    return customer


@pytest.fixture
def eight(firm: Firm) -> None:
    for number in range(8):
        graded(f"G{number}", 10 * number + 5, [3, 6, 8, 7, 8, 8, 10, 9][number])
    graded("Silent", 50)


def test_the_last_grade_of_each_in_the_period_counts(managers_desk: Client, firm: Firm):
    ada = graded("Ada", 60, 4, days=10)
    answers(ada, recommendation=9)
    answers(ada, recommendation=2, days=300)
    assert "1 customer graded us in the last 4 weeks: 9.0 of 10 on average." in said(managers_desk)
    assert "would rather not" not in said(managers_desk)
    answers(ada, days=0, satisfaction=1)
    assert "9.0 of 10" in said(managers_desk, "?tag=")


@pytest.mark.parametrize("grade", ["9", True, 11, -1, None, [5], {"a": 1}, "9; DROP"])
def test_what_is_no_grade_is_none(managers_desk: Client, firm: Firm, grade: Any):
    answers(graded("Ada", 60), recommendation=grade)
    assert "No grades from these customers in the last 4 weeks" in said(managers_desk)


def test_with_none_at_all_it_says_what_would_make_one(managers_desk: Client, firm: Firm):
    graded("Ada", 60)
    assert "No grades yet: no timeline has the answer to a survey." in said(managers_desk)


def test_quarters_of_the_score_each_with_its_rows(managers_desk: Client, eight: None):
    page = said(managers_desk)
    assert "8 customers graded us in the last 4 weeks: 7.4 of 10 on average. 2 would rather not recommend us." in page
    rows = table(managers_desk, "/health/grades/?table=quarters")
    assert rows[1:] == [
        ["65–75", "2", "9.5", "2", "0"],
        ["45–55", "2", "8", "0", "0"],
        ["25–35", "2", "7.5", "0", "0"],
        ["5–15", "2", "4.5", "0", "2"],
    ]


def test_every_number_is_the_rows_behind_it(managers_desk: Client, eight: None):
    page = unescape(managers_desk.get("/health/grades/").content.decode())
    links = re.findall(r'<a href="(/health/customers/\?[^"]+)">(\d+)', page)
    assert len(links) == 2 + 4 + 1 + 1 + 3  # sentences, quarters, 9 or 10, 6 or less, totals
    for url, number in links:
        rows = table(managers_desk, f"{url}&csv=1")
        assert len(rows) - 1 == int(number)
        assert "Grade" in rows[0]
        assert managers_desk.get(url).content.decode().count('<th scope="row"') == int(number)


def test_equal_scores_stay_together(managers_desk: Client, firm: Firm):
    for number in range(9):
        graded(f"G{number}", 40 if number else 80, 8)
    assert [row[:2] for row in table(managers_desk, "/health/grades/?table=quarters")[1:]] in (
        [["40–80", "9"]], [["80–80", "1"], ["40–40", "8"]],
    )  # fmt: skip


def test_the_gap_is_told_in_places_the_widest_first(managers_desk: Client, firm: Firm):
    graded("Leaves us", 95, 1)
    for number in range(1, 7):
        graded(f"Between {number}", 10 * number, 8)
    graded("Loves us", 5, 10)
    rows = table(managers_desk, "/health/grades/?table=gaps")[1:]
    assert [(row[0], row[3], row[4]) for row in rows[:4]] == [
        ("Leaves us", "1", "-100"), ("Loves us", "10", "100"), ("Between 1", "8", "36"), ("Between 6", "8", "-36"),
    ]  # fmt: skip
    assert len(rows) == 8


def test_of_a_few_each_stands_beside_the_score_and_nothing_is_made_of_it(managers_desk: Client, firm: Firm):
    for name, grade in (("Loves us", 10), ("Leaves us", 2), ("Between", 8)):
        graded(name, 50, grade)
    rows = table(managers_desk, "/health/grades/?table=each")
    assert [row[0] for row in rows] == ["Customer", "Leaves us", "Between", "Loves us"]
    assert "Gap" not in said(managers_desk)
    assert "quarter" not in said(managers_desk)


def test_few_grades_claim_no_correlation(managers_desk: Client, eight: None):
    assert "It takes 30 grades to say whether" in said(managers_desk)
    assert "correlation" not in said(managers_desk)


@pytest.mark.parametrize(
    ("grade_of", "words"),
    [
        (lambda number: number // 3, "with higher scores grade us higher (rank correlation 1.00)"),
        (lambda number: 10 - number // 3, "with higher scores grade us lower (rank correlation −1.00)"),
        (lambda number: 8, "do not go together"),
        (lambda number: [2, 9][number % 2], "do not go together"),
    ],
)
def test_of_many_it_is_said_whether_grade_and_score_go_together(
    managers_desk: Client, firm: Firm, grade_of: Any, words: str
):
    for number in range(30):
        graded(f"G{number}", 3 * number, grade_of(number))
    assert words in said(managers_desk)


def test_in_few_reads_however_many(managers_desk: Client, eight: None, django_assert_max_num_queries: Any):
    managers_desk.get("/health/")
    with django_assert_max_num_queries(12):
        said(managers_desk)


def test_a_restricted_ones_grade_is_not_told_to_others(desk: Client, managers_desk: Client, eight: None):
    assert desk.get("/health/grades/").status_code == 403


@CHEAP
@given(st.lists(st.integers(0, 5).map(float), min_size=1, max_size=12))
def test_places_are_those_of_the_order(values: list[float]):
    """Ranks by hand: how many are below, and half of the others that are equal."""
    by_hand = [sum(b < a for b in values) + (values.count(a) - 1) / 2 for a in values]
    assert places(values) == by_hand


def test_rank_correlation_sees_order_not_distance():
    assert rank_correlation([1, 2, 3, 50], [1, 5, 6, 7]) == pytest.approx(1)
    assert rank_correlation([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert rank_correlation([1, 1, 1], [3, 2, 1]) is None
