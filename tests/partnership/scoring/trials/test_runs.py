"""Runs from request to end: finished, cancelled, failed, or continued after a worker died."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from customers.models import Customer
from interactions.errors import ActionRefused
from interactions.models import Kind
from partnership.scoring.engine import rescoring
from partnership.scoring.models import RuleSet, Run, Score
from partnership.scoring.tasks import carry_on_runs_task
from partnership.scoring.trials import runs
from partnership.scoring.trials.runs import cancel_run, continue_run, continue_runs, request_run
from partnership.staff.models import User
from tests.strategies import DAY, NOON, customer_with, entry, make_active

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=1)


def clock() -> datetime:
    return LATER


def asked(kind: str = Run.Kind.PREVIEW, **settings: Any) -> Run:
    return request_run(kind, rule_set=RuleSet.objects.active(), by=None, at=NOON, settings=settings)


def ended(run: Run) -> Run:
    assert continue_run(run.pk, clock=clock)
    run.refresh_from_db()
    return run


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> list[Customer]:
    """Five customers, scored two at a time."""
    monkeypatch.setattr(rescoring, "CHUNK", 2)
    return [customer_with([entry(Kind.WORK_DONE, ago=ago)], f"Customer {ago}") for ago in range(5)]


@pytest.mark.usefixtures("people")
class TestToItsEnd:
    def test_each_kind(self) -> None:
        for customer in Customer.objects.all():
            Customer.objects.filter(pk=customer.pk).update(attributes={"passed": customer.pk % 2})
        backtest = {
            "as_of": str(DAY - timedelta(days=1)),
            "outcome": "attribute:passed",
            "horizon": None,
            "present": "",
        }
        found = {kind: ended(asked(kind, **(backtest if kind == "backtest" else {}))) for kind in Run.Kind}
        assert {kind: (run.status, run.error) for kind, run in found.items()} == dict.fromkeys(Run.Kind, ("done", ""))
        assert found[Run.Kind.PREVIEW].result["customers"] == 5
        assert found[Run.Kind.BACKTEST].result["n"] == 4
        assert found[Run.Kind.RESCORE].result == {"customers": 5, "ruleset": "Standard"}
        assert found[Run.Kind.AUDIT].result["checked"] == 5
        for run in found.values():
            assert (run.done, run.total) == (5, 5)
            assert (run.started_at, run.finished_at) == (LATER, LATER)

    def test_once_ended_it_is_left_alone(self) -> None:
        run = ended(asked())
        before = Run.objects.values().get(pk=run.pk)
        assert continue_run(run.pk, clock=lambda: LATER + timedelta(days=1))
        assert Run.objects.values().get(pk=run.pk) == before
        assert continue_runs(clock=clock) == 0

    def test_rescores_come_first_then_the_oldest(self) -> None:
        order = [asked().pk, asked(Run.Kind.AUDIT).pk, asked(Run.Kind.RESCORE).pk]
        assert runs.find_next_run() == order[2]
        assert continue_runs(clock=clock) == 3
        assert list(Run.objects.order_by("pk").values_list("status", flat=True)) == ["done"] * 3

    def test_progress_is_stored_chunk_by_chunk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run, seen = asked(), []
        with_progress(monkeypatch, lambda: seen.append(Run.objects.values_list("done", "total").get(pk=run.pk)))
        ended(run)
        assert seen == [(0, 5), (2, 5), (4, 5), (5, 5)]

    def test_cancelled_between_two_chunks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run = asked()
        with_progress(monkeypatch, lambda: Run.objects.get(pk=run.pk).done == 2 and cancel_run(run, at=LATER))
        ended(run)
        assert (run.status, run.result, run.error) == ("cancelled", None, "")
        assert run.done == 4
        assert run.finished_at == LATER

    def test_deleted_while_it_ran(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run = asked()
        with_progress(monkeypatch, lambda: Run.objects.filter(pk=run.pk, done=2).delete())
        assert continue_run(run.pk, clock=clock)
        assert not Run.objects.exists()

    def test_a_rescore_left_by_a_worker_that_died_goes_on_where_it_was(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run, rescored = asked(Run.Kind.RESCORE), []

        def rescore_and_die(customer_ids: list[int], *, at: datetime) -> None:
            if len(rescored) == 2:
                raise KeyboardInterrupt
            rescoring.rescore(customer_ids, at=at)
            rescored.extend(customer_ids)

        monkeypatch.setattr(runs, "rescore", rescore_and_die)
        with pytest.raises(KeyboardInterrupt):
            continue_run(run.pk, clock=clock)
        run.refresh_from_db()
        assert (run.status, run.done, run.total) == ("running", 2, 5)
        monkeypatch.setattr(runs, "rescore", lambda ids, *, at: (rescored.extend(ids), rescoring.rescore(ids, at=at)))
        assert carry_on_runs_task() == 1
        run.refresh_from_db()
        assert (run.status, run.done, run.result["customers"]) == ("done", 5, 5)
        assert sorted(rescored) == rescored == sorted(set(rescored))
        assert Score.objects.filter(day__isnull=False).count() == 5

    def test_one_that_kills_each_worker_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run, begun = asked(), []

        def die(*_: Any, **__: Any) -> None:
            begun.append(run.pk)
            raise KeyboardInterrupt

        monkeypatch.setattr(runs, "preview_rule_set", die)
        for attempt in (1, 2, 3):
            with pytest.raises(KeyboardInterrupt):
                continue_run(run.pk, clock=clock)
            run.refresh_from_db()
            assert (run.status, run.attempts) == ("running", attempt)
        waiting = asked(Run.Kind.AUDIT)
        assert carry_on_runs_task() == 2
        run.refresh_from_db()
        waiting.refresh_from_db()
        assert (run.status, run.result, len(begun), waiting.status) == ("failed", None, 3, "done")
        assert "Started 3 times" in run.error_message

    def test_a_rescore_that_gets_ahead_is_never_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run, rescored = asked(Run.Kind.RESCORE), []

        def rescore_one_chunk_and_die(customer_ids: list[int], *, at: datetime) -> None:
            if len(rescored) % 2:
                rescored.append([])
                raise KeyboardInterrupt
            rescored.append(customer_ids)

        monkeypatch.setattr(rescoring, "CHUNK", 1)
        monkeypatch.setattr(runs, "rescore", rescore_one_chunk_and_die)
        for _ in range(4):
            with pytest.raises(KeyboardInterrupt):
                continue_run(run.pk, clock=clock)
        assert ended(run).status == "done"
        assert run.result["customers"] == 5

    def test_a_rescore_gives_way_to_that_of_a_newer_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run = asked(Run.Kind.RESCORE)
        other = RuleSet.objects.create(name="Other")
        with_progress(monkeypatch, lambda: Run.objects.filter(pk=run.pk, done=2).exists() and make_active(other))
        ended(run)
        assert (run.status, run.done) == ("cancelled", 2)
        assert "Another rule set was activated" in run.error_message


def with_progress(monkeypatch: pytest.MonkeyPatch, also: Callable[[], object]) -> None:
    """Do something after the progress of each chunk is stored, and once before the first."""
    note = runs.store_progress

    def note_and(run: Run, done: int, total: int) -> None:
        note(run, done, total)
        also()

    monkeypatch.setattr(runs, "store_progress", note_and)


def test_cancelled_before_anybody_began() -> None:
    run = asked()
    cancel_run(run, at=LATER)
    run.refresh_from_db()
    assert (run.status, run.finished_at) == ("cancelled", LATER)
    assert continue_runs(clock=clock) == 0


def test_cancelled_when_it_was_over() -> None:
    run = ended(asked())
    cancel_run(run, at=LATER)
    run.refresh_from_db()
    assert (run.status, run.cancelling) == ("done", False)


def test_a_rescore_is_not_cancelled() -> None:
    with pytest.raises(ActionRefused, match="follow the active rules"):
        cancel_run(asked(Run.Kind.RESCORE), at=LATER)


def test_what_cannot_be_answered_is_said() -> None:
    run = ended(asked(Run.Kind.BACKTEST, as_of=str(DAY), outcome="attribute:passed"))
    assert (run.status, run.result, run.finished_at) == ("failed", None, LATER)
    assert "No customer has an attribute passed" in run.error_message


def test_a_fault_of_ours_is_stored_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(runs, "preview_rule_set", lambda *_, **__: 1 / 0)
    with caplog.at_level(logging.ERROR):
        run = ended(asked())
    assert run.status == "failed"
    assert "ZeroDivisionError" in run.error_message
    assert "ZeroDivisionError" in caplog.text


def test_who_asked_and_when() -> None:
    user = User.objects.create_user("sam@firm.example", name="Sam")
    run = request_run(Run.Kind.PREVIEW, rule_set=RuleSet.objects.active(), by=user, at=NOON)
    assert (run.status, run.by, run.asked_at, run.settings) == ("waiting", user, NOON, {})


def test_a_worker_is_told_once_it_is_committed(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **_: sent.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        asked()
        assert sent == []
    assert sent == ["scoring.carry_on_runs"] == [carry_on_runs_task.name]


def test_a_lost_nudge_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    def lose(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(current_app, "send_task", lose)
    with django_capture_on_commit_callbacks(execute=True):
        run = asked()
    assert Run.objects.get(pk=run.pk).status == "waiting"


def test_the_lock_is_let_go() -> None:
    ended(asked())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone() == (0,)


def test_the_task_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", clock)
    asked()
    assert [carry_on_runs_task(), carry_on_runs_task()] == [1, 0]
