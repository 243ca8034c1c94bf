"""What several do at the same moment, each on a connection of its own."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Event
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from customers.bulk import tag
from customers.models import Customer, Merge
from interactions.actions import merging
from interactions.actions import record as recording
from interactions.actions.conversations import take
from interactions.actions.deletions import delete_entry, restore_entry
from interactions.actions.entries import edit_entry
from interactions.actions.goals import check_in, set_goal
from interactions.actions.merging import merge
from interactions.actions.promises import keep_promise, make_promise, make_promises, miss_overdue
from interactions.actions.record import Entry, record, record_many, refresh_conversations
from interactions.actions.refusing import NotPossibleError
from interactions.actions.threads import join_threads
from interactions.actions.unmerging import unmerge
from interactions.models import Conversation, Interaction, Kind
from interactions.sources.history import import_records
from interactions.sources.interchange import conversations
from partnership.desk.forms.customer import ContactPointForm
from partnership.desk.forms.saving import is_saved
from partnership.scoring import rescoring, runs
from partnership.scoring.activation import activate, copy_of
from partnership.scoring.formulas import SUMS
from partnership.scoring.models import RuleSet, Run, Score, StaleScore
from partnership.scoring.rescoring import rescore, rescore_all, rescore_stale
from partnership.scoring.runs import ask_for, carry_on, carry_on_all
from partnership.staff.models import Firm, User
from tests.processes import wait_until
from tests.strategies import standing

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.fixture
def at_once() -> Iterator[Callable[..., list[Any]]]:
    """Call functions at the same moment, each in a thread with a connection of its own; what they return."""
    with ThreadPoolExecutor(8) as pool:

        def run(*calls: Callable[[], Any]) -> list[Any]:
            start = Barrier(len(calls))

            def one(call: Callable[[], Any]) -> Any:
                try:
                    start.wait(20)
                    return call()
                finally:
                    connection.close()

            return [future.result(60) for future in [pool.submit(one, call) for call in calls]]

        yield run


def event(customer: Customer, ref: str, *, minutes: int = 0, **fields: Any) -> Entry:
    given = {"channel": "email", "direction": "inbound", "kind": Kind.MESSAGE, **fields}
    occurred_at = NOON + timedelta(minutes=minutes)
    return Entry(customer_id=customer.pk, occurred_at=occurred_at, source="test", external_id=ref, **given)


def waiting_for_locks() -> int:
    """Other connections to this database that wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction keeps seeing what it first saw
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


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


