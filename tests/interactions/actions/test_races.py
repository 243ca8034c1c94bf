"""Several write of one customer at the same moment."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from django.db import transaction

from customers.models import Customer
from interactions.actions.conversations import claim_conversation
from interactions.actions.goals import check_in, set_goal
from interactions.actions.promises import keep_promise, make_promise, miss_overdue
from interactions.actions.record import Entry, record_many, refresh_conversations
from interactions.actions.threads import join_threads
from interactions.errors import ActionRefused
from interactions.models import Conversation, Interaction, Kind
from partnership.staff.models import Firm, User
from tests.processes import wait_until
from tests.races import NOON, event, waiting_for_locks

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


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
        except ActionRefused:
            return False
        return True

    assert sorted(at_once(keep, keep)) == [False, True]
    assert Interaction.objects.filter(kind=Kind.COMMITMENT_KEPT).count() == 1


def test_taken_by_many_at_the_same_moment_it_is_the_firsts(at_once: Callable[..., list[Any]]) -> None:
    staff = [User.objects.create_user(f"staff{number}@firm.example", name=f"Staff {number}") for number in range(4)]
    thread = Conversation.objects.create(customer=Customer.objects.create(name="Ada"), channel="email")

    def take_it(user: User) -> str:
        try:
            claim_conversation(Conversation.objects.get(pk=thread.pk), by=user, at=NOON)
        except ActionRefused as error:
            return str(error)
        return ""

    said = at_once(*[lambda user=user: take_it(user) for user in staff])
    thread.refresh_from_db()
    first = staff[said.index("")]
    assert thread.assignee == first
    assert sorted(said) == ["", *[f"{first.name} is the assignee already."] * 3]


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
