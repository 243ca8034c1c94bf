from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from customers.models import Commitment
from interactions.models import Interaction
from partnership.scoring.models import StaleScore
from tests.factories import ConversationFactory, CustomerFactory, goal, happens

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return CustomerFactory(name="Ada")


def write(client, customer, tab, **given):
    return client.post(f"/customers/{customer.pk}/{tab}/", given)


def test_a_note_joins_the_timeline(desk, sam, ada):
    before = timezone.now()
    response = write(desk, ada, "notes", body="Likes mornings.", minutes="5")
    assert response.url == ada.get_absolute_url()
    note = Interaction.objects.get(customer=ada)
    assert (note.kind, note.channel, note.direction, note.author, note.minutes) == (
        "note", "internal", "internal", sam, 5,
    )  # fmt: skip
    assert before <= note.occurred_at <= timezone.now()
    assert StaleScore.objects.filter(customer=ada).exists()


def test_a_call_of_theirs_is_logged_by_who_answered(desk, sam, ada):
    write(desk, ada, "calls", body="About the plan.", direction="inbound", minutes="12")
    call = Interaction.objects.get(customer=ada)
    assert (call.kind, call.channel, call.direction, call.author, call.minutes) == (
        "call", "call", "inbound", sam, 12,
    )  # fmt: skip


def test_a_moment_is_read_in_the_firms_zone(desk, ada):
    write(desk, ada, "calls", body="Back then.", direction="outbound", happened="2024-07-01T10:00")
    assert Interaction.objects.get(customer=ada).occurred_at == datetime(2024, 7, 1, 8, tzinfo=UTC)


def test_a_reply_ends_the_waiting_of_its_conversation(desk, sam, ada):
    thread = ConversationFactory(customer=ada, channel="chat", subject="Invoice")
    happens(ada, "question", at=timezone.now() - timedelta(hours=2), conversation_id=thread.pk)
    page = desk.get(f"/customers/{ada.pk}/replies/").content.decode()
    assert f'<option value="{thread.pk}" selected>' in page
    assert "Nothing is sent from here" in page
    write(desk, ada, "replies", conversation=thread.pk, channel="email", body="Here it is.")
    thread.refresh_from_db()
    assert thread.waiting_since is None
    reply = Interaction.objects.get(customer=ada, kind="message")
    assert (reply.direction, reply.channel, reply.subject, reply.author) == ("outbound", "chat", "Invoice", sam)


def test_a_reply_cannot_join_another_customers_conversation(desk, ada):
    other = ConversationFactory()
    response = write(desk, ada, "replies", conversation=other.pk, channel="email", body="Oops")
    assert response.status_code == 422
    assert not Interaction.objects.exists()


def test_a_promise_of_ours_has_an_owner_and_a_row(desk, sam, ada):
    aim = goal(ada, "Ten clients", at=timezone.now(), by=sam)
    tomorrow = timezone.localdate() + timedelta(days=1)
    write(desk, ada, "promises", party="us", what="Send the plan", due_on=tomorrow.isoformat(), goal=aim.pk)
    made = Commitment.objects.get(customer=ada)
    assert (made.party, made.what, made.due_on, made.owner, made.goal) == ("us", "Send the plan", tomorrow, sam, aim)
    assert made.interactions.get().kind == "commitment_made"


@pytest.mark.parametrize(
    ("tab", "given", "said"),
    [
        ("notes", {"body": " "}, "This field is required"),
        ("notes", {"body": "x", "minutes": "-1"}, "greater than or equal to 0"),
        ("notes", {"body": "x", "happened": "2999-01-01T10:00"}, "That is still to come"),
        ("notes", {"body": "x", "happened": "yesterday"}, "Enter a valid date/time"),
        ("calls", {"body": "x", "direction": "internal"}, "Select a valid choice"),
        ("replies", {"body": "x", "channel": "telepathy"}, "Select a valid choice"),
        ("promises", {"party": "us", "what": ""}, "This field is required"),
        ("promises", {"party": "us", "what": "x", "due_on": "2020-01-01"}, "That day is over"),
        ("promises", {"party": "nobody", "what": "x"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(desk, ada, tab, given, said):
    response = write(desk, ada, tab, **given)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Interaction.objects.exists()


def test_nul_bytes_are_refused(desk, ada):
    assert write(desk, ada, "notes", body="a\x00b").status_code == 422


def test_each_tab_opens_without_javascript(desk, ada):
    for tab in ("notes", "calls", "replies", "promises"):
        assert f'action="/customers/{ada.pk}/{tab}/"' in desk.get(f"/customers/{ada.pk}/{tab}/").content.decode()
    assert desk.get(f"/customers/{ada.pk}/poems/").status_code == 404


def test_who_asked_not_to_be_contacted_is_named_so(desk):
    customer = CustomerFactory(do_not_contact=True)
    assert "They asked not to be contacted" in desk.get(f"/customers/{customer.pk}/replies/").content.decode()


def test_nobody_writes_where_they_may_not_look(desk, client):
    for customer in (CustomerFactory(restricted=True), CustomerFactory(merged_into=CustomerFactory())):
        assert write(desk, customer, "notes", body="x").status_code == 404
    assert write(client, CustomerFactory(), "notes", body="x").status_code == 302
    assert not Interaction.objects.exists()


def test_a_form_of_another_site_is_refused(sam, ada):
    from django.test import Client

    stranger = Client(enforce_csrf_checks=True)
    stranger.force_login(sam)
    assert write(stranger, ada, "notes", body="x").status_code == 403


@pytest.mark.parametrize(
    ("tab", "given"),
    [("notes", {"body": "Once."}), ("promises", {"party": "them", "what": "Read", "due_on": "2090-01-01"})],
)
def test_a_form_sent_twice_is_recorded_once(desk, ada, tab, given):
    page = desk.get(f"/customers/{ada.pk}/{tab}/").content.decode()
    ref = page.split('name="ref" value="')[1].split('"')[0]
    for _ in range(2):
        assert write(desk, ada, tab, ref=ref, **given).status_code == 302
    assert Interaction.objects.filter(customer=ada).count() == 1
    assert Commitment.objects.filter(customer=ada).count() == (tab == "promises")
