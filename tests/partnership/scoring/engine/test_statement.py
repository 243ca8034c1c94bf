"""The SQL statement against the plain Python of tests/reference.py, with sums compared bit by bit."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.actions.record import Entry
from interactions.models import Kind
from partnership.scoring.engine.formulas import SUMS
from partnership.scoring.engine.statement import compile_rules
from partnership.scoring.models import RuleSet
from tests.reference import compute_reference_scores
from tests.strategies import (
    DAY,
    TAGS,
    customer_with,
    days,
    entry,
    fetch_scores,
    histories,
    make_rule_set,
    rolled_back,
    rule_sets,
    zones,
)

pytestmark = pytest.mark.django_db

SCORES = ("reciprocity", "commitment", "partnership", "loudness", "confidence")


def assert_agrees(rule_set: RuleSet, history: list[Entry], day: date, zone: str, tags: Sequence[str] = ()) -> None:
    customer = customer_with(history, tags=tags)
    by_sql = fetch_scores(rule_set, customer, day=day)[0]
    by_hand = compute_reference_scores(rule_set, history, day=day, zone=ZoneInfo(zone), tags=tags)
    assert {name: by_sql[name] for name in SUMS} == by_hand.sums
    assert {name: by_sql[name] for name in SCORES} == pytest.approx(
        {name: getattr(by_hand, name) for name in SCORES}, abs=1e-9
    )
    assert by_sql["rank"] == by_hand.tier.rank


@given(data=st.data(), zone=zones, day=days())
def test_agrees_with_the_reference_under_the_default_rules(data: st.DataObject, zone: str, day: date) -> None:
    history = data.draw(histories(zone, most=40))
    with rolled_back(zone):
        assert_agrees(RuleSet.objects.active(), history, day, zone)


@given(data=st.data(), zone=zones, rules=rule_sets(), tags=st.sampled_from([[], TAGS[:1], TAGS[1:], ["other"]]))
def test_agrees_with_the_reference_under_any_rules(
    data: st.DataObject, zone: str, rules: dict, tags: list[str]
) -> None:
    history = data.draw(histories(zone, most=40))
    with rolled_back(zone):
        assert_agrees(make_rule_set(rules), history, DAY, zone, tags)


@given(data=st.data(), rules=st.none() | rule_sets())
def test_everybody_scores_as_each_alone(data: st.DataObject, rules: dict | None) -> None:
    drawn = data.draw(st.lists(histories(), min_size=1, max_size=4))
    with rolled_back():
        rule_set = make_rule_set(rules)
        customers = [customer_with(history) for history in drawn]
        everybody = compile_rules(rule_set, day=DAY).fetch_rows("SELECT * FROM tiered_scores ORDER BY customer_id")
        for row, customer in zip(everybody, customers, strict=True):
            alone = compile_rules(rule_set, day=DAY, customers=[customer.pk]).fetch_rows("SELECT * FROM tiered_scores")
            assert [row] == alone


@pytest.mark.parametrize(
    "history",
    [
        pytest.param([entry(Kind.REQUEST)] * 6000, id="six thousand requests in a day"),
        pytest.param([entry(Kind.COMMITMENT_KEPT)] * 3000, id="three thousand promises kept in a day"),
        pytest.param([entry(Kind.REFERRAL)] * 3000, id="three thousand referrals in a day"),
        pytest.param([entry(Kind.WORK_DONE, ago=366 * 60)], id="work done sixty years ago"),
        pytest.param([entry(Kind.MESSAGE, ago=366 * 1900)], id="a message from the time of the Romans"),
        pytest.param([entry(Kind.FREE_WORK, minutes=2**31 - 1)] * 3, id="more free work than there are hours"),
    ],
)
def test_no_history_is_too_much(history: list[Entry]) -> None:
    """Doubles underflow and integers overflow: one customer's odd history would stop a batch of all."""
    with rolled_back():
        assert_agrees(RuleSet.objects.active(), history, DAY, "UTC")


def test_money_beyond_measure() -> None:
    rules = {"points": 99999, "per": "unit", "currency": "EUR", "half_life": 60, "kinds": [Kind.REFUND]}
    history = [
        entry(Kind.REFUND, amount="999999999999.99", currency="EUR", minutes=2**31 - 1, ago=ago) for ago in (0, 1, 1)
    ]
    for sum_, per in [("given", "unit"), ("given", "minute"), ("demand", "minute")]:
        with rolled_back():
            rule = {**rules, "sum": sum_, "per": per, "currency": "EUR" if per == "unit" else ""}
            rule_set = make_rule_set({"constants": {}, "rules": [rule, rule], "tiers": [], "newcomers": False})
            customer = customer_with(history)
            (row,) = fetch_scores(rule_set, customer)
            assert row[sum_] > 0


def test_a_customer_without_history_is_neutral_and_new() -> None:
    with rolled_back():
        (row,) = fetch_scores(RuleSet.objects.active(), customer_with([]))
        assert (row["commitment"], row["reciprocity"], row["loudness"], row["confidence"]) == (30, 50, 0, 0)
        assert row["rank"] == 1


def test_who_was_merged_into_another_has_no_score() -> None:
    with rolled_back():
        survivor, absorbed = customer_with([]), customer_with([entry(Kind.WORK_DONE)])
        absorbed.merged_into = survivor
        absorbed.save()
        rows = compile_rules(RuleSet.objects.active(), day=DAY).fetch_rows("SELECT customer_id FROM tiered_scores")
        assert rows == [{"customer_id": survivor.pk}]
