"""Tasks change nothing when run twice, and use the firm's day."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Commitment, Customer
from interactions.actions.promises import make_promise
from interactions.models import Interaction, Kind
from interactions.tasks import miss_overdue_task
from partnership.scoring.engine.freshness import find_failed_rescore
from partnership.scoring.models import RuleSet, Run, Score, ScoreSnapshot, StaleScore
from partnership.scoring.rules.activation import activate_rule_set, copy_rule_set
from partnership.scoring.signals import everybody_rescored
from partnership.scoring.tasks import carry_on_runs_task, rescore_new_day_task, rescore_stale_task
from partnership.scoring.trials import runs
from partnership.staff.models import Firm, User
from tests.strategies import NOON, add_history, customer_with, entry, make_active, make_rule_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


class Clock:
    now = NOON


@pytest.fixture
def heard() -> Iterator[list[tuple[RuleSet, datetime]]]:
    """Collect the rule sets and moments that everybody_rescored was sent with."""
    sets: list[tuple[RuleSet, datetime]] = []

    def hear(*, rule_set: RuleSet, at: datetime, **_more: Any) -> None:
        sets.append((rule_set, at))

    everybody_rescored.connect(hear)
    yield sets
    everybody_rescored.disconnect(hear)


def world() -> list[object]:
    tables = (Interaction, Commitment, Score, ScoreSnapshot, StaleScore)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def rescored_at_night() -> int:
    """Return how many rescores were requested, and how many finished."""
    asked = rescore_new_day_task()
    assert asked <= carry_on_runs_task()
    return asked


def test_draining_twice(clock: Clock) -> None:
    for number in range(3):
        customer_with([entry(Kind.WORK_DONE)], f"Customer {number}")
    assert rescore_stale_task() == 3
    before = world()
    assert rescore_stale_task() == 0
    assert world() == before


def test_a_new_day_once(clock: Clock) -> None:
    Firm.objects.create(name="Firm", timezone="Asia/Kolkata")
    customer = customer_with([entry(Kind.WORK_DONE)])
    rescore_stale_task()
    assert rescore_new_day_task() == 0
    clock.now = datetime(2026, 1, 15, 18, 29, tzinfo=UTC)
    assert rescore_new_day_task() == 0
    clock.now = datetime(2026, 1, 15, 18, 30, tzinfo=UTC)  # midnight in Kolkata
    assert rescored_at_night() == 1
    assert str(Score.objects.get(customer=customer).day) == "2026-01-16"
    before = world()
    assert rescore_new_day_task() == 0
    assert world() == before


def test_a_new_day_does_not_wait_for_who_was_merged(clock: Clock) -> None:
    """An absorbed customer is not rescored, and the score keeps its day."""
    survivor, absorbed = customer_with([], "Ada"), customer_with([], "Ada again")
    rescore_stale_task()
    absorbed.merged_into = survivor
    absorbed.save()
    rescore_stale_task()
    clock.now += timedelta(days=1)
    assert rescored_at_night() == 1
    assert rescore_new_day_task() == 0


@pytest.mark.parametrize("nights", [0, 1])
def test_new_rules_are_told_of_though_their_rescore_was_lost(clock: Clock, heard: list[Any], nights: int) -> None:
    customer_with([entry(Kind.WORK_DONE)])
    rescore_stale_task()
    make_active(new := make_rule_set({"constants": {}, "rules": [], "tiers": [{}], "newcomers": False}))
    clock.now += timedelta(days=nights)
    assert [rescored_at_night(), rescore_new_day_task()] == [1, 0]
    assert heard == [(new, clock.now)]


def test_new_rules_are_left_to_their_rescore_to_tell_of(clock: Clock, heard: list[Any]) -> None:
    customer_with([entry(Kind.WORK_DONE)])
    rescore_stale_task()
    make_active(new := make_rule_set({"constants": {}, "rules": [], "tiers": [{}], "newcomers": False}))
    Run.objects.create(kind=Run.Kind.RESCORE, rule_set=new, asked_at=NOON)
    assert rescored_at_night() == 0
    assert heard == [(new, NOON)]
    clock.now += timedelta(days=1)
    assert rescored_at_night() == 1
    assert heard == [(new, NOON)]


def test_a_small_firm_hears_of_new_rules_too(clock: Clock, heard: list[Any]) -> None:
    """A stale customer may be rescored before the full rescore gets there."""
    customer_with([entry(Kind.WORK_DONE)])
    draft = copy_rule_set(rule_set=RuleSet.objects.active(), name="New", by=None)
    activate_rule_set(rule_set=draft, why="To try", by=None, at=NOON)
    assert rescore_stale_task() == 1
    assert carry_on_runs_task() == 1
    assert heard == [(draft, NOON)]


@pytest.mark.parametrize("kind", ["raises", "dies"])
def test_a_rescore_that_was_given_up_is_asked_for_at_a_pace_and_seen(
    clock: Clock, heard: list[Any], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    customer = customer_with([entry(Kind.WORK_DONE)])
    rescore_stale_task()
    clock.now += timedelta(days=1)
    begun = []

    def fail(*_: Any, **__: Any) -> None:
        begun.append(clock.now)
        raise ZeroDivisionError if kind == "raises" else KeyboardInterrupt

    attempts = {"raises": 1, "dies": 3}[kind]
    with monkeypatch.context() as patched:
        patched.setattr(runs, "rescore", fail)
        for minute in range(0, 185, 5):  # as beat does
            clock.now = NOON + timedelta(days=1, minutes=minute)
            rescore_new_day_task()
            for _ in range(attempts + 1):
                with suppress(KeyboardInterrupt):
                    carry_on_runs_task()
    assert len(begun) == 4 * attempts
    assert {moment.minute for moment in begun} == {0}
    assert {run.status for run in Run.objects.all()} == {"failed"}
    assert find_failed_rescore(at=clock.now) == Run.objects.latest("pk")
    clock.now += timedelta(hours=1)
    assert rescored_at_night() == 1
    assert find_failed_rescore(at=clock.now) is None
    assert Score.objects.get(customer=customer).day == Firm.current().local_date(clock.now)
    assert heard == []


def test_what_failed_under_other_rules_holds_up_nothing(clock: Clock) -> None:
    customer_with([entry(Kind.WORK_DONE)])
    rescore_stale_task()
    failed = {"kind": Run.Kind.RESCORE, "status": Run.Status.FAILED, "asked_at": NOON, "finished_at": NOON}
    Run.objects.create(rule_set=RuleSet.objects.active(), **failed)
    assert find_failed_rescore(at=NOON) is None, "nothing is behind"
    make_active(make_rule_set({"constants": {}, "rules": [], "tiers": [{}], "newcomers": False}))
    assert find_failed_rescore(at=NOON) is not None
    assert rescored_at_night() == 1
    assert find_failed_rescore(at=NOON) is None


def test_tomorrows_history_counts_tomorrow(clock: Clock) -> None:
    customer = customer_with([])
    add_history(customer, [entry(Kind.WORK_DONE, ago=-1)])
    rescore_stale_task()
    assert Score.objects.get(customer=customer).effort == 0
    clock.now += timedelta(days=1)
    assert rescored_at_night() == 1
    assert Score.objects.get(customer=customer).effort > 0


def test_overdue_promises_are_missed_once(clock: Clock) -> None:
    user = User.objects.create_user("sam@firm.example", name="Sam")
    customer = Customer.objects.create(name="Ada")
    made_at, due_on = NOON - timedelta(days=3), (NOON - timedelta(days=1)).date()
    make_promise(customer=customer, party="them", what="Send it", made_at=made_at, due_on=due_on, by=user)
    make_promise(customer=customer, party="us", what="Answer", made_at=made_at, due_on=NOON.date(), by=user)
    assert miss_overdue_task() == 1
    before = world()
    clock.now += timedelta(hours=1)
    assert miss_overdue_task() == 0
    assert world() == before
