"""Nothing says "sent" that did not leave."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from interactions.errors import ActionRefused
from interactions.mailboxes.outbox import send_again
from interactions.mailboxes.outgoing_mail import write_mail
from interactions.models import Interaction, Outgoing
from interactions.models.kinds import NOT_SENT
from interactions.tasks import send_outgoing_task
from partnership.core.translatable_text import translate_stored
from partnership.health.models import WeeklySummarySubscription
from partnership.health.weekly_summary import send_weekly_summaries
from partnership.notifications.digest import send_digests
from partnership.notifications.models import Notification
from partnership.notifications.notify import notify
from partnership.staff.mail.outbox import kept_mails
from partnership.staff.mail.transport import FIRM_BACKEND, OUTBOX_BACKEND, Transport, mail_transport
from partnership.staff.models import Preferences
from tests.factories import ContactPointFactory, ConversationFactory, CustomerFactory, UserFactory, happens
from tests.mail_server import mail_server
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

NOWHERE = [
    FIRM_BACKEND,
    *(f"django.core.mail.backends.{name}.EmailBackend" for name in ("console", "dummy", "filebased")),
]
NOTICE = "No mail server is set up: e-mails are recorded but not sent."


@pytest.fixture(params=NOWHERE)
def no_server(request, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = request.param, ""


@pytest.fixture
def no_host(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = FIRM_BACKEND, ""


@pytest.fixture
def outbox(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.VAR_DIR = OUTBOX_BACKEND, tmp_path


@pytest.fixture
def admin(firm):
    return UserFactory(admin=True, role="admin")


@pytest.fixture
def ada(firm):
    return CustomerFactory(name="Ada Okafor")


def answer(customer, by, **more):
    """Answer a question of theirs by mail; the outgoing mail, after a worker was at it."""
    asked = timezone.now() - timedelta(hours=1)
    thread = ConversationFactory(customer=customer, subject="Where is it?")
    happens(customer, "message", at=asked, conversation_id=thread.pk, body="Where is it?")
    to = ContactPointFactory(customer=customer, value="ada@example.org")
    write_mail(
        customer=customer, to=to, body="Here.", by=by, at=timezone.now(), external_id=str(uuid4()),
        conversation=thread, **more,
    )  # fmt: skip
    send_outgoing_task()
    return Outgoing.objects.select_related("interaction__conversation").get()


def test_without_a_server_it_is_not_sent_and_no_contact(no_server, ada, sam):
    assert mail_transport() is Transport.NONE
    outgoing = answer(ada, sam)
    assert (outgoing.status, translate_stored(outgoing.error)) == ("failed", "no mail server is set up")
    assert NOT_SENT in outgoing.interaction.payload
    assert outgoing.interaction.conversation.waiting_since is not None
    assert Notification.objects.get(user=sam).kind == "not_sent"
    with pytest.raises(ActionRefused, match="No mail server"):
        send_again(outgoing, by=sam, at=timezone.now())


def test_the_entry_says_so_and_offers_to_send_it_again_once_there_is_a_server(no_host, ada, sam, settings):
    outgoing = answer(ada, sam)
    desk = signed_in(sam)
    page = desk.get(reverse("customer", args=[ada.pk])).text
    assert "<span>not sent: no mail server is set up</span>" in page
    assert "Send again" not in page
    assert "Send again" not in desk.get(reverse("outgoing", args=[ada.pk, outgoing.interaction_id])).text
    with mail_server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        assert "Send again" in desk.get(reverse("customer", args=[ada.pk])).text
        desk.post(reverse("outgoing_retry", args=[ada.pk, outgoing.interaction_id]))
        assert send_outgoing_task() == 1
    assert [one["Subject"] for one in server.taken] == ["Re: Where is it?"]
    row = Interaction.objects.get(pk=outgoing.interaction_id)
    assert NOT_SENT not in row.payload
    assert row.conversation.waiting_since is None
    assert Outgoing.objects.get().status == "sent"


def test_it_is_said_beforehand(no_server, ada, sam, admin):
    ContactPointFactory(customer=ada, value="ada@example.org")
    thread = ConversationFactory(customer=ada)
    happens(ada, "message", at=timezone.now() - timedelta(hours=1), conversation_id=thread.pk, body="?")
    pages = [
        reverse("compose", args=[ada.pk, "replies"]),
        f"{reverse('focus')}?whose=all&conversation={thread.pk}",
        reverse("scheduled"),
    ]
    for page in pages:
        assert f"{NOTICE} Ask an administrator." in signed_in(sam).get(page).text, page
        mine = signed_in(admin).get(page).text
        assert NOTICE in mine, page
        assert "Ask an administrator" not in mine
    assert NOTICE in signed_in(admin).get(reverse("admin:index")).text


def test_with_a_server_nothing_is_said(ada, sam, admin, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = FIRM_BACKEND, "mail.example"
    ContactPointFactory(customer=ada, value="ada@example.org")
    assert "mail-notice" not in signed_in(sam).get(reverse("compose", args=[ada.pk, "replies"])).text
    assert "mail-notice" not in signed_in(admin).get(reverse("admin:index")).text


def test_what_is_only_recorded_needs_no_server(no_host, ada, sam):
    assert "mail-notice" not in signed_in(sam).get(reverse("compose", args=[ada.pk, "notes"])).text


def test_the_message_after_writing_says_it(no_host, ada, sam):
    to = ContactPointFactory(customer=ada, value="ada@example.org")
    fields = {"ref": str(uuid4()), "via": f"to-{to.pk}", "subject": "Hello", "body": "Here."}
    url = reverse("compose", args=[ada.pk, "replies"])
    desk = signed_in(sam)
    assert "Recorded, but not sent" in desk.post(url, fields, follow=True).text
    later = {**fields, "ref": str(uuid4()), "later": "tomorrow"}
    assert "only if a mail server is set up by then" in desk.post(url, later, follow=True).text


def test_digests_and_summaries_are_not_marked(no_server, ada, sam, manager):
    monday = datetime(2026, 1, 12, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    Preferences.objects.create(user=sam, digest="hourly")
    notify(kind="mention", users=[sam], customer=ada, at=monday - timedelta(minutes=1), key="news", text="see")
    WeeklySummarySubscription.objects.create(user=manager)
    assert send_digests(at=monday) == 0
    assert send_weekly_summaries(at=monday) == 0
    assert Notification.objects.get().mailed_at is None
    assert WeeklySummarySubscription.objects.get().sent_for is None
    assert mail.outbox == []


def test_the_demos_outbox_keeps_it_and_says_so(outbox, ada, sam, admin, tmp_path):
    outgoing = answer(ada, sam, bcc=["hidden@example.org"])
    assert (outgoing.status, NOT_SENT in outgoing.interaction.payload) == ("sent", False)
    assert outgoing.interaction.conversation.waiting_since is None
    page = signed_in(sam).get(reverse("customer", args=[ada.pk])).text
    assert "kept in the demo’s outbox" in page
    [kept] = kept_mails()
    assert (kept.subject, kept.recipients) == ("Re: Where is it?", "ada@example.org, hidden@example.org")
    assert kept.at is not None
    assert kept.files == []
    [file] = (tmp_path / "outbox").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    desk = signed_in(admin)
    listed = desk.get(reverse("outbox"))
    assert "hidden@example.org" in listed.text
    assert "Here." in desk.get(reverse("outbox_mail", args=[kept.name])).text
    for name in ("none", "0" * 20, kept.name[:-1]):
        assert desk.get(reverse("outbox_mail", args=[name])).status_code == 404
    for one in (reverse("outbox"), reverse("outbox_mail", args=[kept.name])):
        assert signed_in(sam).get(one).status_code == 403
    notice = desk.get(reverse("scheduled")).text
    assert "e-mails are kept in its outbox" in notice
    assert reverse("outbox") in notice


def test_where_mail_leaves_there_is_no_outbox(admin):
    for one in (reverse("outbox"), reverse("outbox_mail", args=["none"])):
        assert signed_in(admin).get(one).status_code == 302


def test_an_empty_outbox_says_how_it_fills(outbox, admin):
    assert "The outbox is empty" in signed_in(admin).get(reverse("outbox")).text
