"""Concurrent rescoring, writes and activations leave no stale scores and no scores of two sets."""

import contextlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from customers.models import Customer
from interactions.actions.record import record_many
from interactions.errors import ActionRefused
from interactions.merging.merging import merge_customers
from interactions.models import Interaction, Kind
from partnership.scoring.engine import rescoring
from partnership.scoring.engine.rescoring import rescore, rescore_all, rescore_stale
from partnership.scoring.models import RuleSet, Run, Score, ScoreSnapshot, StaleScore
from partnership.scoring.rules.activation import activate_rule_set, copy_rule_set
from partnership.scoring.trials import runs
from partnership.scoring.trials.runs import continue_run, continue_runs, request_run
from partnership.staff.models import Firm
from tests.processes import wait_until
from tests.races import NOON, assert_fresh, closing, event, sam, waiting_for_locks

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_two_writers_and_two_workers_leave_nothing_stale(at_once: Callable[..., list[Any]]) -> None:
    customer = Customer.objects.create(name="Ada")
    written = Event()

    def write(writer: str) -> None:
        for number in range(40):
            kind = [Kind.WORK_DONE, Kind.FEEDBACK, Kind.REQUEST, Kind.REFERRAL][number % 4]
            record_many([event(customer, f"{writer}{number}", kind=kind)], recorded_at=NOON)

    def work() -> None:
        while not written.is_set():
            rescore_stale(at=NOON)
        while rescore_stale(at=NOON):
            pass

    def write_both() -> None:
        with ThreadPoolExecutor(2) as writers:
            for future in [writers.submit(closing, write, name) for name in "ab"]:
                future.result(60)
        written.set()

    at_once(write_both, work, work)
    # Whoever came second may have found the row locked by the first, who was not yet done.
    assert rescore_stale(at=NOON) == StaleScore.objects.count() == 0
    assert Interaction.objects.count() == 80
    assert_fresh(customer)


def test_what_commits_while_scores_are_computed_is_the_next_rounds(
    at_once: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = Customer.objects.create(name="Ada")
    computed, committed = Event(), Event()
    write_scores = rescoring.write_scores

    def compute_and_dawdle(*arguments: Any) -> None:
        write_scores(*arguments)
        computed.set()
        assert committed.wait(20)

    def write() -> None:
        assert computed.wait(20)
        record_many([event(customer, "late", kind=Kind.REFERRAL)], recorded_at=NOON)
        committed.set()

    monkeypatch.setattr(rescoring, "write_scores", compute_and_dawdle)
    done, _ = at_once(lambda: rescore_stale(at=NOON), write)
    assert done == 1
    assert Score.objects.get(customer=customer).received == 0
    assert StaleScore.objects.count() == 1
    assert rescore_stale(at=NOON) == 1
    assert_fresh(customer)


def test_full_and_stale_rescores_of_many_at_once(at_once: Callable[..., list[Any]]) -> None:
    """Also with no Score rows yet: no deadlock, whatever the order of the keys."""
    customers = [Customer.objects.create(name=f"Customer {number}") for number in range(60)]
    record_many([event(customer, f"{customer.pk}", kind=Kind.FEEDBACK) for customer in customers], recorded_at=NOON)
    backwards = [customer.pk for customer in reversed(customers)]
    at_once(
        *[lambda: rescore_all(at=NOON)] * 2,
        *[lambda: rescore_stale(at=NOON, batch=7)] * 2,
        *[lambda: rescore(backwards, at=NOON)] * 2,
    )
    while rescore_stale(at=NOON):
        pass
    assert not StaleScore.objects.exists()
    assert_fresh(*customers)


def other_rules() -> RuleSet:
    """Make a draft in which doing their part counts three times as much."""
    draft = copy_rule_set(rule_set=RuleSet.objects.active(), name="Other", by=sam())
    draft.rules.filter(name="Doing their part").update(points=3, daily_cap=3)
    return draft


def workers(number: int) -> list[Customer]:
    customers = [Customer.objects.create(name=f"Customer {number}") for number in range(number)]
    record_many([event(customer, f"{customer.pk}", kind=Kind.WORK_DONE) for customer in customers], recorded_at=NOON)
    return customers


def assert_all_under(rule_set: RuleSet, customers: list[Customer]) -> None:
    assert RuleSet.objects.active() == rule_set
    assert set(Score.objects.values_list("rule_set", flat=True)) == {rule_set.pk}
    assert_fresh(*customers)


@pytest.mark.parametrize("work", [lambda: rescore_stale(at=NOON), lambda: rescore_all(at=NOON)], ids=["stale", "full"])
class TestASetActivatedWhileOthersCompute:
    """Check that every score is of that set in the end."""

    def test_they_hold_rows_for_which_the_rescore_waits(
        self, at_once: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]
    ) -> None:
        customers, draft = workers(12), other_rules()
        read, activated = Event(), Event()
        write_scores = rescoring.write_scores

        def read_and_dawdle(rule_set: RuleSet, *arguments: Any) -> None:
            if rule_set != draft:
                read.set()
                assert activated.wait(20)
                wait_until(lambda: waiting_for_locks() == 1, what="the rescore to wait")
            write_scores(rule_set, *arguments)

        def activate_and_rescore() -> None:
            assert read.wait(20)
            run = activate_rule_set(rule_set=draft, why="To try", by=None, at=NOON)
            activated.set()
            assert continue_run(run.pk, clock=lambda: NOON)

        monkeypatch.setattr(rescoring, "write_scores", read_and_dawdle)
        at_once(work, activate_and_rescore)
        assert_all_under(draft, customers)

    def test_they_come_to_the_rows_after_the_rescore(
        self, at_once: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]
    ) -> None:
        customers, draft = workers(12), other_rules()
        begun, rescored = Event(), Event()

        def begin_and_dawdle() -> Firm:
            if not begun.is_set():
                begun.set()
                assert rescored.wait(20)
            return Firm.current()

        def activate_and_rescore() -> None:
            assert begun.wait(20)
            run = activate_rule_set(rule_set=draft, why="To try", by=None, at=NOON)
            assert continue_run(run.pk, clock=lambda: NOON)
            record_many([event(customers[0], "more", kind=Kind.WORK_DONE)], recorded_at=NOON)
            rescored.set()

        monkeypatch.setattr(rescoring, "Firm", SimpleNamespace(current=begin_and_dawdle))
        at_once(work, activate_and_rescore)
        assert_all_under(draft, customers)


