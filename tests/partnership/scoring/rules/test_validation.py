"""Problems of a set that could break an invariant, with their field and remedy."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from interactions.models import Kind
from partnership.scoring.models import RuleSet, Tier, ValueRule
from partnership.scoring.rules.validation import find_overlaps, find_problems
from tests.strategies import customer_with, entry

pytestmark = pytest.mark.django_db


def rule(name: str = "Rule", **fields: Any) -> ValueRule:
    given = {"sum": "effort", "kinds": [Kind.ATTENDANCE], "points": Decimal(1), "half_life": 14, **fields}
    return ValueRule(rule_set=RuleSet(name="Draft"), name=name, **given)


def told(*rules: ValueRule, tiers: list[Tier] | None = None, **constants: float) -> list[tuple[str, str]]:
    found = find_problems(RuleSet(name="Draft", **constants), rules, [Tier(rank=0)] if tiers is None else tiers)
    return [(problem.field, problem.rule.name if problem.rule else "") for problem in found]


def test_the_standard_set_is_sound() -> None:
    standard = RuleSet.objects.active()
    rules = list(standard.rules.all())
    assert find_problems(standard, rules, list(standard.tiers.all())) == []
    assert find_overlaps(rules) == []


def test_i4_kept_and_missed_fade_alike() -> None:
    kept = rule("Kept", sum="kept", kinds=[Kind.COMMITMENT_KEPT], half_life=60)
    missed = rule("Missed", sum="missed", kinds=[Kind.COMMITMENT_MISSED], direction="inbound", half_life=90)
    assert told(kept, missed, rule(half_life=5)) == [("half_life", "Missed")]
    missed.half_life = 60
    assert told(kept, missed) == []


def test_i2_what_shares_a_cap_is_alike() -> None:
    cap = {"shared_cap": "a day's work", "daily_cap": Decimal(1)}
    first, second = rule("First", **cap), rule("Second", **cap)
    assert told(first, second) == []
    second.sum, second.half_life, second.daily_cap = "received", 90, Decimal(2)
    assert told(first, second) == [("sum", "Second"), ("daily_cap", "Second"), ("half_life", "Second")]


@pytest.mark.parametrize(
    ("constants", "places"),
    [
        ({"doubt": 1.6}, []),
        ({"doubt": 1.0}, []),
        ({"doubt": 0.3}, ["doubt"]),
        ({"balance_doubt": 1.6}, []),
        ({"balance_doubt": 1.2}, ["balance_doubt"]),
        ({"demand_half": 0.6}, ["demand_half"]),
        ({"promise_weight": 0}, ["doubt"]),
        ({"effort_half": 0.1}, ["doubt", "doubt"]),
    ],
)
def test_i4_what_has_all_but_faded_moves_nothing(constants: dict[str, float], places: list[str]) -> None:
    assert [place for place, _ in told(**constants)] == places


def test_somebody_reaches_every_tier() -> None:
    assert told(tiers=[]) == [("", "")]
    assert told(tiers=[Tier(rank=0, partnership=20), Tier(rank=1, partnership=40)]) == [("partnership", "")]
    assert told(tiers=[Tier(rank=0, for_newcomers=True), Tier(rank=1)]) == []


@pytest.mark.parametrize("name", ["partnership", "commitment", "confidence"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_a_threshold_is_a_number(name: str, value: float) -> None:
    assert told(tiers=[Tier(rank=0), Tier(rank=1, **{name: value})]) == [(name, "")]


def test_an_answer_is_promised_within_an_hour_at_least() -> None:
    assert told(tiers=[Tier(rank=0, response_hours=0)]) == [("response_hours", "")]
    assert told(tiers=[Tier(rank=0), Tier(rank=1, for_newcomers=True, response_hours=0)]) == [("response_hours", "")]
    assert told(tiers=[Tier(rank=0, response_hours=1)]) == []


def test_rules_that_count_one_thing_twice_are_shown_with_an_example() -> None:
    came, did = rule("Came"), rule("Did", kinds=[Kind.ATTENDANCE, Kind.WORK_DONE], channels=["web"])
    (found,) = find_overlaps([came, did, rule("Asked", sum="demand", kinds=[Kind.QUESTION])])
    assert (found.first, found.second, found.example) == (came, did, None)
    customer = customer_with(
        [entry("attendance", ago=9), entry("attendance", ago=3), entry("attendance", channel="call")]
    )
    (found,) = find_overlaps([came, did])
    assert found.example is not None
    assert (found.example.customer, found.example.channel) == (customer, "web")
    assert found.example.occurred_on.isoformat() == "2026-01-12"


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ({}, {}, 1),
        ({"sum": "kept"}, {"sum": "received"}, 0),
        ({"direction": "inbound"}, {"direction": "outbound"}, 0),
        ({"channels": ["web"]}, {"channels": ["app", "call"]}, 0),
        ({"tags": ["a"]}, {"tags": ["b"]}, 1),
        ({"payload": "has", "payload_key": "x"}, {"payload": "lacks", "payload_key": "x"}, 0),
        ({"payload": "has", "payload_key": "x"}, {"payload": "lacks", "payload_key": "y"}, 1),
        ({"payload": "equals", "payload_key": "x", "payload_value": "1"}, {"payload": "lacks", "payload_key": "x"}, 0),
        (
            {"payload": "equals", "payload_key": "x", "payload_value": "1"},
            {"payload": "equals", "payload_key": "x", "payload_value": "2"},
            0,
        ),
    ],
)
def test_rules_that_cannot_meet_are_no_overlap(first: dict, second: dict, count: int) -> None:
    assert len(find_overlaps([rule("First", **first), rule("Second", **second)])) == count


@pytest.mark.parametrize("value", ["", "many", "1e3", "12.", "80\n"])
def test_at_least_compares_numbers(value: str) -> None:
    draft = RuleSet.objects.create(name="Draft")
    odd = rule(payload="at_least", payload_key="score", payload_value=value)
    odd.rule_set = draft
    with pytest.raises(ValidationError, match="payload"):
        odd.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        odd.save()


@pytest.mark.parametrize("sum_", ["missed", "given"])
@pytest.mark.parametrize("kind", [Kind.FEEDBACK, Kind.PRAISE, Kind.SURVEY_RESPONSE])
def test_p23_candour_counts_against_nobody(sum_: str, kind: str) -> None:
    with pytest.raises(ValidationError, match="Candid"):
        rule(sum=sum_, kinds=[kind]).clean()


@pytest.mark.parametrize("sum_", ["missed", "given"])
@pytest.mark.parametrize("kind", [Kind.DECLINE, Kind.NUDGE, Kind.MISTAKE, Kind.RECOVERY, Kind.COMMITMENT_RELEASED])
def test_p7_a_no_of_ours_counts_against_nobody(sum_: str, kind: str) -> None:
    with pytest.raises(ValidationError, match="What we declined"):
        rule(sum=sum_, kinds=[Kind.REFUND, kind]).clean()
    rule(sum="demand", kinds=[kind]).clean()


@pytest.mark.parametrize("direction", ["", "outbound", "internal"])
def test_p21_what_we_missed_counts_against_nobody(direction: str) -> None:
    with pytest.raises(ValidationError, match="What we missed"):
        rule(sum="missed", kinds=[Kind.COMMITMENT_MISSED], direction=direction).clean()
    rule(sum="missed", kinds=[Kind.COMMITMENT_MISSED], direction="inbound").clean()


@pytest.mark.parametrize(
    "fields",
    [
        {"sum": "missed", "kinds": [Kind.DECLINE]},
        {"sum": "given", "kinds": [Kind.DECLINE]},
        {"sum": "missed", "kinds": [Kind.QUESTION]},
        {"sum": "given", "kinds": [Kind.MESSAGE]},
        {"sum": "received", "kinds": [Kind.COMPLAINT]},
        {"sum": "given", "kinds": [Kind.GESTURE]},
        {"sum": "missed", "kinds": [Kind.WORK_DONE]},
    ],
)
def test_a_rule_that_no_form_has_seen_goes_live_as_little(fields: dict[str, Any]) -> None:
    assert told(rule("Written by a script", **fields)) == [("kinds", "Written by a script")]


def test_one_set_stays_in_force() -> None:
    """Checked at the end of a transaction, so that one set may replace another within it."""
    other = RuleSet.objects.create(name="Other")
    with transaction.atomic():
        RuleSet.objects.filter(status="active").update(status="retired")
        RuleSet.objects.filter(pk=other.pk).update(status="active")
        connection.check_constraints()
    RuleSet.objects.filter(status="active").update(status="retired")
    with pytest.raises(IntegrityError, match="no rule set would be active"), transaction.atomic():
        connection.check_constraints()
    RuleSet.objects.filter(pk=other.pk).update(status="active")
