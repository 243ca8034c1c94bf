"""Rules that would break an invariant are refused."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from interactions.models import Kind
from partnership.scoring.models import RuleSet, ValueRule
from tests.strategies import DEMANDS, OWN_PART

pytestmark = pytest.mark.django_db


def rule(sum_: str, kind: str) -> ValueRule:
    draft, _ = RuleSet.objects.get_or_create(name="Draft")
    return ValueRule(rule_set=draft, name="Rule", sum=sum_, kinds=[kind], points=Decimal(1), half_life=60)


@pytest.mark.parametrize("sum_", ValueRule.Sum.values)
def test_i3_no_rule_counts_a_gesture(sum_: str) -> None:
    with pytest.raises(ValidationError, match="gesture"):
        rule(sum_, Kind.GESTURE).full_clean()


@pytest.mark.parametrize("kind", DEMANDS)
@pytest.mark.parametrize("sum_", [sum_ for sum_ in ValueRule.Sum.values if sum_ != "demand"])
def test_i1_what_they_ask_for_counts_toward_demand_alone(sum_: str, kind: str) -> None:
    with pytest.raises(ValidationError, match="demand"):
        rule(sum_, kind).full_clean()
    rule("demand", kind).full_clean()


@pytest.mark.parametrize("kind", OWN_PART)
def test_i2_doing_ones_part_is_no_miss(kind: str) -> None:
    with pytest.raises(ValidationError, match="never hurts"):
        rule("missed", kind).full_clean()
    rule("effort", kind).full_clean()


def test_the_standard_rules_hold_to_their_own_validation() -> None:
    standard = RuleSet.objects.active()
    assert standard.name == "Standard"
    for each in standard.rules.all():
        each.full_clean()
    assert len({each.half_life for each in standard.rules.all() if each.sum in ("kept", "missed")}) == 1
    assert not standard.editable


def test_only_one_set_is_in_force() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSet.objects.create(name="Another", status="active")
    assert RuleSet.objects.active().name == "Standard"
