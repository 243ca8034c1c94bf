"""Reasons as sentences, whatever rules an admin writes."""

from typing import Any

import pytest
from django.db.models import Count
from hypothesis import given
from hypothesis import strategies as st

from interactions.actions.record import Entry
from interactions.models import Interaction, Kind
from partnership.scoring.explain.evidence import count_evidence
from partnership.scoring.explain.explanation import COMMITMENT, RECIPROCITY, explain_score, explain_scores
from partnership.scoring.explain.wording import (
    COUNT_LABELS,
    MISSING_LABELS,
    describe_fading,
    describe_line,
    describe_missing_kinds,
)
from tests.strategies import DAY, customer_with, entry, histories, make_rule_set, rolled_back, rule_sets

pytestmark = pytest.mark.django_db


def test_every_kind_has_its_words() -> None:
    assert set(COUNT_LABELS) == set(MISSING_LABELS) == set(Kind)
    for words in COUNT_LABELS.values():
        assert "1" in words % 1 or "once" in words % 1
        assert "2" in words % 2
        assert (words % 1).replace("1", "2") != words % 2, words


@given(history=histories(most=30), rules=rule_sets())
def test_what_is_counted_kind_by_kind_is_what_is_scored(history: list[Entry], rules: dict) -> None:
    with rolled_back():
        found = explain_score(customer_with(history).pk, as_of=DAY, rule_set=make_rule_set(rules))
        evidence = count_evidence([found])[found.customer_id]
        for line in found.lines:
            if line.rule:
                told = evidence[line.rule.pk]
                assert told.kinds.total() == line.count
                assert (told.last_on is None) == (line.count == 0)
                assert set(told.kinds) <= set(line.rule.kinds)


@given(history=histories(most=30), rules=st.none() | rule_sets())
def test_every_line_is_a_sentence_with_its_count(history: list[Entry], rules: dict | None) -> None:
    with rolled_back():
        found = explain_score(customer_with(history).pk, as_of=DAY, rule_set=make_rule_set(rules))
        evidence = count_evidence([found])[found.customer_id]
        for line in found.lines:
            if line.rule and line.count:
                told = evidence[line.rule.pk]
                words = describe_line(line, told, found)
                assert all(str(count) in words or (count == 1 and "once" in words) for count in told.kinds.values())
                assert line.rule.name not in words
                assert describe_fading(line, told, DAY) or not line.points
        for score in (COMMITMENT, RECIPROCITY):
            missing = describe_missing_kinds(found.list_unused_rules(score)).values()
            assert len(set(missing)) == len(missing)


@pytest.mark.parametrize(
    ("history", "said"),
    [
        ([entry(Kind.REFERRAL)], "1 referral"),
        ([entry(Kind.REFERRAL)] * 2 + [entry(Kind.TESTIMONIAL)], "2 referrals and 1 testimonial"),
        ([entry(Kind.ATTENDANCE, ago=ago) for ago in range(3)], "came 3 times"),
        ([entry(Kind.ATTENDANCE)], "came once"),
        ([entry(Kind.COMMITMENT_KEPT)], "kept 1 of 1 promise"),
        ([entry(Kind.COMMITMENT_KEPT), entry(Kind.COMMITMENT_MISSED)], "kept 1 of 2 promises"),
    ],
)
def test_the_standard_rules_in_words(history: list[Entry], said: str) -> None:
    with rolled_back():
        found = explain_score(customer_with(history).pk, as_of=DAY)
        evidence = count_evidence([found])[found.customer_id]
        assert said in [describe_line(line, evidence[line.rule.pk], found) for line in found.lines if line.rule]


def test_many_are_told_in_one_read(django_assert_num_queries: Any) -> None:
    with rolled_back():
        ada, ben = customer_with([entry(Kind.REFERRAL)]), customer_with([entry(Kind.PRAISE)] * 2, name="Ben")
        found = explain_scores([ada.pk, ben.pk], as_of=DAY)
        with django_assert_num_queries(1):
            evidence = count_evidence(found.values())
        counted = {pk: sum((told.kinds for told in rules.values()), start=type(next(iter(rules.values())).kinds)())
                   for pk, rules in evidence.items()}  # fmt: skip
        assert counted == {ada.pk: {"referral": 1}, ben.pk: {"praise": 2}}
        assert Interaction.objects.filter(customer__in=[ada, ben]).aggregate(n=Count("pk"))["n"] == 3
        assert count_evidence([]) == {}