CHANGES: list[Callable[[RuleSet], object]] = [
    lambda draft: draft.rules.filter(name="Doing their part").update(points=9),
    lambda draft: draft.rules.filter(name="Doing their part").delete(),
    lambda draft: draft.rules.create(name="More", sum="effort", kinds=["goal_set"], points=1, half_life=14),
    lambda draft: draft.tiers.filter(name="Partner").update(partnership=1),
    lambda draft: RuleSet.objects.filter(pk=draft.pk).update(doubt=9),
]


def content_of(rule_set: RuleSet) -> list[Any]:
    tiers = rule_set.tiers.values("name", "rank", "partnership", "commitment", "confidence")
    rows = (RuleSet.objects.filter(pk=rule_set.pk).values("doubt"), rule_set.rules.values(), tiers)
    return [list(found) for found in rows]


class TestADraftEditedWhileItIsActivated:
    """Also for writes that bypass the admin's forms."""

    @pytest.mark.parametrize("change", CHANGES)
    def test_the_edit_that_comes_second_is_refused(
        self, at_once: Callable[..., list[Any]], change: Callable[[RuleSet], object]
    ) -> None:
        draft, activated = other_rules(), Event()
        before = content_of(draft)

        def activate_and_linger() -> None:
            with transaction.atomic():
                activate_rule_set(rule_set=draft, why="To try", by=None, at=NOON)
                activated.set()
                wait_until(lambda: waiting_for_locks() > 0, what="the edit to wait")

        def edit() -> str:
            assert activated.wait(20)
            try:
                change(draft)
            except IntegrityError as refused:
                return str(refused)
            return ""

        _, refused = at_once(activate_and_linger, edit)
        assert "in drafts alone" in refused
        assert content_of(draft) == before

    def test_the_activation_that_comes_second_sees_the_edit(self, at_once: Callable[..., list[Any]]) -> None:
        draft, edited = other_rules(), Event()

        def edit_and_linger() -> None:
            with transaction.atomic():
                draft.rules.filter(name="Promise missed").update(half_life=90)
                edited.set()
                wait_until(lambda: waiting_for_locks() > 0, what="the activation to wait")

        def activate_it() -> str:
            assert edited.wait(20)
            try:
                activate_rule_set(rule_set=draft, why="To try", by=None, at=NOON)
            except ActionRefused as refused:
                return str(refused)
            return ""

        _, refused = at_once(edit_and_linger, activate_it)
        assert "fade alike" in refused
        assert RuleSet.objects.active() != draft


