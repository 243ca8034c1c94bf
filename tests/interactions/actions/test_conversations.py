"""Whose a thread is, and whether it is open."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps

from interactions.actions import conversations
from interactions.actions.conversations import (
    assign_conversation,
    claim_conversation,
    close_conversation,
    hand_over_conversation,
    reopen_conversation,
    snooze_conversation,
    wake_conversations,
)
from interactions.actions.deletions import delete_entry
from interactions.errors import ActionRefused
from interactions.models import Conversation, Interaction, Kind, Settlement
from partnership.staff.models import User
from tests.factories import ConversationFactory, DepartmentFactory, FirmFactory, UserFactory, happens

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)
HOUR = timedelta(hours=1)


@pytest.fixture
def sam(db: None) -> User:
    FirmFactory()
    return UserFactory(name="Sam Rivera")


@pytest.fixture
def mara(sam: User) -> User:
    return UserFactory(name="Mara Lind")


@pytest.fixture
def thread(sam: User) -> Conversation:
    thread = ConversationFactory(subject="Invoice 7")
    happens(thread.customer, Kind.QUESTION, at=NOON, conversation_id=thread.pk)
    thread.refresh_from_db()
    return thread


def says(thread: Conversation, at: datetime, **more: Any) -> Interaction:
    return happens(thread.customer, Kind.MESSAGE, at=at, conversation_id=thread.pk, **more)


def seen_by_another(thread: Conversation) -> Conversation:
    return Conversation.objects.get(pk=thread.pk)


def test_the_first_to_take_it_wins_and_the_second_is_told_by_whom(thread, sam, mara):
    same = seen_by_another(thread)
    claim_conversation(thread, by=sam, at=NOON)
    with pytest.raises(ActionRefused, match="Sam Rivera is the assignee already"):
        claim_conversation(same, by=mara, at=NOON)
    assert same.assignee == thread.assignee == sam


def test_taking_what_is_mine_already_changes_nothing(thread, sam):
    claim_conversation(thread, by=sam, at=NOON)
    claim_conversation(thread, by=sam, at=NOON)
    assert thread.assignee == sam


def test_what_somebody_left_behind_is_free_to_take_once(thread, sam, mara):
    gone, third = UserFactory(), UserFactory()
    assign_conversation(thread, to=gone, by=sam, at=NOON)
    gone.is_active = False
    gone.save()
    thread = seen_by_another(thread)
    same = seen_by_another(thread)
    claim_conversation(thread, by=mara, at=NOON)
    with pytest.raises(ActionRefused, match="Mara Lind"):
        claim_conversation(same, by=third, at=NOON)


def test_given_to_somebody_and_given_back(thread, sam, mara):
    assign_conversation(thread, to=mara, by=sam, at=NOON)
    assert seen_by_another(thread).assignee == mara
    assign_conversation(thread, to=None, by=sam, at=NOON)
    assert seen_by_another(thread).assignee is None


def test_closed_and_reopened_once_each(thread, sam):
    same = seen_by_another(thread)
    close_conversation(thread, answered="not_needed", by=sam, at=NOON)
    with pytest.raises(ActionRefused, match="closed already"):
        close_conversation(same, answered="not_needed", by=sam, at=NOON)
    assert thread not in Conversation.objects.waiting()
    reopen_conversation(thread, by=sam, at=NOON)
    with pytest.raises(ActionRefused, match="open already"):
        reopen_conversation(thread, by=sam, at=NOON)
    assert (thread.status, thread.waiting_since) == ("open", NOON)


def test_what_waits_is_closed_with_a_word_alone(thread, sam):
    for word, said in (({}, "The customer still waits"), ({"answered": "without", "reason": " "}, "Enter why")):
        with pytest.raises(ActionRefused, match=said):
            close_conversation(thread, by=sam, at=LATER, **word)
    assert (seen_by_another(thread).status, Settlement.objects.count()) == ("open", 0)
    close_conversation(thread, answered="without", reason=" Spam ", by=sam, at=LATER)
    kept = Settlement.objects.get()
    assert (kept.conversation, kept.at, kept.by, kept.answered, kept.reason) == (thread, LATER, sam, "without", "Spam")
    assert (thread.status, thread.waiting_since) == ("closed", None)


def test_what_was_answered_is_closed_as_such_whatever_is_said(thread, sam):
    says(thread, LATER, direction="outbound")
    thread.refresh_from_db()
    close_conversation(thread, answered="without", reason="Spam", by=sam, at=LATER)
    assert list(Settlement.objects.values_list("answered", "reason")) == [("yes", "")]


def test_after_thanks_a_new_question_waits_for_itself_alone(thread, sam):
    """It used to wait since the thanks."""
    says(thread, NOON + HOUR, direction="outbound")
    says(thread, NOON + 2 * HOUR)
    thread.refresh_from_db()
    close_conversation(thread, answered="not_needed", by=sam, at=NOON + 3 * HOUR)
    says(thread, LATER)
    thread.refresh_from_db()
    assert (thread.status, thread.waiting_since) == ("open", LATER)


def test_undone_it_waits_as_before_and_the_audit_keeps_the_settlement(thread, sam):
    close_conversation(thread, answered="not_needed", by=sam, at=LATER)
    happens(thread.customer, Kind.NOTE, at=LATER + HOUR, conversation_id=thread.pk, direction="internal")
    reopen_conversation(thread, by=sam, at=LATER + 2 * HOUR)
    assert (thread.status, thread.waiting_since, Settlement.objects.count()) == ("open", NOON, 0)
    events = apps.get_model("interactions", "SettlementEvent").objects.all()
    assert [(event.pgh_label, event.answered) for event in events] == [("delete", "not_needed")]


@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_once_something_was_said_reopening_leaves_the_settlement(thread, sam, direction):
    close_conversation(thread, answered="not_needed", by=sam, at=LATER)
    says(thread, LATER + HOUR, direction=direction)
    Conversation.objects.update(status="closed")
    thread.refresh_from_db()
    reopen_conversation(thread, by=sam, at=LATER + 2 * HOUR)
    assert Settlement.objects.count() == 1
    assert thread.waiting_since == (LATER + HOUR if direction == "inbound" else None)


def test_waking_a_snoozed_one_leaves_an_older_settlement(thread, sam):
    close_conversation(thread, answered="not_needed", by=sam, at=NOON)
    Conversation.objects.update(status="snoozed", snoozed_until=LATER)
    reopen_conversation(thread, by=sam, at=NOON)
    assert Settlement.objects.count() == 1


def test_a_message_dated_ahead_by_its_senders_clock_is_settled_too(thread, sam):
    says(thread, NOON + HOUR)
    close_conversation(thread, answered="not_needed", by=sam, at=NOON)
    assert (thread.status, thread.waiting_since) == ("closed", None)
    assert Settlement.objects.get().at == NOON + HOUR


def test_a_message_that_was_on_its_way_while_an_answered_one_was_closed_waits(thread, sam):
    says(thread, NOON + HOUR, direction="outbound")
    thread.refresh_from_db()
    close_conversation(thread, by=sam, at=NOON + 3 * HOUR)
    says(thread, NOON + 2 * HOUR)
    thread.refresh_from_db()
    assert (thread.status, thread.waiting_since) == ("open", NOON + 2 * HOUR)


def test_a_closed_one_whose_answer_is_deleted_opens_and_waits(thread, sam):
    answer = says(thread, NOON + HOUR, direction="outbound")
    thread.refresh_from_db()
    close_conversation(thread, by=sam, at=LATER)
    delete_entry(answer, reason="Wrong thread", by=sam, at=LATER)
    thread.refresh_from_db()
    assert (thread.status, thread.waiting_since) == ("open", NOON)


def test_a_snoozed_one_waits_all_the_same(thread, sam):
    snooze_conversation(thread, until=LATER, reason=" Her accountant is away ", by=sam, at=NOON)
    assert (thread.status, thread.snoozed_until, thread.snooze_reason) == ("snoozed", LATER, "Her accountant is away")
    assert thread in Conversation.objects.waiting()


def test_snoozing_needs_a_moment_to_come(thread, sam):
    with pytest.raises(ActionRefused, match="is past"):
        snooze_conversation(thread, until=NOON, by=sam, at=NOON)
    assert seen_by_another(thread).status == "open"


def test_a_closed_one_is_not_snoozed(thread, sam):
    close_conversation(thread, answered="not_needed", by=sam, at=NOON)
    with pytest.raises(ActionRefused, match="Reopen it first"):
        snooze_conversation(thread, until=LATER, reason="Why", by=sam, at=NOON)


def test_the_snoozed_wake_when_it_is_time_and_once(thread, sam):
    snooze_conversation(thread, until=LATER, reason="Why", by=sam, at=NOON)
    assert wake_conversations(at=LATER - timedelta(seconds=1)) == 0
    assert (wake_conversations(at=LATER), wake_conversations(at=LATER)) == (1, 0)
    thread.refresh_from_db()
    assert (thread.status, thread.snoozed_until, thread.snooze_reason) == ("open", None, "")


def test_their_next_word_wakes_it(thread, sam):
    snooze_conversation(thread, until=LATER, reason="Why", by=sam, at=NOON)
    happens(thread.customer, Kind.MESSAGE, at=NOON + timedelta(hours=1), conversation_id=thread.pk)
    thread.refresh_from_db()
    assert (thread.status, thread.snoozed_until, thread.snooze_reason) == ("open", None, "")


def test_handed_over_to_a_colleague_with_the_story_so_far(thread, sam, mara):
    mara.department = DepartmentFactory(name="Billing")
    mara.save()
    close_conversation(thread, answered="not_needed", by=sam, at=NOON)
    row = hand_over_conversation(thread, to=mara, summary="She paid twice.", by=sam, at=LATER)
    assert (thread.assignee, thread.department, thread.status) == (mara, mara.department, "open")
    assert (row.kind, row.direction, row.author, row.body) == (Kind.HANDOVER, "internal", sam, "She paid twice.")
    assert (row.conversation, row.customer, row.subject) == (thread, thread.customer, "→ Mara Lind")
    assert row.payload == {"to_staff": mara.email}
    assert (thread.waiting_since, seen_by_another(thread).last_interaction_at) == (NOON, LATER)


def test_handed_over_to_a_department_it_is_nobodys_until_taken(thread, sam, mara):
    billing = DepartmentFactory(name="Billing")
    claim_conversation(thread, by=sam, at=NOON)
    row = hand_over_conversation(thread, to=billing, summary="She paid twice.", by=sam, at=LATER)
    assert (thread.assignee, thread.department, row.payload) == (None, billing, {"to_department": "Billing"})
    claim_conversation(thread, by=mara, at=LATER)
    assert (thread.assignee, thread.department) == (mara, billing)


def test_a_handover_sent_twice_is_one_row(thread, sam, mara):
    for _ in range(2):
        hand_over_conversation(thread, to=mara, summary="She paid twice.", by=sam, at=LATER, external_id="once")
    assert Interaction.objects.filter(kind=Kind.HANDOVER).count() == 1


@pytest.mark.parametrize("verb", ["assign", "claim", "close", "reopen", "snooze", "hand_over"])
def test_one_that_was_joined_stays_as_it_is(thread, sam, verb):
    gone = ConversationFactory(customer=thread.customer, status="closed", joined_into=thread)
    more = {
        "assign": {"to": sam},
        "snooze": {"until": LATER, "reason": "Why"},
        "hand_over": {"to": sam, "summary": "She paid twice."},
    }
    with pytest.raises(ActionRefused, match="was joined to “Invoice 7”"):
        getattr(conversations, f"{verb}_conversation")(gone, by=sam, at=NOON, **more.get(verb, {}))
    assert seen_by_another(gone).status == "closed"
