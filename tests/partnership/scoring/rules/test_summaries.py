"""Summaries of rules, field by field."""

from decimal import Decimal
from typing import Any

import pytest

from interactions.models import Kind
from partnership.scoring.models import ValueRule
from partnership.scoring.rules.defaults import RULES
from partnership.scoring.rules.summaries import describe_rule


def rule(**fields: Any) -> ValueRule:
    given = {"name": "Rule", "sum": "effort", "kinds": ["work_done"], "points": Decimal(1), "half_life": 14.0}
    return ValueRule(**{**given, **fields})


SAID = [
    ({}, "Each piece of work done counts 1 toward commitment, as effort, halving every 14 days."),
    ({"kinds": ["work_done", "attendance"]}, "Each piece of work done or attendance counts"),
    ({"direction": "outbound"}, "work done by us counts"),
    ({"channels": ["email", "chat"]}, "work done through e-mail or chat counts"),
    ({"tags": ["cohort-3"]}, "of customers tagged “cohort-3” counts"),
    ({"payload": "has", "payload_key": "days_late"}, "work done late counts"),
    ({"payload": "lacks", "payload_key": "days_late"}, "work done in time counts"),
    ({"payload": "has", "payload_key": "grade"}, "with “grade” in the payload counts"),
    ({"payload": "lacks", "payload_key": "grade"}, "without “grade” in the payload counts"),
    ({"payload": "equals", "payload_key": "grade", "payload_value": "A"}, "says “grade” is “A” counts"),
    ({"payload": "at_least", "payload_key": "mark", "payload_value": "80"}, "says “mark” is at least 80 counts"),
    ({"amount_at_least": Decimal("100.00"), "currency": "EUR"}, "of at least 100 EUR counts"),
    ({"points": Decimal("0.250")}, "counts 0.25 toward"),
    ({"per": "minute"}, "Each minute of work done counts"),
    ({"per": "hour"}, "Each hour of work done counts"),
    ({"per": "unit", "currency": "EUR", "kinds": ["refund"]}, "Each EUR of refund counts"),
    ({"per": "number", "number_key": "pages"}, "Each unit of the payload number “pages” of work done counts"),
    ({"half_life": 1}, "halving every day."),
    ({"half_life": 1.5}, "halving every 1.5 days."),
    ({"daily_cap": Decimal(3)}, "halving every 14 days, at most 3 a day."),
    ({"daily_cap": Decimal(3), "shared_cap": "busy"}, "at most 3 a day together with all rules that share “busy”."),
    ({"sum": "missed"}, "counts 1 against commitment, as a promise missed"),
    ({"sum": "received"}, "counts 1 toward reciprocity, as what they put in"),
    ({"sum": "given"}, "counts 1 against reciprocity, as what we put in"),
    ({"sum": "demand"}, "counts 1 as demand, which is shown and never used"),
    ({"points": None}, "Choose what the rule counts"),
    ({"kinds": []}, "Choose what the rule counts"),
]


@pytest.mark.parametrize(("fields", "words"), SAID, ids=lambda given: str(given)[:40])
def test_every_field_is_said(fields: dict[str, Any], words: str) -> None:
    assert words in describe_rule(rule(**fields))


def test_who_shares_a_cap_is_named() -> None:
    capped = {"daily_cap": Decimal(3), "shared_cap": "busy"}
    one = rule(name="One", **capped)
    others = [one, rule(name="Two", **capped), rule(name="Three", **capped), rule(name="Four")]
    assert describe_rule(one, others).endswith("at most 3 a day together with “Two” and “Three”.")


@pytest.mark.parametrize("kind", Kind.values)
@pytest.mark.parametrize("per", ValueRule.Per.values)
def test_there_are_words_for_every_kind(kind: str, per: str) -> None:
    assert describe_rule(rule(kinds=[kind], per=per, currency="EUR", number_key="pages")).startswith("Each ")


def test_the_standard_rules_each_say_something_else() -> None:
    said = [describe_rule(ValueRule(**{**one, "points": Decimal(one["points"])})) for one in RULES]
    assert len(set(said)) == len(RULES)
