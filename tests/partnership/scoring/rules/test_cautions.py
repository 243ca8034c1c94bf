"""What can be activated after a click: each caution names its row, what follows from it, and the remedy."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.models import Kind
from partnership.scoring.engine.formulas import SUMS, UNITS_PER_POINT, compute_scores
from partnership.scoring.models import RuleSet, Tier, ValueRule
from partnership.scoring.rules.cautions import find_cautions
from partnership.scoring.rules.presets import PRESETS, create_from_preset
from partnership.scoring.rules.reach import compute_reach
from partnership.scoring.rules.validation import Problem
from tests.partnership.scoring.rules.test_validation import rule
from tests.strategies import customer_with, entry, make_rule_set, rolled_back, rule_sets

pytestmark = pytest.mark.django_db

KEPT = {"sum": "kept", "kinds": [Kind.COMMITMENT_KEPT], "half_life": 60}
DAILY = {"sum": "effort", "kinds": [Kind.ATTENDANCE], "half_life": 14, "daily_cap": Decimal(1)}
NEW = {"name": "New", "for_newcomers": True}


def tiers_of(*fields: dict[str, Any]) -> list[Tier]:
    return [Tier(**{"rank": rank, "name": f"Tier {rank}", **given}) for rank, given in enumerate(fields)]


def cautions(*rules: ValueRule, tiers: list[Tier] | None = None, **constants: float) -> list[Problem]:
    rules = rules or (rule("Kept", **KEPT), rule("Came", **DAILY))
    return find_cautions(RuleSet(name="Draft", **constants), rules, tiers_of({}, NEW) if tiers is None else tiers)


def told(found: list[Problem]) -> list[tuple[str, str]]:
    return [(str(one.rule or one.tier or ""), one.field) for one in found]


def test_the_standard_set_and_the_presets_need_none() -> None:
    for rule_set in [RuleSet.objects.active(), *(create_from_preset(name, by=None) for name in PRESETS)]:
        assert find_cautions(rule_set, list(rule_set.rules.all()), list(rule_set.tiers.all())) == []


def test_p18_purchases_let_money_alone_make_a_partner() -> None:
    bought = rule("Bought", sum="received", kinds=[Kind.PURCHASE, Kind.REFERRAL])
    assert told(cautions(bought, rule("Kept", **KEPT))) == [("Bought", "kinds")]


def test_a_set_without_rules_counts_nothing() -> None:
    [found] = find_cautions(RuleSet(name="Draft"), [], tiers_of({}, NEW))
    assert "There is no rule" in found.text


def test_commitment_that_cannot_rise() -> None:
    [found] = cautions(rule("Doors", sum="received", kinds=[Kind.REFERRAL]))
    assert "commitment" in found.text
    missed = rule("Missed", sum="missed", kinds=[Kind.COMMITMENT_MISSED], direction="inbound", half_life=60)
    [found] = cautions(missed, rule("Came", **DAILY))
    assert "can only lose" in found.text
    assert cautions(missed, rule("Kept", **KEPT)) == []


def test_evidence_in_timelines_that_no_rule_counts() -> None:
    customer_with([entry("attendance"), entry("testimonial"), entry("testimonial", ago=3), entry("note")])
    [found] = cautions(rule("Kept", **KEPT))
    assert "testimonial (2), attendance (1)." in found.text
    assert "note" not in found.text.split("them:")[1]


def test_evidence_that_nobody_has_is_left_alone() -> None:
    assert cautions(rule("Kept", **KEPT)) == []


def test_no_tier_for_newcomers() -> None:
    [found] = cautions(tiers=tiers_of({}))
    assert "newcomers" in found.text


def test_a_tier_that_asks_for_less_than_the_one_below_it() -> None:
    tiers = tiers_of({}, NEW, {"partnership": 55, "commitment": 20}, {"partnership": 35, "commitment": 60})
    [found] = cautions(tiers=tiers)
    assert (found.tier, found.field) == (tiers[3], "partnership")
    assert "partnership at least 35, not 55" in found.text
    tiers[3].partnership = 55
    assert cautions(tiers=tiers) == []


def test_a_tier_that_nobody_has() -> None:
    tiers = tiers_of({}, NEW, {"partnership": 55}, {"partnership": 35})
    [found] = cautions(tiers=tiers)
    assert found.tier == tiers[2]
    assert "No customer has this tier" in found.text
    assert "“Tier 3”" in found.text
    tiers[3].partnership = 55
    assert told(cautions(tiers=tiers)) == [("Tier 2", "partnership")]
    assert told(cautions(tiers=tiers_of({}, NEW, {}))) == [("Tier 0", "partnership")]


def test_a_higher_tier_that_waits_longer() -> None:
    tiers = tiers_of({"response_hours": 8}, {**NEW, "response_hours": 40}, {"partnership": 40, "response_hours": 12})
    [found] = cautions(tiers=tiers)
    assert (found.tier, found.field) == (tiers[2], "response_hours")
    tiers[2].response_hours = 8
    assert cautions(tiers=tiers) == []


def test_a_threshold_out_of_reach() -> None:
    """Once a day, effort tends to 1 / (1 - 2^(-1/14)) = 20.7 points: of full effort 0.91, of commitment 96.3."""
    tiers = tiers_of({}, NEW, {"commitment": 97})
    [found] = cautions(tiers=tiers)
    assert (found.tier, found.field) == (tiers[2], "commitment")
    assert "No customer can reach" in found.text
    assert "at most 96.3" in found.text
    tiers[2].commitment = 95
    [found] = cautions(tiers=tiers)
    assert "No customer can rise" in found.text
    assert cautions(tiers=tiers, margin=1) == []
    tiers[2].commitment = 90
    assert cautions(tiers=tiers) == []


def test_partnership_out_of_reach_where_nothing_they_put_in_counts() -> None:
    """Reciprocity stays at 50: partnership is at most √(50 · 96.3) = 69.4."""
    [found] = cautions(tiers=tiers_of({}, NEW, {"partnership": 75}))
    assert found.field == "partnership"
    assert "at most 69.4" in found.text


def test_confidence_out_of_reach() -> None:
    """Effort alone, 0.91 at most, is evidence of 1 - 2^(-0.91 / 0.5) = 0.71."""
    few = rule("Came", **DAILY)
    tiers = tiers_of({}, NEW, {"confidence": 0.72})
    assert told(cautions(few, tiers=tiers, confidence_half=0.5)) == [("Tier 2", "confidence")]
    assert told(cautions(few, thin_below=0.72, confidence_half=0.5)) == [("", "thin_below")]
    assert cautions(few, tiers=tiers, confidence_half=0.4) == []


def test_rules_that_share_a_cap_give_it_once() -> None:
    cap = {**DAILY, "shared_cap": "a day's work"}
    alone = compute_reach(RuleSet(name="Draft"), [rule("Came", **DAILY)])
    assert compute_reach(RuleSet(name="Draft"), [rule("Came", **cap), rule("Did", **cap)]) == alone
    twice = compute_reach(RuleSet(name="Draft"), [rule("Came", **DAILY), rule("Did", **DAILY)])
    assert twice.commitment > alone.commitment


@given(rule_sets(), st.lists(st.fixed_dictionaries({name: st.integers(0, 10**6) for name in SUMS}), min_size=1))
def test_no_sums_give_more_than_what_is_in_reach(data: dict, points: list[dict[str, int]]) -> None:
    """Sums of what has no rule are none; what has no cap goes as far as one likes."""
    with rolled_back():
        rule_set = make_rule_set(data)
        rules = [one for one in rule_set.rules.all() if one.daily_cap is None]
        counted = {one.sum for one in rules}
        reach = compute_reach(rule_set, rules)
        sums = [{name: most * UNITS_PER_POINT * (name in counted) for name, most in one.items()} for one in points]
        for scores in compute_scores(rule_set, sums):
            for name in ("partnership", "commitment", "confidence"):
                assert scores[name] <= getattr(reach, name) + 1e-6
