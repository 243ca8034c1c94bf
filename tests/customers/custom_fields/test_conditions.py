"""Filters by custom fields find what fits, whatever else customers hold."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from customers.custom_fields.conditions import (
    contains_text,
    has_choice,
    has_value,
    is_answered,
    is_between,
    lacks_value,
)
from customers.custom_fields.definitions import define
from customers.models import Customer, CustomField

pytestmark = pytest.mark.django_db


def field(type_: str, key: str = "k", **given: object):
    return define(CustomField(pk=1, key=key, label="Field", type=type_, **given))


def named(condition) -> set[str]:
    return set(Customer.objects.filter(condition).values_list("name", flat=True))


@pytest.fixture
def hold():
    """Make customers of these values of `k`, each named after it."""

    def make(*values, key="k"):
        for value in values:
            Customer.objects.create(name=str(value), attributes={key: value})
        Customer.objects.create(name="none")
        Customer.objects.create(name="hostile", attributes=["other"])

    return make


@pytest.mark.parametrize(
    ("least", "most", "found"),
    [
        (5, None, {"5", "7.5", "12"}), (None, 7.5, {"-3", "5", "7.5"}), (5, 7, {"5"}), (8, 8, set()),
        (None, -3, {"-3"}),
    ],
)  # fmt: skip
def test_a_number_between(hold, least, most, found):
    hold(-3, 5, 7.5, 12, "6", True, [6], {"a": 6})
    bounds = (None if one is None else Decimal(str(one)) for one in (least, most))
    assert named(is_between(field("number"), *bounds)) == found


def test_a_day_between(hold):
    hold("2026-01-31", "2026-02-01", "2026-12-31", "soon", 20260201, "2026-02-01T10:00")
    asked = field("date")
    assert named(is_between(asked, date(2026, 2, 1), None)) == {"2026-02-01", "2026-12-31"}
    assert named(is_between(asked, None, date(2026, 2, 1))) == {"2026-01-31", "2026-02-01"}
    assert named(is_between(asked, date(2026, 2, 1), date(2026, 2, 28))) == {"2026-02-01"}


@pytest.mark.parametrize("key", ["k", "2026", "it's", 'a "b"', "%s", "$.k", "ключ"])
def test_whatever_the_key_is_called(hold, key):
    hold(5, "Blue % Sky_", key=key)
    assert named(is_between(field("number", key), Decimal(1), None)) == {"5"}
    assert named(contains_text(field("text", key), "blue % sky_")) == {"Blue % Sky_"}
    assert named(has_value(field("text", key))) == {"5", "Blue % Sky_"}


def test_choices_and_answers(hold):
    hold("gold", "basic", ["gold"], ["basic", "old"], True, False)
    assert named(has_choice(field("choice"), ["gold", "old"])) == {"gold"}
    assert named(has_choice(field("choices"), ["gold", "old"])) == {"['gold']", "['basic', 'old']"}
    assert named(is_answered(field("yes_no"), answer=False)) == {"False"}


def test_text_is_found_in_any_case_and_no_pattern(hold):
    hold("A blue door", "100%")
    assert named(contains_text(field("text"), "BLUE")) == {"A blue door"}
    assert named(contains_text(field("text"), "%")) == {"100%"}
    assert named(contains_text(field("text"), "A_blue")) == set()


def test_nothing_filled_in_of_whom_it_is_for(hold):
    hold("x", None)
    Customer.objects.create(name="Firm", kind="organisation")
    assert named(lacks_value(field("text"))) == {"none", "None", "Firm", "hostile"}
    assert named(lacks_value(field("text", applies_to="organisation"))) == {"Firm"}


def test_the_index_serves_them(hold):
    """Where the planner may not walk the table, each condition finds customers by the index."""
    hold("x")
    asked = [
        is_between(field("number"), Decimal(1), None), has_choice(field("choice"), ["gold"]),
        contains_text(field("text"), "blue"), is_answered(field("yes_no"), answer=True), has_value(field("text")),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for condition in asked:
        assert "customers_by_attribute" in Customer.objects.filter(condition).order_by().explain()
