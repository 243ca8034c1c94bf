"""Previews against scores computed one by one; they write nothing and use stored scores."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from interactions.models import Kind
from partnership.scoring.engine import rescoring
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.explain.explanation import explain_scores
from partnership.scoring.models import RuleSet, Score, ScoreSnapshot, StaleScore
from partnership.scoring.rules.tier_lineage import match_tiers
from partnership.scoring.trials import tally
from partnership.scoring.trials.preview import Preview, preview_rule_set
from partnership.scoring.trials.progress import ignore_progress
from partnership.scoring.trials.tally import find_band_step, list_bands
from tests.examples import examples
from tests.strategies import (
    DAY,
    NOON,
    add_history,
    customer_with,
    entry,
    histories,
    make_rule_set,
    rolled_back,
    rule_sets,
)

pytestmark = pytest.mark.django_db


def draft(**changes: Any) -> RuleSet:
    """Copy the active set with other fields of the rule named `rule`."""
    name = changes.pop("rule", None)
    active, pk = RuleSet.objects.active(), RuleSet.objects.create(name="Draft").pk
    for rows in (active.rules.all(), active.tiers.all()):
        for row in rows:
            row.pk, row._state.adding, row.rule_set_id = None, True, pk
            if row.name == name:
                for field, value in changes.items():
                    setattr(row, field, value)
            row.save()
    return RuleSet.objects.prefetch_related("rules", "tiers").get(pk=pk)


def looked(rule_set: RuleSet) -> Preview:
    return preview_rule_set(rule_set, day=DAY, progress=ignore_progress)


def worker(name: str, days: int) -> Customer:
    return customer_with([entry(Kind.WORK_DONE, ago=n) for n in range(days)], name)


@examples(20)
@given(lives=st.lists(histories(most=8), max_size=5), rules=rule_sets(), stored=st.integers(0, 5))
def test_it_is_the_difference_of_two_scorings(lives: list[Any], rules: Any, stored: int) -> None:
    with rolled_back():
        people = [customer_with(life, f"Customer {n}") for n, life in enumerate(lives)]
        rescoring.rescore([one.pk for one in people[:stored]], at=NOON)
        drawn = make_rule_set(rules)
        found = looked(drawn)
        before = explain_scores(None, as_of=DAY)
        after = explain_scores(None, as_of=DAY, rule_set=drawn)
        active = RuleSet.objects.active()
        called = {match.former: (match.latter or match.former).name for match in match_tiers(active, drawn)}
        then = {pk: called[one.tier] for pk, one in before.items()}
        moves = Counter((then[pk], after[pk].tier.name) for pk in before)
        assert {(move["before"], move["after"]): move["customers"] for move in found["moves"]} == moves
        changes = {pk: after[pk].scores["partnership"] - before[pk].scores["partnership"] for pk in before}
        assert found["change"]["rose"] == sum(change > 0 for change in changes.values())
        assert found["change"]["same"] == sum(change == 0 for change in changes.values())
        assert found["change"]["mean"] == pytest.approx(sum(changes.values()) / max(1, len(people)))
        assert sum(band["customers"] for band in found["change"]["distribution"]) == len(people)
        winners = sorted((pk for pk in changes if changes[pk] > 0), key=lambda pk: (-changes[pk], pk))
        assert [one["id"] for one in found["winners"]] == winners
        assert {one["id"] for one in found["movers"]} == {pk for pk in before if then[pk] != after[pk].tier.name}


def test_the_active_set_itself_changes_nothing() -> None:
    for number in range(3):
        worker(f"Customer {number}", number)
    rescore_all(at=NOON)
    found = looked(RuleSet.objects.active())
    assert (found["customers"], found["changed_tier"], found["winners"], found["losers"]) == (3, 0, [], [])
    assert found["change"]["same"] == 3


def test_winners_and_losers_with_their_reasons() -> None:
    ada, eve = worker("Ada", 5), customer_with([entry(Kind.COMMITMENT_KEPT)], "Eve")
    found = looked(draft(rule="Doing their part", points=3, daily_cap=None))
    assert [one["customer"] for one in found["winners"]] == [ada.ref]
    (reason,) = found["winners"][0]["reasons"]
    assert (reason["rule"], reason["feeds"]) == ("Doing their part", "commitment")
    assert reason["after"] > reason["before"] > 0
    assert found["losers"] == []
    found = looked(draft_with_missed_promises_only(eve))
    assert eve.ref in [one["customer"] for one in found["losers"]]


def draft_with_missed_promises_only(customer: Customer) -> RuleSet:
    rule_set = RuleSet.objects.create(name="Strict")
    for tier in RuleSet.objects.active().tiers.all():
        tier.pk, tier._state.adding, tier.rule_set = None, True, rule_set
        tier.save()
    return RuleSet.objects.prefetch_related("rules", "tiers").get(pk=rule_set.pk)


def test_it_writes_nothing() -> None:
    worker("Ada", 5)
    before = [list(table.objects.order_by("pk").values()) for table in (Score, ScoreSnapshot, StaleScore)]
    looked(draft())
    assert [list(table.objects.order_by("pk").values()) for table in (Score, ScoreSnapshot, StaleScore)] == before


def test_what_is_stored_is_taken_when_it_is_of_today_and_not_stale() -> None:
    """The stored score is marked with a value that no computation gives."""
    ada = worker("Ada", 5)
    rescore_all(at=NOON)
    Score.objects.filter(customer=ada).update(partnership=99)
    assert looked(RuleSet.objects.active())["losers"][0]["before"] == 99
    add_history(ada, [entry(Kind.WORK_DONE)], prefix="more")
    assert looked(RuleSet.objects.active())["losers"] == []
    rescore_all(at=NOON)
    Score.objects.filter(customer=ada).update(partnership=99, day=DAY - timedelta(days=1))
    assert looked(RuleSet.objects.active())["losers"] == []


def test_lists_are_capped_and_chunks_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        add_history(worker(f"Customer {number}", 20 + number), [entry(Kind.COMMITMENT_KEPT)] * 3, prefix="kept")
    rule_set, seen = draft(rule="Doing their part", points="0.001", daily_cap="0.001"), []
    whole = looked(rule_set)
    assert whole["changed_tier"] == len(whole["movers"]) == len(whole["losers"]) == 7
    monkeypatch.setattr(rescoring, "CHUNK", 3)
    monkeypatch.setattr(tally, "MAX_EXTREMES", 2)
    monkeypatch.setattr(tally, "MAX_MOVERS", 4)
    capped = preview_rule_set(rule_set, day=DAY, progress=lambda *so_far: seen.append(so_far))
    assert seen == [(3, 7), (6, 7), (7, 7)]
    assert capped["losers"] == whole["losers"][:2]
    assert capped["movers"] == whole["movers"][:4]
    assert {**capped, "losers": [], "movers": []} == {**whole, "losers": [], "movers": []}


def test_many_cost_as_many_queries_as_few() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            looked(rule_set)
        return len(captured)

    rule_set = draft(rule="Doing their part", points=2)
    worker("Ada", 3)
    few = queries()
    for number in range(20):
        worker(f"Customer {number}", 3)
    assert queries() == few


def test_bands() -> None:
    assert [find_band_step(change) for change in (0, 0.5, 1, 1.5, 20.5, 100, -0.5, -5, -100)] == [
        0,
        1,
        1,
        2,
        5,
        5,
        -1,
        -2,
        -5,
    ]
    assert [(low, high) for _, low, high in list_bands()] == [
        (-100, -20), (-20, -10), (-10, -5), (-5, -1), (-1, 0), (0, 0), (0, 1), (1, 5), (5, 10), (10, 20), (20, 100),
    ]  # fmt: skip


def test_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    ada, rule_set = worker("Ada", 5), draft(rule="Doing their part", points=3, daily_cap=None)
    for called in ("Draft", str(rule_set.pk)):
        call_command("preview", called, "--json")
        assert json.loads(capsys.readouterr().out) == looked(rule_set)
    call_command("preview", "Draft")
    words = capsys.readouterr().out
    assert "Draft beside Standard" in words
    assert ada.ref in words
    with pytest.raises(CommandError, match=r"no rule set “Nope”. There are: “Standard” .*, “Draft” "):
        call_command("preview", "Nope")
