"""Scores without one of the rules."""

import pickle

import pgtrigger
import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from interactions.actions.record import Entry
from interactions.models import Kind
from partnership.scoring.explain.explanation import SCORES_WITHOUT_RULE, Explanation, explain_score, explain_scores
from partnership.scoring.models import RuleSet, ValueRule
from partnership.scoring.rules.activation import copy_rule_set
from tests.strategies import DAY, customer_with, entry, histories, make_rule_set, rolled_back, rule_sets

pytestmark = pytest.mark.django_db


def reread(rule_set: RuleSet) -> RuleSet:
    return RuleSet.objects.prefetch_related("rules", "tiers").get(pk=rule_set.pk)


@given(history=histories(most=30), rules=st.none() | rule_sets())
def test_it_is_the_score_of_the_set_that_lacks_the_rule(history: list[Entry], rules: dict | None) -> None:
    with rolled_back():
        rule_set = make_rule_set(rules)
        customer = customer_with(history)
        for line in explain_score(customer.pk, as_of=DAY, rule_set=rule_set).lines:
            if line.rule is None:
                assert line.scores_without is None
                continue
            with transaction.atomic():
                with pgtrigger.ignore("scoring.ValueRule:only_in_drafts"):
                    ValueRule.objects.filter(pk=line.rule.pk).delete()
                lacking = explain_score(customer.pk, as_of=DAY, rule_set=reread(rule_set))
                transaction.set_rollback(True)
            assert line.scores_without == {score: lacking.scores[score] for score in SCORES_WITHOUT_RULE}


def test_what_a_rule_leaves_of_a_shared_cap_goes_to_the_others() -> None:
    with rolled_back():
        both = {"sum": "effort", "points": 1, "daily_cap": 1, "shared_cap": "work", "half_life": 14}
        draft = copy_rule_set(rule_set=RuleSet.objects.active(), name="Draft", by=None)
        draft.rules.all().delete()
        for name, kind in (("First", Kind.WORK_DONE), ("Second", Kind.ATTENDANCE)):
            draft.rules.create(name=name, kinds=[kind], **both)
        history = [entry(Kind.WORK_DONE), entry(Kind.ATTENDANCE)]
        found = explain_score(customer_with(history).pk, as_of=DAY, rule_set=reread(draft))
        first, second = found.lines
        assert (first.decayed, second.decayed) == (1, 0)
        assert (
            first.scores_without
            == second.scores_without
            == {score: found.scores[score] for score in SCORES_WITHOUT_RULE}
        )


def test_nobody_says_it_of_many() -> None:
    with rolled_back():
        customer = customer_with([entry(Kind.WORK_DONE)])
        [found] = explain_scores([customer.pk], as_of=DAY).values()
        assert {line.scores_without for line in found.lines} == {None}


def test_an_explanation_can_be_pickled() -> None:
    with rolled_back():
        found = explain_score(customer_with([entry(Kind.REFERRAL)]).pk, as_of=DAY)
        again: Explanation = pickle.loads(pickle.dumps(found))
        assert again == found
        assert again.partnership == found.partnership
        with pytest.raises(AttributeError):
            _ = again.happiness
