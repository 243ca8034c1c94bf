"""Mail that leaves: written with its row, handed over once, and its fate told."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from uuid import uuid4

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail.backends.locmem import EmailBackend

from customers.models import ContactPoint, Customer
from interactions.actions.nudges import customer_nudges
from interactions.errors import ActionRefused
from interactions.mailboxes.outbox import claim, give_up_lost, send_again, send_each, settle, take_back
from interactions.mailboxes.outgoing_mail import write_mail
from interactions.models import Conversation, Interaction, Outgoing
from interactions.tasks import send_outgoing_task
from partnership.notifications.models import Notification
from partnership.staff.models import Firm
from tests.factories import ContactPointFactory, ConversationFactory, CustomerFactory, FirmFactory, UserFactory, happens

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sam():
    FirmFactory(own_addresses=["hello@ourfirm.example"])
    return UserFactory(name='Sam "The Fox" Rivera, Łódź')


@pytest.fixture
def ada():
    return CustomerFactory(name="Ada")


@pytest.fixture
def address(ada):
    return ContactPointFactory(customer=ada, value="Ada@Example.org")


@pytest.fixture
def write(sam, ada, address):
    """write(**fields) → the interaction of a new mail to Ada."""

    def written(**given):
        fields = {"body": "Hello **Ada**", "subject": "The plan", "external_id": str(uuid4()), **given}
        return write_mail(customer=ada, to=address, by=sam, at=AT, **fields)

    return written


def letters():
    return [message_from_bytes(each.message().as_bytes(), policy=policy.default) for each in mail.outbox]


def test_a_mail_and_its_row_are_one(write, sam, ada):
    row = write(minutes=7)
    assert (row.kind, row.channel, row.direction, row.author, row.minutes) == ("message", "email", "outbound", sam, 7)
    assert (row.body, row.html) == ("Hello **Ada**", "<p>Hello <strong>Ada</strong></p>")
    waiting = row.outgoing
    assert (waiting.to, waiting.status, waiting.queued_at) == (["ada@example.org"], "queued", AT)
    assert waiting.message_id == f"<{row.external_id}@ourfirm.example>"
    assert (row.conversation.customer, row.conversation.channel, row.conversation.subject) == (ada, "email", "The plan")


def test_what_arrives_there(write):
    row = write(files=[SimpleUploadedFile("żurek.txt", b"soup", "text/plain")])
    assert send_outgoing_task() == 1
    (letter,) = letters()
    assert letter["From"].addresses[0].display_name == 'Sam "The Fox" Rivera, Łódź'
    assert letter["From"].addresses[0].addr_spec == letter["Reply-To"].addresses[0].addr_spec == "hello@ourfirm.example"
    assert (letter["To"], letter["Subject"]) == ("ada@example.org", "The plan")
    assert letter["Message-ID"] == row.outgoing.message_id
    assert letter["In-Reply-To"] is letter["References"] is None
    assert letter.get_body(("plain",)).get_content().strip() == "Hello **Ada**"
    assert "<p>Hello <strong>Ada</strong></p>" in letter.get_body(("html",)).get_content()
    (file,) = letter.iter_attachments()
    assert (file.get_filename(), file.get_content().strip()) == ("żurek.txt", "soup")
    row.outgoing.refresh_from_db()
    assert (row.outgoing.status, row.outgoing.attempts, row.outgoing.error) == ("sent", 1, "")
    assert row.outgoing.sent_at


def test_copies_and_the_authors_signature_go_along(write, sam):
    sam.signature = "Sam Rivera\n+49 30 123"
    sam.save()
    row = write(cc=["bob@example.org"], bcc=["files@ourfirm.example"])
    assert send_outgoing_task() == 1
    (letter,) = letters()
    assert (letter["Cc"], letter["Bcc"]) == ("bob@example.org", None)
    assert mail.outbox[0].recipients() == ["ada@example.org", "bob@example.org", "files@ourfirm.example"]
    plain = letter.get_body(("plain",)).get_content()
    assert plain.strip() == "Hello **Ada**\n\n-- \nSam Rivera\n+49 30 123"
    assert "Sam Rivera<br>+49 30 123" in letter.get_body(("html",)).get_content()
    row.refresh_from_db()
    assert row.body == "Hello **Ada**"


def test_it_leaves_after_the_time_to_take_it_back(write, settings):
    settings.MAIL_UNDO_SECONDS = 10
    row = write()
    assert claim(at=AT + timedelta(seconds=9)) is None
    assert claim(at=AT + timedelta(seconds=10)) == row.outgoing


def test_taken_back_nothing_is_left_of_it(write, settings, sam, ada):
    settings.MAIL_UNDO_SECONDS = 10
    asked = ConversationFactory(customer=ada, subject="Well?")
    happens(ada, "question", at=AT - timedelta(days=1), conversation_id=asked.pk)
    answer, new = write(conversation=asked), write()
    for row in (answer, new):
        take_back(row.outgoing, by=sam, at=AT)
    asked.refresh_from_db()
    assert asked.waiting_since == AT - timedelta(days=1)
    assert list(Conversation.objects.all()) == [asked]
    assert not Outgoing.objects.exists()
    assert not Interaction.objects.filter(direction="outbound").exists()
    assert claim(at=AT + timedelta(minutes=1)) is None


def test_what_has_left_cannot_be_taken_back(write, sam):
    row = write()
    assert claim(at=AT) == row.outgoing
    with pytest.raises(ActionRefused, match="sent already"):
        take_back(row.outgoing, by=sam, at=AT)
    assert Interaction.objects.filter(pk=row.pk).exists()


def test_an_answer_joins_its_thread_and_names_what_it_answers(write, ada):
    thread = ConversationFactory(customer=ada, subject="Invoice 7")
    for number in range(14):
        happens(ada, "question", at=AT - timedelta(days=20 - number), conversation_id=thread.pk,
                payload={"message_id": f"q{number}@theirs.example"})  # fmt: skip
    first = write(conversation=thread, subject="")
    assert (first.conversation, first.subject) == (thread, "Re: Invoice 7")
    assert first.outgoing.in_reply_to == "<q13@theirs.example>"
    named = first.outgoing.references.split()
    assert named == ["<q0@theirs.example>", *(f"<q{number}@theirs.example>" for number in range(4, 14))]
    second = write(conversation=thread, subject="")
    assert second.outgoing.in_reply_to == first.outgoing.message_id
    thread.refresh_from_db()
    assert thread.waiting_since is None


@pytest.mark.parametrize("said", ["Re: Invoice", "RE: Invoice", "AW: Invoice", "re[2]: Invoice"])
def test_re_is_said_once(write, ada, said):
    assert write(conversation=ConversationFactory(customer=ada, subject=said), subject="").subject == said


def test_ids_of_theirs_smuggle_no_header_in(write, ada):
    thread = ConversationFactory(customer=ada)
    for bad in ("a\r\nBcc: all@firm.example", "<x> <y>", "", "i" * 900, None, 7):
        happens(ada, "question", at=AT, conversation_id=thread.pk, payload={"message_id": bad})
    row = write(conversation=thread)
    assert row.outgoing.references == "<7>"
    send_outgoing_task()
    assert letters()[0]["Bcc"] is None


def test_line_breaks_in_a_subject_do_no_harm(write):
    write(subject="One\r\nBcc: all@firm.example")
    send_outgoing_task()
    assert letters()[0]["Subject"] == "One Bcc: all@firm.example"
    assert letters()[0]["Bcc"] is None


def test_written_twice_it_leaves_once(write):
    ref = str(uuid4())
    file = SimpleUploadedFile("a.txt", b"a")
    assert write(external_id=ref, files=[file]) == write(external_id=ref, files=[file])
    assert (Interaction.objects.count(), Outgoing.objects.count(), Conversation.objects.count()) == (1, 1, 1)
    assert Interaction.objects.get().attachments.count() == 1


def test_run_twice_the_second_run_sends_nothing(write):
    write()
    assert (send_outgoing_task(), send_outgoing_task()) == (1, 0)
    assert len(mail.outbox) == 1


def test_who_asked_not_to_be_contacted_gets_none(sam, ada, address):
    ada.do_not_contact = True
    ada.save()
    with pytest.raises(ActionRefused, match="not to be contacted"):
        write_mail(customer=ada, to=ContactPoint.objects.get(), by=sam, at=AT, body="Hi", external_id=str(uuid4()))
    assert not Interaction.objects.exists()


def fails_with(monkeypatch, error):
    def send_messages(self, messages):
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)


@pytest.mark.parametrize(
    ("error", "words", "unsure"),
    [
        (SMTPRecipientsRefused({"ada@example.org": (550, b"no such user")}), "no such user", False),
        (ConnectionRefusedError(), "cannot be reached", False),
        (TimeoutError(), "broke off", True),
        (SMTPServerDisconnected("gone"), "broke off", True),
        (RuntimeError("quota"), "quota", True),
    ],
)
def test_what_fails_says_why_and_can_be_sent_again(write, sam, monkeypatch, error, words, unsure):
    row = write()
    with monkeypatch.context() as there:
        fails_with(there, error)
        send_outgoing_task()
    failed = Outgoing.objects.get()
    assert failed.status == "failed"
    assert words in failed.error
    assert ("may have been sent" in failed.error) == unsure
    assert send_outgoing_task() == 0, "what failed is not tried again by itself"

    send_again(failed, by=sam, at=AT)
    assert send_outgoing_task() == 1
    assert [letter["Message-ID"] for letter in letters()] == [row.outgoing.message_id]
    assert Outgoing.objects.get().attempts == 2


@pytest.fixture
def question(ada):
    thread = ConversationFactory(customer=ada, subject="Invoice 7")
    happens(ada, "question", at=AT - timedelta(hours=1), conversation_id=thread.pk)
    return thread


def state_of(thread):
    thread.refresh_from_db()
    return thread.status, thread.waiting_since


REFUSED = SMTPRecipientsRefused({"ada@example.org": (550, b"no such user")})


@pytest.mark.parametrize("status", ["open", "snoozed", "closed"])
def test_what_was_not_sent_answers_nothing(write, sam, question, monkeypatch, status):
    row = write(conversation=question)
    Conversation.objects.filter(pk=question.pk).update(status=status)
    assert state_of(question) == (status, None)
    with monkeypatch.context() as there:
        fails_with(there, REFUSED)
        send_outgoing_task()
    assert state_of(question) == ("open", AT - timedelta(hours=1))
    changes = row.events.count()

    send_again(Outgoing.objects.get(), by=sam, at=AT + timedelta(hours=1))
    assert state_of(question) == ("open", None)
    assert send_outgoing_task() == 1
    assert state_of(question) == ("open", None)
    row.refresh_from_db()
    assert (row.payload, row.events.count()) == ({}, changes), "nobody changed what was written"


def test_a_nudge_that_was_not_sent_leaves_the_ceiling_as_it_was(write, sam, ada, monkeypatch):
    Firm.objects.update(nudge_ceiling=1)
    write(kind="nudge")
    with monkeypatch.context() as there:
        fails_with(there, REFUSED)
        send_outgoing_task()
    assert not customer_nudges(ada.pk, day=AT.date()).is_ceiling_reached
    failed = Outgoing.objects.get()
    send_again(failed, by=sam, at=AT)
    assert customer_nudges(ada.pk, day=AT.date()).is_ceiling_reached
    with monkeypatch.context() as there:
        fails_with(there, REFUSED)
        send_outgoing_task()
    write(kind="nudge")
    with pytest.raises(ActionRefused, match="our ceiling"):
        send_again(failed, by=sam, at=AT)
    assert Outgoing.objects.get(pk=failed.pk).status == "failed"


def test_what_failed_is_not_sent_again_to_who_asked_not_to_be_contacted(write, sam, ada, monkeypatch):
    write()
    fails_with(monkeypatch, REFUSED)
    send_outgoing_task()
    Customer.objects.update(do_not_contact=True)
    with pytest.raises(ActionRefused, match="not to be contacted"):
        send_again(Outgoing.objects.get(), by=sam, at=AT)
    assert Outgoing.objects.get().status == "failed"


def test_the_author_learns_of_each_attempt_that_failed(write, sam, question, monkeypatch):
    row = write(conversation=question)
    fails_with(monkeypatch, REFUSED)
    send_outgoing_task()
    (news,) = Notification.objects.all()
    assert (news.user, news.kind, news.conversation, news.interaction) == (sam, "not_sent", question, row)
    assert news.text.startswith("Re: Invoice 7: ")
    assert "no such user" in news.text
    send_again(Outgoing.objects.get(), by=sam, at=AT)
    send_outgoing_task()
    assert Notification.objects.filter(user=sam, kind="not_sent").count() == 2


def test_where_the_author_has_left_the_owner_learns_of_it(write, sam, ada, question, monkeypatch):
    write(conversation=question)
    ada.owner = UserFactory()
    ada.save()
    sam.is_active = False
    sam.save()
    fails_with(monkeypatch, REFUSED)
    send_outgoing_task()
    assert [news.user for news in Notification.objects.all()] == [ada.owner]


def test_what_was_given_up_waits_until_it_turns_out_to_be_sent(write, question):
    write(conversation=question)
    slow = claim(at=AT)
    give_up_lost(at=AT + timedelta(hours=1))
    assert state_of(question) == ("open", AT - timedelta(hours=1))
    settle(slow, None, at=AT)
    assert state_of(question) == ("open", None)


def test_a_file_that_is_gone_from_disk_holds_the_mail_back(write):
    row = write(files=[SimpleUploadedFile("a.txt", b"a")])
    file = row.attachments.get().file
    file.storage.delete(file.name)
    send_outgoing_task()
    assert "was not sent" in Outgoing.objects.get().error
    assert not mail.outbox


@pytest.mark.parametrize("status", ["queued", "sending", "sent"])
def test_only_what_failed_is_sent_again(write, sam, status):
    row = write()
    Outgoing.objects.update(status=status, sent_at=AT if status == "sent" else None)
    with pytest.raises(ActionRefused):
        send_again(row.outgoing, by=sam, at=AT)


def test_what_is_claimed_is_nobody_elses(write):
    write()
    assert claim(at=AT)
    assert claim(at=AT) is None


def test_a_mail_whose_worker_died_is_given_up_and_not_sent(write):
    write()
    claim(at=AT)
    assert give_up_lost(at=AT + timedelta(minutes=9)) == 0
    assert give_up_lost(at=AT + timedelta(minutes=11)) == 1
    assert give_up_lost(at=AT + timedelta(minutes=12)) == 0
    assert send_outgoing_task() == 0
    lost = Outgoing.objects.get()
    assert (lost.status, "may have been sent" in lost.error) == ("failed", True)


def test_a_slow_worker_has_the_last_word_unless_it_was_sent_again(write, sam):
    write()
    slow = claim(at=AT)
    give_up_lost(at=AT + timedelta(hours=1))
    send_each([slow], clock=lambda: AT + timedelta(hours=1))
    assert Outgoing.objects.get().status == "sent"

    write()
    slow = claim(at=AT)
    give_up_lost(at=AT + timedelta(hours=1))
    send_again(slow, by=sam, at=AT)
    settle(slow, None, at=AT)
    assert Outgoing.objects.get(pk=slow.pk).status == "queued"
