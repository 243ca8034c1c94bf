"""The largest reasons of a change: out of the explanation itself, adding up to what the pages show."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from interactions.actions.record import Entry
from interactions.models import Direction, Kind
from partnership.scoring.engine.rescoring import rescore
from partnership.scoring.explain.change_reasons import ChangeReason, ChangeSummary, summarize_changes
from partnership.scoring.explain.score_changes import explain_score_change, explain_score_changes
from partnership.scoring.models import RuleSet
from partnership.scoring.rules.activation import copy_rule_set
from tests.examples import examples
from tests.strategies import (
    DAY,
    NOON,
    add_history,
    customer_with,
    entry,
    histories,
    make_active,
    make_rule_set,
    rolled_back,
    rule_sets,
)

pytestmark = pytest.mark.django_db

_REMAINDERS = {"other", "rounding"}

SINCE = DAY - timedelta(days=28)
THEN = NOON - timedelta(days=28)


def summary_of(customer: Customer) -> ChangeSummary:
    return summarize_changes([customer.pk], since=SINCE, until=DAY)[customer.pk]


def named(customer: Customer) -> dict[str, int]:
    """Points of each reason, in tenths."""
    return {reason.text: reason.tenths for reason in summary_of(customer).reasons}


@pytest.fixture
def ada() -> Customer:
    """A customer with twenty days of work and two promises kept, known before SINCE."""
    work = [entry(Kind.WORK_DONE, ago=40 + ago) for ago in range(20)]
    return customer_with([*work, *[entry(Kind.COMMITMENT_KEPT, ago=35)] * 2], at=THEN)


@examples(15)
@given(
    known=histories(most=8),
    late=histories(most=4),
    fresh=histories(most=8),
    rules=st.none() | rule_sets(),
    looked=st.booleans(),
)
def test_the_reasons_add_up_and_many_customers_are_explained_as_one(
    known: list[Entry], late: list[Entry], fresh: list[Entry], rules: dict[str, Any] | None, looked: bool
) -> None:
    with rolled_back():
        customers = [customer_with(known, "Ada", at=THEN), customer_with(late, "Ben", at=THEN), customer_with([], "Cy")]
        if looked:
            rescore([customers[0].pk], at=THEN)
        make_active(make_rule_set(rules))
        add_history(customers[0], late, prefix="late", at=NOON)
        add_history(customers[1], fresh, prefix="new", at=NOON)
        keys = [one.pk for one in customers]
        changes = explain_score_changes(keys, since=SINCE, until=DAY)
        assert changes == {pk: explain_score_change(pk, since=SINCE, until=DAY) for pk in keys}
        for pk, summary in summarize_changes(keys, since=SINCE, until=DAY).items():
            shown = changes[pk].round("partnership")
            assert (summary.start, summary.end, summary.difference) == (shown.start, shown.end, shown.difference)
            assert sum(reason.tenths for reason in summary.reasons) == 10 * summary.difference
            assert all(reason.tenths for reason in summary.reasons)
            largest = [abs(reason.tenths) for reason in summary.reasons if reason.text not in _REMAINDERS]
            assert largest == sorted(largest, reverse=True)


def test_only_what_moved_the_score_is_named(ada: Customer) -> None:
    fresh = [entry(Kind.COMMITMENT_KEPT, ago=2), entry(Kind.COMMITMENT_KEPT, ago=3)]
    beside = [entry(kind, ago=2) for kind in (Kind.PURCHASE, Kind.GOAL_ACHIEVED, Kind.QUESTION, Kind.MESSAGE)]
    add_history(ada, [*fresh, *beside], prefix="new")
    reasons = named(ada)
    assert reasons.keys() - _REMAINDERS == {"fading", "kept 2 promises"}
    assert reasons["kept 2 promises"] > 0 > reasons["fading"]


def test_what_is_late_or_comes_of_other_rules_is_always_named(ada: Customer) -> None:
    rescore([ada.pk], at=THEN)
    rules = RuleSet.objects.active()
    several = [
        entry(Kind.COMMITMENT_KEPT, ago=2), entry(Kind.REFERRAL, ago=2), entry(Kind.TESTIMONIAL, ago=3),
        entry(Kind.PRAISE, ago=4), *[entry(Kind.WORK_DONE, ago=ago) for ago in range(10)],
    ]  # fmt: skip
    add_history(ada, several, prefix="new")
    add_history(ada, [entry(Kind.PRAISE, ago=29)], prefix="late")
    assert "recorded late" in named(ada)
    other = copy_rule_set(rule_set=rules, name="Other", by=None)
    RuleSet.objects.filter(pk=other.pk).update(doubt=10)
    make_active(other)
    assert {"recorded late", "other rules"} <= named(ada).keys()


def test_what_we_did_is_said_to_be_ours(ada: Customer) -> None:
    add_history(ada, [entry(Kind.FREE_WORK, ago=2, direction=Direction.OUTBOUND, minutes=600)], prefix="new")
    assert named(ada)["1 piece of free work"] < 0


def test_what_happened_is_told_from_what_did_not(ada: Customer) -> None:
    add_history(ada, [entry(Kind.REFERRAL, ago=2)], prefix="new")
    by_text = {reason.text: reason for reason in summary_of(ada).reasons}
    assert by_text["1 referral"].is_new
    assert not by_text["fading"].is_new
    assert isinstance(by_text["fading"], ChangeReason)


def test_many_take_as_many_statements_as_one(ada: Customer, django_assert_num_queries: Any) -> None:
    def statements(customers: list[Customer], number: int) -> None:
        with django_assert_num_queries(number):
            assert len(summarize_changes([one.pk for one in customers], since=SINCE, until=DAY)) == len(customers)

    customers = [customer_with([entry(Kind.COMMITMENT_KEPT, ago=2)], f"No {number}", at=NOON) for number in range(20)]
    for one in [ada, *customers]:
        rescore([one.pk], at=THEN)
    add_history(ada, [entry(Kind.COMMITMENT_KEPT, ago=2)], prefix="new")
    statements([ada], 12)
    statements([ada, *customers], 12)
    assert summarize_changes([], since=SINCE, until=DAY) == {}