def test_sets_activated_by_many_while_events_arrive_and_workers_work(at_once: Callable[..., list[Any]]) -> None:
    customers, draft, standard = workers(30), other_rules(), RuleSet.objects.active()
    settled = Event()

    def swap() -> None:
        for number in range(6):
            chosen = draft if RuleSet.objects.active() == standard else standard
            with contextlib.suppress(ActionRefused):  # the other was quicker
                activate_rule_set(rule_set=chosen, why=f"Try {number}", by=None, at=NOON)
                continue_runs(clock=lambda: NOON)

    def write() -> None:
        for number in range(20):
            customer = customers[number % len(customers)]
            record_many([event(customer, f"more{number}", kind=Kind.WORK_DONE)], recorded_at=NOON)

    def work() -> None:
        while not settled.is_set():
            rescore_stale(at=NOON, batch=7)

    def until_settled() -> None:
        with ThreadPoolExecutor(3) as pool:
            for future in [pool.submit(closing, call) for call in (swap, swap, write)]:
                future.result(60)
        settled.set()

    at_once(until_settled, work, work)
    while rescore_stale(at=NOON):
        pass
    continue_runs(clock=lambda: NOON)
    assert not Run.objects.filter(status__in=Run.UNFINISHED).exists()
    assert_all_under(RuleSet.objects.active(), customers)


def test_activated_by_two_at_the_same_moment_one_set_is_in_force(at_once: Callable[..., list[Any]]) -> None:
    workers(3)
    drafts = [copy_rule_set(rule_set=RuleSet.objects.active(), name=f"Draft {number}", by=sam()) for number in range(4)]
    at_once(*[lambda one=one: activate_rule_set(rule_set=one, why="To try", by=None, at=NOON) for one in drafts])
    by_status = Counter(RuleSet.objects.values_list("status", flat=True))
    assert by_status == {"active": 1, "retired": 4}
    assert Run.objects.count() == 4
    continue_runs(clock=lambda: NOON)
    last = RuleSet.objects.active()
    assert Run.objects.get(status="done").rule_set == last
    assert Run.objects.filter(status="cancelled").count() == 3


def test_a_run_has_one_worker_at_a_time(at_once: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    workers(5)
    run = request_run(Run.Kind.PREVIEW, rule_set=RuleSet.objects.active(), by=None, at=NOON)
    turned_away = Event()
    calls: list[int] = []
    preview = runs.preview_rule_set

    def preview_and_wait(*arguments: Any, **options: Any) -> Any:
        calls.append(run.pk)
        assert turned_away.wait(20)
        return preview(*arguments, **options)

    def work() -> bool:
        mine = continue_run(run.pk, clock=lambda: NOON)
        if not mine:
            turned_away.set()
        return mine

    monkeypatch.setattr(runs, "preview_rule_set", preview_and_wait)
    assert sorted(at_once(work, work)) == [False, True]
    assert calls == [run.pk]
    run.refresh_from_db()
    assert run.status == "done"


@pytest.mark.parametrize("work", [lambda: rescore_stale(at=NOON), lambda: rescore_all(at=NOON)], ids=["stale", "full"])
def test_a_merge_and_a_rescore_of_both_do_not_wait_for_each_other(
    at_once: Callable[..., list[Any]], work: Callable[[], Any]
) -> None:
    """One customer has a snapshot of today, which the merge replaces; the other gets its first."""
    survivor, absorbed = (Customer.objects.create(name=name) for name in ("Ada", "A. Okafor"))
    rescore([survivor.pk], at=NOON)
    ScoreSnapshot.objects.filter(customer=survivor).update(commitment=99)
    record_many([event(absorbed, "work", kind=Kind.WORK_DONE)], recorded_at=NOON)
    by, begun = sam(), Event()

    def rescore_both() -> None:
        with transaction.atomic():
            work()
            begun.set()
            wait_until(lambda: waiting_for_locks() == 1, what="the merge to wait")

    def merge_them() -> None:
        assert begun.wait(20)
        merge_customers(survivor=survivor, absorbed=absorbed, by=by, at=NOON)

    at_once(rescore_both, merge_them)
    while rescore_stale(at=NOON):
        pass
    assert_fresh(survivor)
