"""Two are made one while others write of them: nothing is lost, nobody waits for ever."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from customers.bulk import tag
from customers.models import Customer, Merge
from interactions.actions import record as recording
from interactions.actions.deletions import delete_entry, restore_entry
from interactions.actions.entries import edit_entry
from interactions.actions.goals import check_in, set_goal
from interactions.actions.promises import keep_promise, make_promise, make_promises
from interactions.actions.record import record, record_many
from interactions.imports import unfinished
from interactions.imports.history import import_records
from interactions.merging import merging
from interactions.merging.merging import merge_customers
from interactions.merging.unmerging import unmerge_customers
from interactions.models import Conversation, Interaction, Kind
from partnership.core.forms import save_unique
from partnership.core.locks import LockKey
from partnership.desk.contact_points.forms import ContactPointForm
from partnership.scoring.engine.rescoring import rescore_stale
from partnership.staff.models import User
from tests.processes import wait_until
from tests.races import NOON, assert_fresh, event, sam, waiting_for_locks

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


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
            lambda: done.append(merge_customers(survivor=survivor, absorbed=absorbed, by=user, at=NOON)),  # noqa: B023
        )
        assert (survivor.interactions.count(), absorbed.interactions.count()) == (30, 0)
        thread.refresh_from_db()
        assert (thread.customer, thread.last_interaction_at) == (survivor, NOON + timedelta(minutes=14))
        unmerge_customers(done[0], by=user, at=NOON)
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
        merge_customers(survivor=survivor, absorbed=absorbed, by=user, at=NOON)

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
        merge_customers(survivor=survivor, absorbed=absorbed, by=by, at=NOON)

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
    enforce_ceiling = recording.enforce_ceiling

    def keep_and_dawdle(**given: Any) -> None:
        enforce_ceiling(**given)
        begun.set()
        wait_until(lambda: waiting_for_locks() == 1, what="the merge to wait")

    def nudge() -> None:
        record(by=by, recorded_at=NOON, occurred_at=NOON, customer_id=absorbed.pk, conversation_id=thread.pk,
               channel="email", direction="outbound", kind=Kind.NUDGE, body="Call them")  # fmt: skip

    def merge_them() -> None:
        assert begun.wait(20)
        merge_customers(survivor=survivor, absorbed=absorbed, by=by, at=NOON)

    monkeypatch.setattr(recording, "enforce_ceiling", keep_and_dawdle)
    at_once(nudge, merge_them)
    assert Interaction.objects.get().customer == survivor


def test_what_is_agreed_with_somebody_while_they_are_merged_is_the_survivors(
    at_once: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    survivor, absorbed = (Customer.objects.create(name=name) for name in ("Ada", "A. Okafor"))
    by, begun, said = sam(), Event(), {"party": "them", "what": "Come"}
    take_over = merging._combine_records
    written = {"kind": "email", "value": "ada@example.org"}
    address = ContactPointForm(written, customer=absorbed, visible=Customer.objects.all())

    def dawdle_and_take_over(*given: Any) -> None:
        begun.set()
        wait_until(lambda: waiting_for_locks() == 4, what="the others to wait")
        take_over(*given)

    def meanwhile(verb: Callable[[], object]) -> Callable[[], object]:
        return lambda: begun.wait(20) and verb()

    monkeypatch.setattr(merging, "_combine_records", dawdle_and_take_over)
    at_once(
        lambda: merge_customers(survivor=survivor, absorbed=absorbed, by=by, at=NOON),
        meanwhile(lambda: set_goal(customer=absorbed, title="Ten clients", at=NOON, by=by)),
        meanwhile(lambda: make_promise(customer=absorbed, made_at=NOON, by=by, **said)),
        meanwhile(lambda: make_promises(customers=[absorbed], made_at=NOON, at=NOON, by=by, ref="class", **said)),
        meanwhile(lambda: address.is_valid() and save_unique(address)),
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
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND objid = %s",
                [LockKey.HISTORY],
            )
            held.append(cursor.fetchone()[0])

    monkeypatch.setattr(unfinished, "settle_conversations", settle)
    import_records([{"type": "customer", "ref": "crm:1", "name": "Ada"}], at=NOON)
    assert held == [1]
