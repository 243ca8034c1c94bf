"""Reasons that add up to the score they explain."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.actions.record import Entry
from interactions.models import Kind
from partnership.scoring.explain.explanation import (
    COMMITMENT,
    RECIPROCITY,
    apportion,
    explain_score,
    explain_scores,
    round_score,
)
from partnership.scoring.models import RuleSet
from tests.examples import CHEAP
from tests.reference import UNIT, compute_reference_scores
from tests.strategies import DAY, TAGS, customer_with, entry, histories, make_rule_set, rolled_back, rule_sets

pytestmark = pytest.mark.django_db


@given(history=histories(most=40), rules=st.none() | rule_sets())
def test_lines_add_up_to_the_scores(history: list[Entry], rules: dict | None) -> None:
    with rolled_back():
        rule_set = make_rule_set(rules)
        found = explain_score(customer_with(history).pk, as_of=DAY, rule_set=rule_set)
        for score in (COMMITMENT, RECIPROCITY):
            parts = sum(line.contribution for line in found.lines if line.feeds == score)
            assert found.neutral[score] + parts == pytest.approx(found.scores[score], abs=1e-9)
        assert found.partnership == pytest.approx((found.reciprocity * found.commitment) ** 0.5, abs=1e-9)
        assert not any(line.contribution for line in found.lines if line.feeds is None)


@given(history=histories(most=40), rules=st.none() | rule_sets())
def test_lines_are_those_of_the_reference(history: list[Entry], rules: dict | None) -> None:
    with rolled_back():
        rule_set = make_rule_set(rules)
        found = explain_score(customer_with(history).pk, as_of=DAY, rule_set=rule_set)
        by_hand = compute_reference_scores(rule_set, history, day=DAY, zone=ZoneInfo("UTC"), tags=TAGS[:1])
        lines = [
            (line.count, round(line.points * 1000), round(line.decayed * UNIT)) for line in found.lines if line.rule
        ]
        assert lines == [(part.count, part.points, part.decayed) for part in by_hand.parts]
        assert {name: round(value * UNIT) for name, value in found.sums.items()} == by_hand.sums
        assert found.tier == by_hand.tier


@given(history=histories(most=40), rules=st.none() | rule_sets())
def test_the_column_shown_adds_up_to_the_score_shown(history: list[Entry], rules: dict | None) -> None:
    with rolled_back():
        found = explain_score(customer_with(history).pk, as_of=DAY, rule_set=make_rule_set(rules))
        for score in (COMMITMENT, RECIPROCITY):
            column = found.column(score)
            parts = [part for _, part in column.lines]
            assert column.start + sum(parts) + column.rounding == 10 * column.total
            assert column.total == round_score(found.scores[score])
            assert abs(column.rounding) <= 5
            assert all(abs(part - 10 * line.contribution) < 2 for line, part in column.lines)
            sizes = [abs(part) for line, part in column.lines if line.rule]
            assert sizes == sorted(sizes, reverse=True)


@CHEAP
@given(parts=st.lists(st.floats(-100, 100), min_size=1, max_size=12), beside=st.integers(-1, 1))
def test_whole_numbers_beside_the_parts(parts: list[float], beside: int) -> None:
    total = round(sum(parts)) + beside
    whole = apportion(parts, total)
    assert sum(whole) == total
    assert all(abs(number - part) < 2 for number, part in zip(whole, parts, strict=True))
    if not beside:
        assert all(abs(number - part) < 1.5 for number, part in zip(whole, parts, strict=True))


@pytest.mark.parametrize(
    ("kind", "times", "reciprocity"), [(Kind.SURVEY_RESPONSE, 1, 67), (Kind.REFERRAL, 1, 91), (Kind.REFERRAL, 2, 100)]
)
def test_one_kind_word_is_weak_evidence_of_a_balance(kind: str, times: int, reciprocity: int) -> None:
    with rolled_back():
        missed = [entry(Kind.COMMITMENT_MISSED, ago=day) for day in range(4)]
        customer = customer_with([*missed, *(entry(kind) for _ in range(times))])
        found = explain_score(customer.pk, as_of=DAY)
        assert round_score(found.reciprocity) == reciprocity
        assert found.tier.name not in ("Partner", "Champion")


def test_beyond_balance_takes_back_what_exceeds_a_hundred() -> None:
    with rolled_back():
        found = explain_score(customer_with([entry(Kind.REFERRAL)] * 5).pk, as_of=DAY)
        assert found.reciprocity == 100
        (doors, doors_part), (beyond, beyond_part) = found.column(RECIPROCITY).lines
        assert (doors.name, doors.count, doors.points) == ("Opening doors", 5, 15)
        assert beyond.rule is None
        assert doors_part + beyond_part == 500
        assert beyond_part < 0


def test_what_is_missing_is_what_nothing_counted_toward() -> None:
    with rolled_back():
        found = explain_score(customer_with([entry(Kind.WORK_DONE)]).pk, as_of=DAY)
        assert [rule.name for rule in found.list_unused_rules(COMMITMENT)] == [
            "Promise kept",
            "Promise kept late",
            "Promise missed",
        ]
        assert found.is_thin


def test_a_tie_at_half_a_point_adds_up_too() -> None:
    """A promise weight of 0.61 makes neutral 30.5: start and total round alike, and an empty column stays empty."""
    for hundredths in range(10, 101):
        with rolled_back():
            rules = {"constants": {"promise_weight": hundredths / 100}, "rules": [], "tiers": [], "newcomers": False}
            found = explain_score(customer_with([]).pk, as_of=DAY, rule_set=make_rule_set(rules))
            column = found.column(COMMITMENT)
            assert column.lines == []
            assert column.start + column.rounding == 10 * column.total


def test_many_are_explained_as_each_alone_best_partners_first(django_assert_num_queries: object) -> None:
    with rolled_back():
        rule_set = RuleSet.objects.active()
        idle, partner = customer_with([]), customer_with([entry(Kind.REFERRAL), entry(Kind.COMMITMENT_KEPT)])
        with django_assert_num_queries(1):  # type: ignore[operator]
            found = explain_scores([idle.pk, partner.pk], as_of=DAY, rule_set=rule_set)
        assert list(found) == [partner.pk, idle.pk]
        assert explain_scores(None, as_of=DAY, rule_set=rule_set) == found
        assert found[partner.pk] == explain_score(partner.pk, as_of=DAY, rule_set=rule_set)


def test_nobody_is_explained_who_is_not_there() -> None:
    with pytest.raises(KeyError):
        explain_score(0, as_of=DAY)
