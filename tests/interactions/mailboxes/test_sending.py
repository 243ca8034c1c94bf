"""Mail goes out once: through a real mail server, by several workers at once, past a worker that is killed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from interactions.mailboxes.outgoing_mail import write_mail
from interactions.models import Outgoing
from interactions.tasks import send_outgoing_task
from partnership.core.translatable_text import translate_stored
from tests.factories import ContactPointFactory, CustomerFactory, FirmFactory, UserFactory
from tests.mail_server import MailServer, mail_server
from tests.processes import Stack, free_port, wait_until


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def smtp(settings: Settings, server: MailServer) -> MailServer:
    """The server, and the settings that lead to it."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    return server


def write(number: int = 1) -> None:
    FirmFactory(own_addresses=["hello@ourfirm.example"])
    sam, ada = UserFactory(name="Sam Rivera"), CustomerFactory()
    address = ContactPointFactory(customer=ada, value="ada@example.org")
    for each in range(number):
        write_mail(
            customer=ada, to=address, body=f"Żółw {each}\n.\nend", subject=f"Mail {each}", by=sam, at=timezone.now(),
            external_id=str(uuid4()),
        )  # fmt: skip


@pytest.mark.django_db
def test_a_real_mail_server_takes_it(smtp: MailServer):
    write(2)
    assert send_outgoing_task() == 2
    first, second = smtp.taken
    assert (first["Subject"], second["Subject"]) == ("Mail 0", "Mail 1")
    assert first["From"] == "Sam Rivera <hello@ourfirm.example>"
    assert first["Message-ID"] != second["Message-ID"]
    text = first.get_body(("plain",))
    assert text is not None
    assert text.get_content().split() == ["Żółw", "0", ".", "end"]
    assert set(Outgoing.objects.values_list("status", flat=True)) == {"sent"}


@pytest.mark.django_db
def test_an_address_that_is_none_fails_in_the_servers_words(smtp: MailServer):
    smtp.refuses.add("ada@example.org")
    write()
    send_outgoing_task()
    failed = Outgoing.objects.get()
    assert (failed.status, translate_stored(failed.error)) == (
        "failed", "The recipient's mail server did not accept the e-mail for that address: no such user here",
    )  # fmt: skip
    assert not smtp.taken


@pytest.mark.django_db
def test_a_server_that_is_not_there_fails_in_words(smtp: MailServer, settings: Settings):
    settings.EMAIL_PORT = free_port()
    write()
    send_outgoing_task()
    assert "cannot be reached" in Outgoing.objects.get().error


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_workers_at_once_send_each_mail_once():
    write(30)
    start = Barrier(4)

    def work() -> int:
        try:
            start.wait(20)
            return send_outgoing_task()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        handed = [future.result(60) for future in [pool.submit(work) for _ in range(4)]]
    assert sum(handed) == 30
    assert sorted(each.subject for each in mail.outbox) == sorted(f"Mail {number}" for number in range(30))
    assert set(Outgoing.objects.values_list("status", "attempts")) == {("sent", 1)}


WRITE = """
from uuid import uuid4
from django.utils import timezone
from customers.models import ContactPoint, Customer
from interactions.mailboxes.outgoing_mail import write_mail
from partnership.staff.models import Firm, User
Firm.objects.get_or_create(id=1, defaults={"name": "Firm"})
sam = User.objects.first() or User.objects.create_superuser("sam@firm.example", "x", name="Sam")
ada = Customer.objects.first() or Customer.objects.create(name="Ada")
to = ContactPoint.objects.first() or ContactPoint.objects.create(customer=ada, kind="email", value="ada@example.org")
for subject in %r:
    write_mail(customer=ada, to=to, body="x", subject=subject, by=sam, at=timezone.now(), external_id=str(uuid4()))
"""
STATES = """
SELECT subject, status, attempts FROM interactions_outgoing outgoing
JOIN interactions_interaction entry ON entry.id = interaction_id ORDER BY outgoing.id"""
LATER = """
UPDATE interactions_outgoing SET claimed_at = claimed_at - interval '11 minutes' WHERE status = 'sending' RETURNING 1"""


@pytest.mark.processes
def test_i9_a_mail_outlives_redis_and_a_killed_worker_and_never_goes_twice(stack: Stack, server: MailServer) -> None:
    stack.env |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(server.port)}
    stack.kill("worker")
    stack.kill("redis")
    stack.manage("shell", "--verbosity=0", "-c", WRITE % (["held", "after"],))  # nobody can be nudged
    assert stack.sql(STATES) == [("held", "queued", 0), ("after", "queued", 0)]

    server.is_open.clear()
    stack.start("redis")
    stack.start("worker")
    wait_until(server.holds.is_set, what="the mail to be handed over")
    stack.kill("worker")
    server.is_open.set()
    assert stack.sql(STATES) == [("held", "sending", 1), ("after", "queued", 0)]

    stack.start("worker")
    wait_until(lambda: ("after", "sent", 1) in stack.sql(STATES), what="the next mail to be sent")
    assert [each["Subject"] for each in server.taken] == ["held", "after"]

    assert stack.sql(LATER) == [(1,)]
    wait_until(lambda: stack.sql(STATES)[0] == ("held", "failed", 1), what="the lost mail to be given up")
    stack.manage("shell", "--verbosity=0", "-c", WRITE % (["last"],))
    wait_until(lambda: ("last", "sent", 1) in stack.sql(STATES), what="the last mail to be sent")
    assert [each["Subject"] for each in server.taken] == ["held", "after", "last"]
