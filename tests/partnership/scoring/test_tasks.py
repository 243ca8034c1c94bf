"""Each task run twice changes nothing the second time; and what it looks at is the firm's day."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Commitment, Customer
from interactions.actions.promises import make_promise
from interactions.models import Interaction, Kind
from interactions.tasks import miss_overdue_task
from partnership.scoring.models import RuleSet, Run, Score, ScoreSnapshot, StaleScore
from partnership.scoring.signals import everybody_rescored
from partnership.scoring.tasks import rescore_new_day_task, rescore_stale_task
from partnership.staff.models import Firm, User
from tests.strategies import NOON, add, customer_with, entry, made, put_in_force

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
    """Rule sets of which it was said that everybody is rescored under them, and when."""
    sets: list[tuple[RuleSet, datetime]] = []

    def hear(*, rule_set: RuleSet, at: datetime, **_more: Any) -> None:
        sets.append((rule_set, at))

    everybody_rescored.connect(hear)
    yield sets
    everybody_rescored.disconnect(hear)


def world() -> list[object]:
    tables = (Interaction, Commitment, Score, ScoreSnapshot, StaleScore)
    return [list(table.objects.order_by("pk").values()) for table in tables]


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
    assert rescore_new_day_task() == 1
    assert str(Score.objects.get(customer=customer).day) == "2026-01-16"
    before = world()
    assert rescore_new_day_task() == 0
    assert world() == before


def test_a_new_day_does_not_wait_for_who_was_merged(clock: Clock) -> None:
    """Nobody rescores an absorbed customer, whose score keeps its day."""
    survivor, absorbed = customer_with([], "Ada"), customer_with([], "Ada again")
    rescore_stale_task()
    absorbed.merged_into = survivor
    absorbed.save()
    rescore_stale_task()
    clock.now += timedelta(days=1)
    assert rescore_new_day_task() == 1
    assert rescore_new_day_task() == 0


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize("nights", [0, 1])
def test_new_rules_are_told_of_though_their_rescore_was_lost(
    clock: Clock, heard: list[Any], deleted: bool, nights: int
) -> None:
    customer_with([entry(Kind.WORK_DONE)])
    rescore_stale_task()
    new = made({"constants": {}, "rules": [], "tiers": [{}], "newcomers": False})
    put_in_force(new)
    rescore = Run.objects.create(kind=Run.Kind.RESCORE, rule_set=new, status=Run.Status.FAILED, asked_at=NOON)
    if deleted:
        rescore.delete()
    clock.now += timedelta(days=nights)
    assert [rescore_new_day_task(), rescore_new_day_task()] == [1, 0]
    assert heard == [(new, clock.now)]


def test_new_rules_are_left_to_their_rescore_to_tell_of(clock: Clock, heard: list[Any]) -> None:
    customer_with([entry(Kind.WORK_DONE)])
    rescore_stale_task()
    put_in_force(new := made({"constants": {}, "rules": [], "tiers": [{}], "newcomers": False}))
    Run.objects.create(kind=Run.Kind.RESCORE, rule_set=new, status=Run.Status.RUNNING, asked_at=NOON)
    assert rescore_new_day_task() == 0
    clock.now += timedelta(days=1)
    assert rescore_new_day_task() == 1
    assert heard == []


def test_tomorrows_history_counts_tomorrow(clock: Clock) -> None:
    customer = customer_with([])
    add(customer, [entry(Kind.WORK_DONE, ago=-1)])
    rescore_stale_task()
    assert Score.objects.get(customer=customer).effort == 0
    clock.now += timedelta(days=1)
    rescore_new_day_task()
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
