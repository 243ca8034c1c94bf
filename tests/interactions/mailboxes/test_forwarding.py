"""A mail that is sent on to somebody else is no word to the customer."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from uuid import uuid4

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.actions.attachments import StoredFile, attach_files
from interactions.actions.conversations import close_conversation, reopen_conversation
from interactions.actions.record import Entry, record_many
from interactions.errors import ActionRefused
from interactions.mailboxes.forwarding import forward_mail
from interactions.mailboxes.outbox import take_back
from interactions.mailboxes.outgoing_mail import write_mail
from interactions.models import Conversation, Interaction, Outgoing
from interactions.tasks import send_outgoing_task
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.models import Score
from tests.factories import ContactPointFactory, ConversationFactory, CustomerFactory, FirmFactory, UserFactory, happens

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sam():
    FirmFactory(own_addresses=["hello@ourfirm.example"])
    return UserFactory(name="Sam Rivera", signature="Sam")


@pytest.fixture
def ada():
    customer = CustomerFactory(name="Ada")
    ContactPointFactory(customer=customer, value="ada@example.org")
    return customer


@pytest.fixture
def asked(ada):
    thread = ConversationFactory(customer=ada, subject="Invoice")
    return happens(
        ada, "question", at=AT - timedelta(days=1), conversation_id=thread.pk, subject="Invoice",
        body="Where is <it>?", quoted="> earlier",
        payload={"message_id": "q@theirs.example", "from": "Ada <a@x.example>"},
    )  # fmt: skip


def forward(entry, sam, **more):
    given = {"to": ["bob@elsewhere.example"], "subject": "Fwd: Invoice", "body": "Can **you** help?", **more}
    return forward_mail(entry, by=sam, at=AT, **{"external_id": str(uuid4()), **given})


def test_what_arrives_there(asked, sam):
    attach_files(interaction=asked, files=[SimpleUploadedFile("a.txt", b"soup", "text/plain")])
    file = StoredFile.of(asked.attachments.get())
    row = forward(asked, sam, files=[file, SimpleUploadedFile("b.txt", b"more", "text/plain")])
    assert send_outgoing_task() == 1
    letter = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)
    assert (letter["To"], letter["Subject"], letter["In-Reply-To"]) == ("bob@elsewhere.example", "Fwd: Invoice", None)
    plain = letter.get_body(("plain",)).get_content()
    assert plain.startswith("Can **you** help?\n\n-- \nSam\n\n---------- Forwarded message ----------\n")
    for words in (
        "From: Ada <a@x.example>",
        "Date: Sun 3 May 2026, 09:30",
        "Subject: Invoice",
        "Where is <it>?",
        "> earlier",
    ):
        assert words in plain
    html = letter.get_body(("html",)).get_content()
    assert "<strong>you</strong>" in html
    assert "Where is &lt;it&gt;?" in html
    assert [one.get_filename() for one in letter.iter_attachments()] == ["a.txt", "b.txt"]
    assert row.attachments.count() == 2


def test_it_is_recorded_as_what_it_is(asked, sam, ada):
    row = forward(asked, sam)
    assert (row.kind, row.direction, row.channel, row.author) == ("forward", "outbound", "email", sam)
    assert (row.conversation, row.payload) == (
        asked.conversation, {"forwards": asked.ref, "forwarded_to": "bob@elsewhere.example"},
    )  # fmt: skip


def test_they_wait_as_before(asked, sam):
    thread = asked.conversation
    forward(asked, sam)
    thread.refresh_from_db()
    assert thread.waiting_since == asked.occurred_at


def test_it_opens_nothing_and_keeps_the_closing(asked, sam, ada):
    thread = asked.conversation
    happens(ada, "message", at=AT - timedelta(hours=1), by=sam, direction="outbound", conversation_id=thread.pk)
    thread.refresh_from_db()
    close_conversation(thread, by=sam, at=AT - timedelta(minutes=1))
    forward(asked, sam)
    thread.refresh_from_db()
    assert thread.status == "closed"
    reopen_conversation(thread, by=sam, at=AT)
    assert not thread.settlements.exists(), "nobody has said anything to the customer since"


def test_an_answer_to_them_does_not_refer_to_it(asked, sam, ada):
    forward(asked, sam)
    answer = write_mail(
        customer=ada, to=ada.contact_points.get(), by=sam, at=AT + timedelta(hours=1), body="x",
        external_id=str(uuid4()), conversation=asked.conversation,
    )  # fmt: skip
    assert answer.outgoing.in_reply_to == "<q@theirs.example>"


def test_scores_stay_as_they_are(asked, sam, ada):
    def scores():
        rescore_all(at=AT)
        return Score.objects.values("reciprocity", "commitment", "partnership", "loudness", "confidence").get()

    before = scores()
    forward(asked, sam)
    assert scores() == before


steps = st.lists(st.sampled_from(["question", "answer", "forward", "note"]), min_size=1, max_size=8)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_waiting_is_the_same_without_the_forwards(sam, ada, told):
    """As if every forward had never been."""

    def waits(kinds):
        thread = ConversationFactory(customer=ada)
        fields = {
            "question": ("inbound", "email"), "answer": ("outbound", "email"), "forward": ("outbound", "email"),
            "note": ("internal", "internal"),
        }  # fmt: skip
        entries = [
            Entry(
                customer_id=ada.pk, occurred_at=AT + timedelta(minutes=minute), direction=fields[kind][0],
                channel=fields[kind][1], kind="message" if kind == "answer" else kind, conversation_id=thread.pk,
            )
            for minute, kind in kinds
        ]  # fmt: skip
        record_many(entries, recorded_at=AT)
        thread.refresh_from_db()
        return thread.waiting_since, thread.status

    numbered = list(enumerate(told))
    assert waits(numbered) == waits([step for step in numbered if step[1] != "forward"])


def test_done_twice_it_leaves_once_and_is_taken_back_whole(asked, sam, settings):
    settings.MAIL_UNDO_SECONDS = 10
    ref = str(uuid4())
    assert forward(asked, sam, external_id=ref) == forward(asked, sam, external_id=ref)
    assert Outgoing.objects.count() == 1
    take_back(Outgoing.objects.get(), by=sam, at=AT)
    assert not Interaction.objects.filter(kind="forward").exists()
    assert Conversation.objects.count() == 1


def test_what_cannot_be_forwarded_is_refused(asked, sam, ada):
    with pytest.raises(ActionRefused, match="own address"):
        forward(asked, sam, to=["ada@example.org"])
    note = happens(ada, "note", at=AT, by=sam, direction="internal", channel="internal", body="Aside")
    with pytest.raises(ActionRefused, match="Only an e-mail"):
        forward(note, sam)
    assert not Outgoing.objects.exists()
