"""Requests of a backtest, and answers of an attribute."""

from datetime import date, timedelta
from typing import Any

import pytest

from customers.models import Customer
from interactions.errors import ActionRefused
from interactions.models import Kind
from partnership.scoring.trials.outcomes import (
    DEFAULT_HORIZON,
    Question,
    find_customers_with,
    list_attributes,
    parse_answer,
)
from tests.strategies import DAY, customer_with, entry

PAST = DAY - timedelta(days=200)


@pytest.mark.parametrize("value", [True, 1, 0.5, "true", " Yes ", "PASSED", "1", "on"])
def test_yes(value: Any) -> None:
    assert parse_answer(value) is True


@pytest.mark.parametrize("value", [False, 0, "false", "No", "fail", "0"])
def test_no(value: Any) -> None:
    assert parse_answer(value) is False


@pytest.mark.parametrize("value", [None, "", "perhaps", [], {"passed": True}])
def test_neither(value: Any) -> None:
    assert parse_answer(value) is None


def test_a_question_as_the_command_and_a_run_ask_it() -> None:
    asked = {"as_of": "2026-01-15", "outcome": "attribute:passed", "present": "attribute:left_on"}
    assert Question.parse(asked) == Question(DAY, attribute="passed", present="left_on")
    assert Question.parse({"as_of": DAY, "outcome": "renewal"}) == Question(
        DAY, kind="renewal", horizon=DEFAULT_HORIZON
    )
    assert Question.parse({"as_of": DAY, "outcome": "renewal", "horizon": 30, "present": None}).horizon == 30


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"outcome": "happiness"}, "attribute:NAME, goal_achieved, renewal, cancellation"),
        ({"outcome": "attribute:"}, "is unknown"),
        ({"outcome": "renewal", "present": "left_on"}, "is unknown"),
        ({"outcome": "renewal", "horizon": 0}, "at least one day"),
    ],
)
def test_what_cannot_be_asked(asked: dict[str, Any], reason: str) -> None:
    with pytest.raises(ActionRefused, match=reason):
        Question.parse({"as_of": DAY, **asked})


@pytest.mark.parametrize(
    ("until", "there"),
    [
        (None, True), ("", True), (str(DAY), False), (str(DAY + timedelta(days=1)), True),
        ("2026-01-16T00:00:00+00:00", True), ("2020-01-01", False), ("soon", None), (7, None), ({}, None),
        ({"a": 1}, None), ([1], None), (True, None),
    ],
)  # fmt: skip
def test_present(until: Any, there: bool | None) -> None:
    assert Question(DAY, attribute="passed", present="left_on").is_present(until) is there


@pytest.mark.django_db
class TestOnRealData:
    def test_unknown_attributes_are_told_beside_the_known(self) -> None:
        Customer.objects.create(name="Ada", attributes={"passed": True, "group": "b"})
        Question(PAST, attribute="passed").check(today=DAY)
        assert list_attributes() == ["group", "passed"]
        for wrong in (Question(PAST, attribute="past"), Question(PAST, attribute="passed", present="past")):
            with pytest.raises(ActionRefused, match=r"no|No customer has an attribute past\. There are: group, passed"):
                wrong.check(today=DAY)

    def test_the_future_is_not_known(self) -> None:
        with pytest.raises(ActionRefused, match="in the future"):
            Question(DAY + timedelta(days=1), kind="renewal", horizon=1).check(today=DAY)
        with pytest.raises(ActionRefused, match="not passed yet"):
            Question(DAY - timedelta(days=90), kind="renewal", horizon=90).check(today=DAY)
        Question(DAY - timedelta(days=91), kind="renewal", horizon=90).check(today=DAY)

    def test_who_had_it_within_the_days_after(self) -> None:
        def renews(ago: int) -> int:
            return customer_with([entry(Kind.RENEWAL, ago=ago)], f"Renews {ago}").pk

        on_the_day, next_day, last, too_late = renews(100), renews(99), renews(10), renews(9)
        as_of: date = DAY - timedelta(days=100)
        found = find_customers_with(Kind.RENEWAL, [on_the_day, next_day, last, too_late], after=as_of, days=90)
        assert found == {next_day, last}
        assert find_customers_with(Kind.CANCELLATION, [next_day], after=as_of, days=90) == set()
