"""A scheduled mail leaves once or is held, whoever acts at the same moment."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import transaction

from customers.models import ContactPoint, Customer
from interactions.actions.record import record_many
from interactions.errors import ActionRefused
from interactions.merging.merging import merge_customers
from interactions.models import Conversation, Interaction, Outgoing
from partnership.desk.models import Draft, ScheduledMail
from partnership.desk.scheduling.actions import cancel_mail, schedule_mail
from partnership.desk.scheduling.delivery import send_due
from partnership.staff.models import Firm
from tests.processes import Stack, wait_until
from tests.races import NOON, event, sam, waiting_for_locks

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

DUE = NOON + timedelta(hours=1)


@pytest.fixture
def mail() -> ScheduledMail:
    Firm.objects.get_or_create(id=1, defaults={"name": "Firm"})
    ada = Customer.objects.create(name="Ada")
    to = ContactPoint.objects.create(customer=ada, kind="email", value="ada@example.org")
    thread = Conversation.objects.create(customer=ada, channel="email", subject="Invoice")
    record_many([event(ada, "question", conversation_id=thread.pk)], recorded_at=NOON - timedelta(hours=1))
    return schedule_mail(
        customer=ada, to=to, by=sam(), at=NOON, leaves_at=DUE, ref="mail", tab="replies", fields={"body": "x"},
        kind="message", body="Here it is.", conversation=thread,
    )  # fmt: skip


def send() -> int:
    return send_due(clock=lambda: DUE)


def test_workers_at_once_send_it_once(mail: ScheduledMail, at_once: Callable[..., list[Any]]) -> None:
    assert sum(at_once(send, send, send, send)) == 1
    assert Outgoing.objects.count() == 1


def test_their_word_that_is_being_recorded_holds_it(mail: ScheduledMail, at_once: Callable[..., list[Any]]) -> None:
    """The worker waits for who has the conversation in hand, and sees what they wrote."""
    wrote = Event()

    def write() -> None:
        with transaction.atomic():
            said = event(mail.customer, "word", minutes=30, conversation_id=mail.conversation_id)
            record_many([said], recorded_at=NOON + timedelta(minutes=30))
            wrote.set()
            wait_until(lambda: waiting_for_locks() == 1, what="the worker to wait")

    def work() -> int:
        assert wrote.wait(20)
        return send()

    _, sent = at_once(write, work)
    mail.refresh_from_db()
    assert (sent, mail.status, mail.cause) == (0, "held", "wrote")
    assert not Outgoing.objects.exists()


def test_who_is_just_being_set_to_no_contact_gets_none(mail: ScheduledMail, at_once: Callable[..., list[Any]]) -> None:
    changed = Event()

    def forbid() -> None:
        with transaction.atomic():
            Customer.objects.filter(pk=mail.customer_id).update(do_not_contact=True)
            changed.set()
            wait_until(lambda: waiting_for_locks() == 1, what="the worker to wait")

    def work() -> int:
        assert changed.wait(20)
        return send()

    _, sent = at_once(forbid, work)
    mail.refresh_from_db()
    assert (sent, mail.cause) == (0, "dnc")


def test_sent_or_cancelled_never_both(mail: ScheduledMail, at_once: Callable[..., list[Any]]) -> None:
    def cancel() -> int:
        try:
            cancel_mail(mail, by=sam(), at=DUE)
        except ActionRefused:
            return 0
        return 1

    assert sum(at_once(send, cancel)) == 1
    assert Outgoing.objects.count() + Draft.objects.count() == 1
    assert not ScheduledMail.objects.exists()


def test_sent_or_held_for_a_merge_never_both(mail: ScheduledMail, at_once: Callable[..., list[Any]]) -> None:
    bob = Customer.objects.create(name="Bob")

    def merge() -> None:
        merge_customers(survivor=bob, absorbed=Customer.objects.get(pk=mail.customer_id), by=sam(), at=NOON)

    _, sent = at_once(merge, send)
    held = ScheduledMail.objects.filter(status="held", customer=bob).count()
    assert (sent, held) in {(0, 1), (1, 0)}
    assert Outgoing.objects.count() == sent
    assert Interaction.objects.filter(customer=bob, direction="outbound").count() == sent


SCHEDULE = """
from datetime import timedelta
from django.utils import timezone
from customers.models import ContactPoint, Customer
from partnership.desk.scheduling.actions import schedule_mail
from partnership.staff.models import Firm, User
Firm.objects.get_or_create(id=1, defaults={"name": "Firm"})
sam = User.objects.create_superuser("sam@firm.example", "x", name="Sam")
ada = Customer.objects.create(name="Ada")
to = ContactPoint.objects.create(customer=ada, kind="email", value="ada@example.org")
now = timezone.now()
schedule_mail(customer=ada, to=to, body="x", subject="Later", by=sam, at=now, leaves_at=now + timedelta(seconds=2),
    ref="later", tab="replies", fields={}, kind="message")
"""
STATES = "SELECT status FROM desk_scheduledmail UNION ALL SELECT status FROM interactions_outgoing"


@pytest.mark.processes
def test_it_outlives_redis_and_a_killed_worker(stack: Stack) -> None:
    stack.kill("worker")
    stack.kill("redis")
    stack.manage("shell", "--verbosity=0", "-c", SCHEDULE)
    assert stack.sql(STATES) == [("scheduled",)]
    stack.start("redis")
    stack.start("worker")
    wait_until(lambda: stack.sql(STATES) not in ([("scheduled",)], []), seconds=60, what="the mail to leave")
    assert len(stack.sql(STATES)) == 1
