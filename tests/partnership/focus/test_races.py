"""Recoveries and items are worked on while two customers are merged: neither waits for the other for ever."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import transaction

from customers.models import Customer
from interactions.actions.deletions import delete_entry
from interactions.merging.merging import merge_customers
from interactions.models import Interaction
from partnership.focus.actions import finish, take
from partnership.focus.models import FocusItem, StaleFocus
from partnership.focus.refreshing import refresh, refresh_all
from partnership.recoveries import actions, lifecycle
from partnership.recoveries.actions import describe_what_we_did, hand_recovery_over, note_forgiveness
from partnership.recoveries.lifecycle import close_recovery
from partnership.recoveries.models import Recovery
from partnership.scoring.engine.rescoring import rescore_all
from partnership.staff.models import User
from tests.factories import UserFactory, happens
from tests.processes import wait_until
from tests.races import NOON, sam, waiting_for_locks

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def item() -> FocusItem:
    return FocusItem.objects.get(state="open")


def close(recovery: Recovery, by: User) -> None:
    close_recovery(recovery, outcome="They moved away", by=by, at=NOON)


def tell(recovery: Recovery, by: User) -> None:
    describe_what_we_did(recovery, words="A new bill", by=by, at=NOON)


def tell_better(recovery: Recovery, by: User) -> None:
    describe_what_we_did(recovery, words="A new bill, and a call", by=by, at=NOON)


def hand_over(recovery: Recovery, by: User) -> None:
    hand_recovery_over(recovery, to=User.objects.get(name="Ben"), by=by, at=NOON)


def forgive(recovery: Recovery, by: User) -> None:
    said = {"words": "Never mind", "channel": "call", "happened": NOON, "external_id": "forgiven"}
    note_forgiveness(recovery, by=by, at=NOON, **said)


def forgiveness_was_a_slip(_recovery: Recovery, by: User) -> None:
    delete_entry(Interaction.objects.get(kind="forgiveness"), reason="A slip", by=by, at=NOON)


def take_it(_recovery: Recovery, by: User) -> None:
    take(item(), by=by, at=NOON)


def finish_it(_recovery: Recovery, by: User) -> None:
    finish(item(), outcome="They moved away", by=by, at=NOON)


def find_anew(recovery: Recovery, _by: User) -> None:
    FocusItem.objects.update(strength=0)
    refresh([recovery.customer_id], at=NOON)


def find_first(recovery: Recovery, _by: User) -> None:
    FocusItem.objects.all().delete()
    refresh([recovery.customer_id], at=NOON)


@pytest.fixture
def wronged() -> tuple[Customer, Customer]:
    """Both were; the second is absorbed. What we did for them is told."""
    UserFactory(email="ben@firm.example", name="Ben")
    survivor, absorbed = (Customer.objects.create(name=name, owner=sam()) for name in ("Ada", "A. Okafor"))
    for one in (survivor, absorbed):
        happens(one, "mistake", at=NOON - timedelta(days=3), direction="outbound", by=sam())
    return survivor, absorbed


@pytest.mark.parametrize("whose", ["survivor", "absorbed"])
@pytest.mark.parametrize(
    "work",
    [close, tell, tell_better, hand_over, forgive, forgiveness_was_a_slip, take_it, finish_it, find_anew, find_first],
)
def test_a_merge_waits_for_who_is_at_a_recovery_or_an_item(
    at_once: Callable[..., list[Any]],
    monkeypatch: pytest.MonkeyPatch,
    wronged: tuple[Customer, Customer],
    work: Callable[[Recovery, User], object],
    whose: str,
) -> None:
    """Else each would wait for the other, until the database ends one of them."""
    survivor, absorbed = wronged
    customer, other = (survivor, absorbed) if whose == "survivor" else (absorbed, survivor)
    recovery, by, begun = Recovery.objects.get(customer=customer), sam(), Event()
    if work is tell_better:
        tell(recovery, by)
    if work is forgiveness_was_a_slip:
        forgive(recovery, by)
    rescore_all(at=NOON)
    refresh_all(at=NOON)
    FocusItem.objects.filter(customer=other).delete()
    StaleFocus.objects.all().delete()
    record = lifecycle.record

    def pause() -> None:
        if not begun.is_set():
            begun.set()
            wait_until(lambda: waiting_for_locks() == 1, what="the merge to wait")

    def pause_and_record(**given: Any) -> Any:
        pause()
        return record(**given)

    def do_the_work() -> None:
        with transaction.atomic():
            work(recovery, by)
            pause()

    def merge_them() -> None:
        assert begun.wait(20)
        merge_customers(survivor=survivor, absorbed=absorbed, by=by, at=NOON)

    for module in (lifecycle, actions):
        monkeypatch.setattr(module, "record", pause_and_record)
    at_once(do_the_work, merge_them)
    absorbed.refresh_from_db()
    assert absorbed.merged_into == survivor
    assert {one.customer for one in Recovery.objects.all()} == {survivor}
