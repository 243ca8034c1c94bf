"""Two rule sets compared."""

from typing import Any

import pytest

from partnership.scoring.models import RuleSet, Tier
from partnership.scoring.rules.activation import copy_rule_set
from partnership.scoring.rules.comparison import compare_rule_sets
from partnership.scoring.rules.summaries import describe_tier
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def standard() -> RuleSet:
    return RuleSet.objects.active()


@pytest.fixture
def draft(standard: RuleSet) -> RuleSet:
    return copy_rule_set(rule_set=standard, name="Spring", by=UserFactory())


def test_a_copy_is_no_change(standard: RuleSet, draft: RuleSet) -> None:
    draft.rules.filter(name="Refund").update(position=0)  # another place is no other value
    found = compare_rule_sets(standard, draft)
    assert found.changes.is_empty
    assert standard.fingerprint() == draft.fingerprint()
    assert len(found.rules) == standard.rules.count()


def test_what_differs_is_told_by_name(standard: RuleSet, draft: RuleSet) -> None:
    draft.rules.filter(name="Refund").delete()
    draft.rules.filter(name="Free work").update(name="Favours")
    draft.rules.filter(name="Asking").update(points=2, channels=["email"])
    draft.tiers.filter(name="Partner").update(partnership=60, exceptions_offered=False)
    draft.newcomer_days = 30
    found = compare_rule_sets(standard, draft).changes
    assert standard.fingerprint() != draft.fingerprint()
    assert {pair.name: pair.change for pair in found.rules} == {
        "Refund": "gone", "Free work": "gone", "Favours": "added", "Asking": "changed",
    }  # fmt: skip
    asking = next(pair for pair in found.rules if pair.name == "Asking")
    assert [(one.label, one.first, one.second) for one in asking.differences] == [
        ("Channels", "–", "e-mail"),
        ("Points", "1", "2"),
    ]
    [partner] = found.tiers
    assert [(one.first, one.second) for one in partner.differences] == [("55", "60"), ("yes", "no")]
    assert [(one.label, one.first, one.second) for one in found.constants] == [("Days as a newcomer", "180", "30")]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"partnership": 35, "confidence": 0.4}, "from partnership 35, confidence 0.4"),
        ({}, "for everybody else"),
        ({"for_newcomers": True}, "for newcomers"),
        ({"for_newcomers": True, "partnership": 35}, "for newcomers"),  # whose thresholds nobody looks at
    ],
)
def test_a_tier_says_who_reaches_it(fields: dict[str, Any], words: str) -> None:
    assert describe_tier(Tier(**fields)) == f"{words}; answer within 16 business hours"