def closing(call: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return call(*arguments)
    finally:
        connection.close()


def assert_fresh(*customers: Customer) -> None:
    for customer, fresh in zip(customers, standing(RuleSet.objects.active(), *customers, day=NOON.date()), strict=True):
        score = Score.objects.get(customer=customer)
        assert {name: getattr(score, name) for name in (*SUMS, "partnership")} == {
            name: fresh[name] for name in (*SUMS, "partnership")
        }


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
    """Also the first ones, when nobody has a Score row yet: no deadlock, whatever the order of the keys."""
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
    """A draft under which doing one's part counts three times as much."""
    draft = copy_of(rule_set=RuleSet.objects.active(), name="Other", by=sam())
    draft.rules.filter(name="Doing their part").update(points=3, daily_cap=3)
    return draft


def sam() -> User:
    return User.objects.get_or_create(email="sam@firm.example", defaults={"name": "Sam"})[0]


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
    """In the end every score is of that set."""

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
            run = activate(rule_set=draft, why="To try", by=None, at=NOON)
            activated.set()
            assert carry_on(run.pk, clock=lambda: NOON)

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
            run = activate(rule_set=draft, why="To try", by=None, at=NOON)
            assert carry_on(run.pk, clock=lambda: NOON)
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
    rows = (RuleSet.objects.filter(pk=rule_set.pk).values("doubt"), rule_set.rules.values(), rule_set.tiers.values())
    return [list(found) for found in rows]


class TestADraftEditedWhileItIsActivated:
    """Whatever writes it, past the admin's forms as well."""

    @pytest.mark.parametrize("change", CHANGES)
    def test_the_edit_that_comes_second_is_refused(
        self, at_once: Callable[..., list[Any]], change: Callable[[RuleSet], object]
    ) -> None:
        draft, activated = other_rules(), Event()
        before = content_of(draft)

        def activate_and_linger() -> None:
            with transaction.atomic():
                activate(rule_set=draft, why="To try", by=None, at=NOON)
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
                activate(rule_set=draft, why="To try", by=None, at=NOON)
            except NotPossibleError as refused:
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
            with contextlib.suppress(NotPossibleError):  # the other was quicker
                activate(rule_set=chosen, why=f"Try {number}", by=None, at=NOON)
                carry_on_all(clock=lambda: NOON)

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
    carry_on_all(clock=lambda: NOON)
    assert not Run.objects.filter(status__in=runs.UNFINISHED).exists()
    assert_all_under(RuleSet.objects.active(), customers)


def test_activated_by_two_at_the_same_moment_one_set_is_in_force(at_once: Callable[..., list[Any]]) -> None:
    workers(3)
    drafts = [copy_of(rule_set=RuleSet.objects.active(), name=f"Draft {number}", by=sam()) for number in range(4)]
    at_once(*[lambda one=one: activate(rule_set=one, why="To try", by=None, at=NOON) for one in drafts])
    by_status = Counter(RuleSet.objects.values_list("status", flat=True))
    assert by_status == {"active": 1, "retired": 4}
    assert Run.objects.count() == 4
    carry_on_all(clock=lambda: NOON)
    last = RuleSet.objects.active()
    assert Run.objects.get(status="done").rule_set == last
    assert Run.objects.filter(status="cancelled").count() == 3


def test_a_run_has_one_worker_at_a_time(at_once: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    workers(5)
    run = ask_for(Run.Kind.PREVIEW, rule_set=RuleSet.objects.active(), by=None, at=NOON)
    turned_away = Event()
    calls: list[int] = []
    preview = runs.preview

    def preview_and_wait(*arguments: Any, **options: Any) -> Any:
        calls.append(run.pk)
        assert turned_away.wait(20)
        return preview(*arguments, **options)

    def work() -> bool:
        mine = carry_on(run.pk, clock=lambda: NOON)
        if not mine:
            turned_away.set()
        return mine

    monkeypatch.setattr(runs, "preview", preview_and_wait)
    assert sorted(at_once(work, work)) == [False, True]
    assert calls == [run.pk]
    run.refresh_from_db()
    assert run.status == "done"


def test_one_delivery_at_two_doors(at_once: Callable[..., list[Any]]) -> None:
    """The same rows in another order at the same moment: each once, and nobody is turned away (I8)."""
    customer = Customer.objects.create(name="Ada")
    first, middle, last = (event(customer, ref) for ref in ("first", "middle", "last"))

    held = Event()

    def hold_the_middle() -> None:
        with transaction.atomic():
            record_many([middle], recorded_at=NOON)
            held.set()
            wait_until(lambda: waiting_for_locks() == 2, what="both deliveries to wait")

    def deliver(*batch: Entry) -> dict[tuple[str, str], int]:
        assert held.wait(20)
        return record_many(batch, recorded_at=NOON)

    _, one, other = at_once(hold_the_middle, lambda: deliver(first, middle, last), lambda: deliver(last, middle, first))
    assert len(one) + len(other) == 2
    assert Interaction.objects.count() == 3


def test_question_and_answer_at_the_same_moment(at_once: Callable[..., list[Any]]) -> None:
    """Neither transaction sees the other's row at first, yet together they leave what a later look would say."""
    customer = Customer.objects.create(name="Ada")
    conversation = Conversation.objects.create(customer=customer, channel="email")
    question = event(customer, "question", minutes=5, kind=Kind.QUESTION, conversation_id=conversation.pk)
    answer = event(customer, "answer", minutes=0, direction="outbound", conversation_id=conversation.pk)
    asked = Event()

    def ask() -> None:
        with transaction.atomic():
            record_many([question], recorded_at=NOON)
            asked.set()
            wait_until(lambda: waiting_for_locks() == 1, what="the answer to wait")

    def reply() -> None:
        assert asked.wait(20)
        record_many([answer], recorded_at=NOON)

    at_once(ask, reply)
    conversation.refresh_from_db()
    assert conversation.waiting_since == conversation.last_interaction_at == question.occurred_at


def test_two_readings_at_the_same_moment_leave_the_newer_current(at_once: Callable[..., list[Any]]) -> None:
    user = User.objects.create_user("sam@firm.example", name="Sam")
    customer = Customer.objects.create(name="Ada")
    for number in range(10):
        goal = set_goal(customer=customer, title=f"Goal {number}", at=NOON, by=user)
        later = NOON + timedelta(hours=1)
        at_once(
            lambda: check_in(goal=goal, value=Decimal(7), at=later, by=None),  # noqa: B023 - called at once
            lambda: check_in(goal=goal, value=Decimal(3), at=NOON, by=None),  # noqa: B023
        )
        goal.refresh_from_db()
        assert goal.current == 7


def test_kept_and_missed_at_the_same_moment(at_once: Callable[..., list[Any]]) -> None:
    """Kept late, the miss stands; whoever comes first, the rows are the same."""
    Firm.objects.update_or_create(id=1, defaults={"name": "Firm"})
    user = User.objects.create_user("sam@firm.example", name="Sam")
    customer = Customer.objects.create(name="Ada")
    due_on = (NOON - timedelta(days=1)).date()
    promises = [
        make_promise(
            customer=customer, party="them", what=f"{n}", made_at=NOON - timedelta(days=3), due_on=due_on, by=user
        )
        for n in range(10)
    ]
    keeps = [lambda promise=promise: keep_promise(promise, at=NOON, by=user) for promise in promises[:4]]
    at_once(*keeps, *[lambda: miss_overdue(at=NOON)] * 2)
    for promise in promises:
        promise.refresh_from_db()
    assert [promise.status for promise in promises] == ["kept"] * 4 + ["missed"] * 6
    assert Interaction.objects.filter(kind=Kind.COMMITMENT_MISSED).count() == 10
    assert Interaction.objects.filter(kind=Kind.COMMITMENT_KEPT, payload={"days_late": 1}).count() == 4


def test_kept_by_two_at_the_same_moment(at_once: Callable[..., list[Any]]) -> None:
    user = User.objects.create_user("sam@firm.example", name="Sam")
    promise = make_promise(
        customer=Customer.objects.create(name="Ada"), party="them", what="Come", made_at=NOON, by=user
    )

    def keep() -> bool:
        try:
            keep_promise(type(promise).objects.get(pk=promise.pk), at=NOON, by=user)
        except NotPossibleError:
            return False
        return True

    assert sorted(at_once(keep, keep)) == [False, True]
    assert Interaction.objects.filter(kind=Kind.COMMITMENT_KEPT).count() == 1


def test_taken_by_many_at_the_same_moment_it_is_the_firsts(at_once: Callable[..., list[Any]]) -> None:
    staff = [User.objects.create_user(f"staff{number}@firm.example", name=f"Staff {number}") for number in range(4)]
    thread = Conversation.objects.create(customer=Customer.objects.create(name="Ada"), channel="email")

    def take_it(user: User) -> str:
        try:
            take(Conversation.objects.get(pk=thread.pk), by=user, at=NOON)
        except NotPossibleError as error:
            return str(error)
        return ""

    said = at_once(*[lambda user=user: take_it(user) for user in staff])
    thread.refresh_from_db()
    first = staff[said.index("")]
    assert thread.assignee == first
    assert sorted(said) == ["", *[f"{first.name} has taken this conversation already."] * 3]


def test_what_arrives_while_its_thread_is_joined_is_where_the_thread_went(at_once: Callable[..., list[Any]]) -> None:
    """It came in before anybody else could see it, and finds its thread gone when it is there."""
    user = User.objects.create_user("sam@firm.example", name="Sam")
    customer = Customer.objects.create(name="Ada")
    one, other = (Conversation.objects.create(customer=customer, channel="email") for _ in range(2))
    arrived, joined = Event(), Event()

    row = Interaction(
        customer=customer, conversation=one, occurred_at=NOON, occurred_on=NOON.date(), recorded_at=NOON,
        channel="email", direction="inbound", kind=Kind.MESSAGE,
    )  # fmt: skip

    def arrive() -> None:
        with transaction.atomic():
            Interaction.objects.bulk_create([row])
            arrived.set()
            assert joined.wait(20)
            refresh_conversations([one.pk])

    def join() -> None:
        assert arrived.wait(20)
        join_threads(one, into=other, by=user, at=NOON)
        joined.set()

    at_once(arrive, join)
    assert Interaction.objects.get().conversation == other
    other.refresh_from_db()
    assert other.waiting_since == NOON


def test_what_is_recorded_for_somebody_while_they_are_merged_is_the_survivors(
    at_once: Callable[..., list[Any]],
) -> None:
    """Nothing is lost, nothing is left where nobody looks, and undone it is theirs."""
    user = User.objects.create_user("sam@firm.example", name="Sam")
    for number in range(5):
        survivor, absorbed = (Customer.objects.create(name=f"{name} {number}") for name in ("Ada", "A. Okafor"))
        thread = Conversation.objects.create(customer=absorbed, channel="email")
        done: list[Merge] = []

        def write(writer: str) -> None:
            for event_number in range(15):
                ref = f"{absorbed.pk}/{writer}{event_number}"  # noqa: B023 - called at once
                entry = event(absorbed, ref, minutes=event_number, kind=Kind.FEEDBACK, conversation_id=thread.pk)  # noqa: B023
                record_many([entry], recorded_at=NOON)

        at_once(
            lambda: write("a"),
            lambda: write("b"),
            lambda: done.append(merge(survivor=survivor, absorbed=absorbed, by=user, at=NOON)),  # noqa: B023
        )
        assert (survivor.interactions.count(), absorbed.interactions.count()) == (30, 0)
        thread.refresh_from_db()
        assert (thread.customer, thread.last_interaction_at) == (survivor, NOON + timedelta(minutes=14))
        unmerge(done[0], by=user, at=NOON)
        assert (survivor.interactions.count(), absorbed.interactions.count()) == (0, 30)
    while rescore_stale(at=NOON):
        pass
    assert_fresh(survivor, absorbed)


def test_what_is_being_recorded_when_a_merge_begins_is_waited_for(at_once: Callable[..., list[Any]]) -> None:
    user = User.objects.create_user("sam@firm.example", name="Sam")
    survivor, absorbed = Customer.objects.create(name="Ada"), Customer.objects.create(name="A. Okafor")
    recorded = Event()

    def write() -> None:
        with transaction.atomic():
            record_many([event(absorbed, "early")], recorded_at=NOON)
            recorded.set()
            wait_until(lambda: waiting_for_locks() == 1, what="the merge to wait")

    def merge_them() -> None:
        assert recorded.wait(20)
        merge(survivor=survivor, absorbed=absorbed, by=user, at=NOON)

    at_once(write, merge_them)
    assert Interaction.objects.get().customer == survivor


Work = tuple[Any, Callable[[], object]]
"""A row that a verb holds first, and the verb, which then asks for its customer."""


def on_a_goal(_other: Customer, _survivor: Customer, absorbed: Customer) -> Work:
    goal = set_goal(customer=absorbed, title="Ten clients", at=NOON, by=sam())
    return goal, lambda: check_in(goal=goal, value=Decimal(3), at=NOON, by=None)


def on_a_promise(_other: Customer, _survivor: Customer, absorbed: Customer) -> Work:
    promise = make_promise(customer=absorbed, party="them", what="Come", made_at=NOON, by=sam())
    return promise, lambda: keep_promise(promise, at=NOON, by=sam())


def on_a_deletion(_other: Customer, _survivor: Customer, absorbed: Customer) -> Work:
    record_many([event(absorbed, "slip")], recorded_at=NOON)
    deletion = delete_entry(Interaction.objects.get(), reason="A slip", by=sam(), at=NOON)
    return deletion, lambda: restore_entry(deletion, by=sam(), at=NOON)


def on_a_row_where_they_met(_other: Customer, survivor: Customer, absorbed: Customer) -> Work:
    record_many([event(survivor, "met", person_id=absorbed.pk)], recorded_at=NOON)
    row = Interaction.objects.get()
    return row, lambda: edit_entry(row, by=sam(), body="They met")


def on_whom_they_introduced(other: Customer, _survivor: Customer, absorbed: Customer) -> Work:
    Customer.objects.filter(pk=other.pk).update(introduced_by=absorbed)
    return other, lambda: tag(Customer.objects.filter(pk__in=[other.pk, absorbed.pk]), tag="vip")


@pytest.mark.parametrize(
    "work", [on_a_goal, on_a_promise, on_a_deletion, on_a_row_where_they_met, on_whom_they_introduced]
)
def test_a_merge_waits_for_who_is_at_work_before_it_holds_the_customers(
    at_once: Callable[..., list[Any]], work: Callable[..., Work]
) -> None:
    """Else each would wait for the other, until the database ends one of them."""
    other, survivor, absorbed = (Customer.objects.create(name=name) for name in ("Ben", "Ada", "A. Okafor"))
    row, go_on = work(other, survivor, absorbed)
    by, begun = sam(), Event()

    def do_the_work() -> None:
        with transaction.atomic():
            type(row).objects.select_for_update(no_key=True).get(pk=row.pk)
            begun.set()
            wait_until(lambda: waiting_for_locks() == 1, what="the merge to wait")
            go_on()

    def merge_them() -> None:
        assert begun.wait(20)
        merge(survivor=survivor, absorbed=absorbed, by=by, at=NOON)

    at_once(do_the_work, merge_them)
    absorbed.refresh_from_db()
    assert absorbed.merged_into == survivor
    assert not absorbed.interactions.exists()


def test_a_nudge_in_a_thread_and_a_merge_do_not_wait_for_each_other(
    at_once: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    survivor, absorbed = (Customer.objects.create(name=name) for name in ("Ada", "A. Okafor"))
    thread = Conversation.objects.create(customer=absorbed, channel="email")
    by, begun = sam(), Event()
    keep_to_ceiling = recording.keep_to_ceiling

    def keep_and_dawdle(**given: Any) -> None:
        keep_to_ceiling(**given)
        begun.set()
        wait_until(lambda: waiting_for_locks() == 1, what="the merge to wait")

    def nudge() -> None:
        record(by=by, recorded_at=NOON, occurred_at=NOON, customer_id=absorbed.pk, conversation_id=thread.pk,
               channel="email", direction="outbound", kind=Kind.NUDGE, body="Call them")  # fmt: skip

    def merge_them() -> None:
        assert begun.wait(20)
        merge(survivor=survivor, absorbed=absorbed, by=by, at=NOON)

    monkeypatch.setattr(recording, "keep_to_ceiling", keep_and_dawdle)
    at_once(nudge, merge_them)
    assert Interaction.objects.get().customer == survivor


def test_what_is_agreed_with_somebody_while_they_are_merged_is_the_survivors(
    at_once: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    survivor, absorbed = (Customer.objects.create(name=name) for name in ("Ada", "A. Okafor"))
    by, begun, said = sam(), Event(), {"party": "them", "what": "Come"}
    take_over = merging.take_over
    written = {"kind": "email", "value": "ada@example.org"}
    address = ContactPointForm(written, customer=absorbed, visible=Customer.objects.all())

    def dawdle_and_take_over(*given: Any) -> None:
        begun.set()
        wait_until(lambda: waiting_for_locks() == 4, what="the others to wait")
        take_over(*given)

    def meanwhile(verb: Callable[[], object]) -> Callable[[], object]:
        return lambda: begun.wait(20) and verb()

    monkeypatch.setattr(merging, "take_over", dawdle_and_take_over)
    at_once(
        lambda: merge(survivor=survivor, absorbed=absorbed, by=by, at=NOON),
        meanwhile(lambda: set_goal(customer=absorbed, title="Ten clients", at=NOON, by=by)),
        meanwhile(lambda: make_promise(customer=absorbed, made_at=NOON, by=by, **said)),
        meanwhile(lambda: make_promises(customers=[absorbed], made_at=NOON, at=NOON, by=by, ref="class", **said)),
        meanwhile(lambda: address.is_valid() and is_saved(address)),
    )
    assert (survivor.goals.count(), survivor.commitments.count(), survivor.interactions.count()) == (1, 2, 3)
    assert survivor.contact_points.count() == 1
    assert not any(rows.exists() for rows in (absorbed.goals, absorbed.commitments, absorbed.contact_points))


def test_imports_settle_their_threads_in_turn_too(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any
) -> None:
    settings.VAR_DIR = tmp_path
    held: list[int] = []

    def settle(_run: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            held.append(cursor.fetchone()[0])

    monkeypatch.setattr(conversations, "settle", settle)
    import_records([{"type": "customer", "ref": "crm:1", "name": "Ada"}], at=NOON)
    assert held == [1]
