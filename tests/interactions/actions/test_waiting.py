"""waiting_since: the oldest inbound word that no outbound one has followed, in whatever order they arrive."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from interactions.actions.record import Entry, record_many, refresh_conversations
from interactions.models import Conversation, Interaction, Kind
from tests.strategies import NOON, rolled_back

pytestmark = pytest.mark.django_db

ASKS = {"message", "call", "question", "request", "complaint", "refund_request", "feedback", "praise"}
ANSWERS = {"message", "call", "decline"}
PAYLOADS = [{}, {}, {"bulk": False}, {"auto_reply": True}, {"bulk": True}, {"not_sent": True}]
KINDS = [*sorted(ASKS), "message", "call", "decline", "note", "handover", "work_done", "nudge", "gesture", "meeting"]


@st.composite
def words(draw: st.DrawFn) -> Entry:
    return Entry(
        customer_id=0,
        occurred_at=NOON + timedelta(minutes=draw(st.integers(0, 8))),
        channel="email",
        direction=draw(st.sampled_from(["inbound", "outbound", "internal"])),
        kind=draw(st.sampled_from(KINDS)),
        payload=draw(st.sampled_from(PAYLOADS)),
    )


def waiting_since(said: list[Entry]) -> datetime | None:
    """As the domain says it, row by row."""
    by_people = [word for word in said if not any(word.payload.values())]
    waiting = [
        word.occurred_at
        for word in by_people
        if word.direction == "inbound"
        and word.kind in ASKS
        and not any(
            later.direction == "outbound" and later.kind in ANSWERS and later.occurred_at >= word.occurred_at
            for later in by_people
        )
    ]
    return min(waiting, default=None)


@given(said=st.lists(words(), min_size=1, max_size=10), data=st.data())
def test_waiting_is_right_in_every_order_of_events(said: list[Entry], data: st.DataObject) -> None:
    order = data.draw(st.permutations(said))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(said)), max_size=4)))
    with rolled_back():
        customer = Customer.objects.create(name="Ada")
        thread = Conversation.objects.create(customer=customer, channel="email")
        other = Conversation.objects.create(customer=customer, channel="email")
        heard: list[Entry] = []
        for start, end in zip([0, *cuts], [*cuts, len(said)], strict=True):
            for word in order[start:end]:
                word.customer_id, word.conversation_id = customer.pk, thread.pk
            record_many(order[start:end], recorded_at=NOON)
            heard += order[start:end]
            thread.refresh_from_db()
            assert thread.waiting_since == waiting_since(heard)
            assert thread.last_interaction_at == max((word.occurred_at for word in heard), default=None)
        other.refresh_from_db()
        assert (other.waiting_since, other.last_interaction_at) == (None, None)


def test_every_demand_waits_and_an_honest_no_answers() -> None:
    with rolled_back():
        customer = Customer.objects.create(name="Ada")
        for kind in (Kind.QUESTION, Kind.REQUEST, Kind.COMPLAINT, Kind.REFUND_REQUEST):
            thread = Conversation.objects.create(customer=customer, channel="email")
            fields = {"customer_id": customer.pk, "conversation_id": thread.pk, "channel": "email"}
            record_many([Entry(occurred_at=NOON, direction="inbound", kind=kind, **fields)], recorded_at=NOON)
            thread.refresh_from_db()
            assert thread.waiting_since == NOON
            no = Entry(occurred_at=NOON + timedelta(hours=1), direction="outbound", kind=Kind.DECLINE, **fields)
            record_many([no], recorded_at=NOON)
            thread.refresh_from_db()
            assert thread.waiting_since is None


def test_a_conversation_that_lost_its_last_word_waits_no_longer() -> None:
    with rolled_back():
        customer = Customer.objects.create(name="Ada")
        thread = Conversation.objects.create(customer=customer, channel="email")
        fields = {"customer_id": customer.pk, "conversation_id": thread.pk, "channel": "email", "kind": Kind.MESSAGE}
        record_many([Entry(occurred_at=NOON, direction="inbound", **fields)], recorded_at=NOON)
        Interaction.objects.filter(conversation=thread).update(conversation=None)
        refresh_conversations([thread.pk])
        thread.refresh_from_db()
        assert (thread.waiting_since, thread.last_interaction_at) == (None, None)
