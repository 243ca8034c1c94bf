"""Reminders: the conversation comes back if it was not answered, and else the reminder goes by itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from interactions.actions.conversations import close_conversation, snooze_conversation
from interactions.actions.record import record_many
from interactions.errors import ActionRefused
from interactions.mailboxes.outbox import take_back
from interactions.models import Conversation, Interaction
from partnership.desk.models import Reminder, ScheduledMail
from partnership.desk.reminders.actions import ring_reminders, set_reminder
from partnership.desk.reminders.moments import reminding_moment
from partnership.desk.scheduling.delivery import send_due
from partnership.notifications.models import Notification
from tests.factories import ContactPointFactory, ConversationFactory, CustomerFactory, UserFactory, happens
from tests.processes import wait_until
from tests.races import event, waiting_for_locks

AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)  # a Monday
DUE = AT + timedelta(days=2)

in_one_transaction = pytest.mark.django_db


@pytest.fixture
def ada(firm):
    customer = CustomerFactory(name="Ada")
    ContactPointFactory(customer=customer, value="ada@example.org")
    return customer


@pytest.fixture
def sent(ada, sam):
    thread = ConversationFactory(customer=ada, subject="Your offer")
    return happens(ada, "message", at=AT, by=sam, direction="outbound", conversation_id=thread.pk, body="Well?")


@pytest.fixture
def reminder(sent, sam):
    return set_reminder(sent, due_at=DUE, by=sam, at=AT)


def state(thread):
    thread.refresh_from_db()
    return thread.status, thread.assignee


# --- when it is due ---


@in_one_transaction
def test_unanswered_the_conversation_comes_back_once(reminder, sent, sam):
    close_conversation(sent.conversation, by=sam, at=AT)
    assert ring_reminders(at=DUE - timedelta(seconds=1)) == 0
    assert state(sent.conversation) == ("closed", None)
    assert ring_reminders(at=DUE) == 1
    assert state(sent.conversation) == ("open", sam)
    news = Notification.objects.get()
    assert (news.user, news.kind, news.conversation) == (sam, "no_answer", sent.conversation)
    assert ring_reminders(at=DUE + timedelta(days=1)) == 0


@in_one_transaction
def test_whose_it_is_it_stays(reminder, sent, sam):
    anna = UserFactory()
    Conversation.objects.filter(pk=sent.conversation_id).update(assignee=anna)
    snooze_conversation(sent.conversation, until=DUE + timedelta(days=9), by=anna, at=AT)
    ring_reminders(at=DUE)
    assert state(sent.conversation) == ("open", anna)
    assert Notification.objects.get().user == sam


@in_one_transaction
def test_who_may_not_see_them_any_more_is_neither_told_nor_given_it(reminder, sent, ada):
    ada.restricted, ada.owner = True, UserFactory()
    ada.save()
    assert ring_reminders(at=DUE) == 1
    assert state(sent.conversation) == ("open", None)
    assert not Notification.objects.exists()


@in_one_transaction
def test_answered_it_goes_by_itself(reminder, sent, ada):
    happens(ada, "message", at=AT + timedelta(hours=1), conversation_id=sent.conversation_id)
    assert ring_reminders(at=AT + timedelta(hours=2)) == 0
    assert not Reminder.objects.waiting().exists()
    assert ring_reminders(at=DUE) == 0
    assert not Reminder.objects.exists()
    assert not Notification.objects.exists()


@in_one_transaction
@pytest.mark.parametrize(
    "said", [{"payload": {"auto_reply": True}}, {"direction": "internal", "kind": "note"}, {"conversation_id": None}]
)
def test_what_is_no_answer_is_none(reminder, sent, ada, said):
    given = {"conversation_id": sent.conversation_id, "kind": "message", **said}
    happens(ada, given.pop("kind"), at=AT + timedelta(hours=1), **given)
    assert ring_reminders(at=DUE) == 1


@in_one_transaction
def test_what_came_back_is_listed_until_it_is_seen_to(reminder, sent, ada, sam, desk):
    page = "/conversations/?list=unanswered"
    assert "Ada" not in desk.get(page).content.decode()
    ring_reminders(at=DUE)
    assert "Ada" in desk.get(page).content.decode()
    happens(ada, "message", at=DUE, by=sam, direction="outbound", conversation_id=sent.conversation_id)
    assert "Ada" not in desk.get(page).content.decode()
    ring_reminders(at=DUE)
    assert not Reminder.objects.exists()


@in_one_transaction
def test_what_we_wrote_on_is_waited_for_no_longer(reminder, sent, ada, sam):
    happens(ada, "message", at=AT + timedelta(days=1), by=sam, direction="outbound",
            conversation_id=sent.conversation_id)  # fmt: skip
    assert ring_reminders(at=DUE) == 0
    assert not Reminder.objects.exists()
    assert not Notification.objects.exists()
    with pytest.raises(ActionRefused, match="written again"):
        set_reminder(sent, due_at=DUE, by=sam, at=AT)


@in_one_transaction
def test_a_colleague_neither_removes_nor_takes_it(reminder, sent, ada, manager, managers_desk):
    page = f"/customers/{ada.pk}/entries/{sent.pk}/reminder/"
    managers_desk.post(f"{page}removal/")
    managers_desk.post(page, {"when": "7"})
    kept = Reminder.objects.get()
    assert (kept.by, kept.due_at) == (reminder.by, DUE)
    assert "Remove reminder" not in managers_desk.get(f"/conversations/{sent.conversation_id}/").content.decode()
    with pytest.raises(ActionRefused, match=reminder.by.name):
        set_reminder(sent, due_at=DUE, by=manager, at=AT)


@in_one_transaction
def test_taken_back_with_its_mail(ada, sam, settings, desk):
    settings.MAIL_UNDO_SECONDS = 10
    desk.post(f"/customers/{ada.pk}/replies/", compose(ada, remind="2"))
    take_back(Interaction.objects.get().outgoing, by=sam, at=timezone.now())
    assert not Reminder.objects.exists()


@in_one_transaction
def test_what_cannot_be_waited_for(sent, sam, ada):
    theirs = happens(ada, "message", at=AT, conversation_id=sent.conversation_id)
    with pytest.raises(ActionRefused, match="message of ours"):
        set_reminder(theirs, due_at=DUE, by=sam, at=AT)
    with pytest.raises(ActionRefused, match="passed"):
        set_reminder(sent, due_at=AT, by=sam, at=AT)
    happens(ada, "message", at=AT + timedelta(hours=1), conversation_id=sent.conversation_id)
    with pytest.raises(ActionRefused, match="They have answered"):
        set_reminder(sent, due_at=DUE, by=sam, at=AT)
    assert not Reminder.objects.exists()


@in_one_transaction
def test_the_moment_is_an_opening(firm):
    firm.business_hours = {"0": [["09:00", "17:00"]], "4": [["10:00", "17:00"]]}
    firm.save()
    assert reminding_moment(AT, 2, firm=firm) == datetime(2026, 5, 8, 10, tzinfo=firm.zone)
    firm.business_hours = {}
    assert reminding_moment(AT, 2, firm=firm) == datetime(2026, 5, 6, 9, tzinfo=firm.zone)


# --- on the pages ---


def compose(customer, **more):
    point = customer.contact_points.get()
    return {"body": "Well?", "subject": "Your offer", "via": f"to-{point.pk}", **more}


@in_one_transaction
def test_chosen_when_sending(desk, ada, sam):
    assert desk.post(f"/customers/{ada.pk}/replies/", compose(ada, remind="4")).status_code == 302
    reminder = Reminder.objects.get()
    assert (reminder.by, reminder.interaction.body) == (sam, "Well?")
    assert timedelta(days=2) < reminder.due_at - timezone.now() < timedelta(days=12)
    text = desk.get(f"/conversations/{reminder.interaction.conversation_id}/").content.decode()
    assert "if there is no answer" in text


@in_one_transaction
def test_chosen_for_a_mail_that_leaves_later(desk, ada, sam, firm):
    desk.post(f"/customers/{ada.pk}/replies/", compose(ada, remind="4", later="tomorrow"))
    assert not Reminder.objects.exists()
    mail = ScheduledMail.objects.get()
    send_due(clock=lambda: mail.leaves_at)
    assert Reminder.objects.get().due_at == reminding_moment(mail.leaves_at, 4, firm=firm)


@in_one_transaction
def test_a_number_that_is_not_offered_is_refused(desk, ada):
    for odd in ("0", "-1", "x", "1000"):
        assert desk.post(f"/customers/{ada.pk}/replies/", compose(ada, remind=odd)).status_code == 422
    assert desk.post(f"/customers/{ada.pk}/replies/", compose(ada, remind="4", via="by-chat")).status_code == 302
    assert not Reminder.objects.exists()


@in_one_transaction
def test_set_removed_and_brought_back_on_its_message(desk, sam, ada):
    thread = ConversationFactory(customer=ada)
    sent = happens(ada, "message", at=timezone.now(), by=sam, direction="outbound", conversation_id=thread.pk)
    url = f"/customers/{ada.pk}/entries/{sent.pk}/reminder/"
    assert "Remind me" in desk.get(f"/customers/{ada.pk}/entries/{sent.pk}/").content.decode()
    assert "in a week" in desk.get(url).content.decode()
    assert desk.post(url, {}).status_code == 422
    assert desk.post(url, {"until": "2020-01-01T10:00"}).status_code == 422
    desk.post(url, {"when": "7"})
    due_at = Reminder.objects.get().due_at
    desk.post(f"{url}removal/")
    assert not Reminder.objects.exists()
    assert "is gone already" in desk.post(f"{url}removal/", follow=True).content.decode()
    desk.post(f"{url}restoration/?due={due_at.isoformat().replace('+', '%2B')}")
    assert Reminder.objects.get().due_at == due_at
    for odd in ("", "x", "2020-01-01T10:00", "2020-01-01T10:00%2B00:00", "2026-13-45T99:99"):
        desk.post(f"{url}restoration/?due={odd}")
    assert Reminder.objects.get().due_at == due_at


@in_one_transaction
def test_an_answered_message_offers_none(desk, sam, ada, sent):
    theirs = happens(ada, "message", at=AT + timedelta(hours=1), conversation_id=sent.conversation_id)
    assert "/reminder/" not in desk.get(f"/customers/{ada.pk}/entries/{theirs.pk}/").content.decode()


# --- at the same moment ---


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_answer_that_is_being_recorded_is_seen(reminder, sent, ada, at_once: Callable[..., list[Any]]) -> None:
    wrote = Event()

    def answer() -> None:
        with transaction.atomic():
            said = event(ada, "answer", conversation_id=sent.conversation_id)
            said.occurred_at = AT + timedelta(hours=1)
            record_many([said], recorded_at=AT + timedelta(hours=1))
            wrote.set()
            wait_until(lambda: waiting_for_locks() == 1, what="the bell to wait")

    def ring() -> int:
        assert wrote.wait(20)
        return ring_reminders(at=DUE)

    assert at_once(answer, ring)[1] == 0
    assert not Reminder.objects.exists()
    assert not Notification.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_rung_by_several_it_rings_once(reminder, at_once: Callable[..., list[Any]]) -> None:
    assert sum(at_once(*[lambda: ring_reminders(at=DUE)] * 4)) == 1
    assert Notification.objects.count() == 1
