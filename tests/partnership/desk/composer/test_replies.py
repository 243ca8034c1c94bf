"""What is said to a customer: by mail from here, or written down."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interactions.models import Conversation, Interaction, Outgoing
from tests.factories import ContactPointFactory, ConversationFactory, CustomerFactory, OrganisationFactory, happens

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return CustomerFactory(name="Ada")


@pytest.fixture
def address(ada):
    return ContactPointFactory(customer=ada, value="ada@example.org")


def page(client, customer, tab="replies"):
    return client.get(f"/customers/{customer.pk}/{tab}/").content.decode()


def write(client, customer, tab="replies", **given):
    return client.post(f"/customers/{customer.pk}/{tab}/", given)


def test_a_reply_by_mail_is_queued_in_the_longest_waiting_thread(desk, sam, ada, address):
    newer = ConversationFactory(customer=ada, subject="Later")
    thread = ConversationFactory(customer=ada, subject="Invoice")
    happens(ada, "question", at=timezone.now() - timedelta(hours=2), conversation_id=thread.pk)
    happens(ada, "question", at=timezone.now() - timedelta(hours=1), conversation_id=newer.pk)
    text = page(desk, ada)
    assert f'<option value="{thread.pk}" selected>' in text
    assert f'<option value="to-{address.pk}" selected>ada@example.org</option>' in text
    assert write(desk, ada, conversation=thread.pk, via=f"to-{address.pk}", body="Here it is.").status_code == 302
    reply = Interaction.objects.get(customer=ada, kind="message")
    assert (reply.direction, reply.channel, reply.subject, reply.author) == ("outbound", "email", "Re: Invoice", sam)
    assert (reply.outgoing.to, reply.outgoing.status) == (["ada@example.org"], "queued")
    thread.refresh_from_db()
    assert thread.waiting_since is None
    assert "On its way to ada@example.org." in desk.get(ada.get_absolute_url()).content.decode()


def test_what_is_begun_at_an_entry_answers_its_thread_unless_something_is_half_written(desk, sam, ada, address):
    waits, thread, others = (ConversationFactory(customer=one) for one in (ada, ada, CustomerFactory()))
    happens(ada, "question", at=timezone.now(), conversation_id=waits.pk)
    entry = happens(ada, "message", at=timezone.now(), direction="outbound", conversation_id=thread.pk)
    elsewhere = happens(others.customer, "message", at=timezone.now(), conversation_id=others.pk)

    def answers(entry):
        form = desk.get(f"/customers/{ada.pk}/replies/", {"entry": entry}).context["form"]
        return int(form["conversation"].value())

    assert answers(entry.pk) == thread.pk
    assert {answers(other) for other in (elsewhere.pk, "x", "")} == {waits.pk}
    shown = desk.get(f"/customers/{ada.pk}/entries/{entry.pk}/").content.decode()
    assert f"/replies/?conversation={thread.pk}" in shown
    desk.post(f"/customers/{ada.pk}/drafts/", {"tab": "replies", "body": "Half a", "conversation": waits.pk})
    assert answers(entry.pk) == waits.pk


def test_a_worker_is_nudged_once_it_is_committed(desk, ada, address, monkeypatch, django_capture_on_commit_callbacks):
    nudges = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, **_: nudges.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        write(desk, ada, via=f"to-{address.pk}", subject="Hello", body="Here it is.")
        assert "interactions.send_outgoing" not in nudges
    assert nudges.count("interactions.send_outgoing") == 1


def test_a_new_mail_opens_a_thread(desk, ada, address):
    assert "A new mail needs a subject" in write(desk, ada, via=f"to-{address.pk}", body="x").content.decode()
    write(desk, ada, via=f"to-{address.pk}", subject="Hello", body="Here it is.")
    thread = Conversation.objects.get(customer=ada)
    assert (thread.subject, thread.channel) == ("Hello", "email")
    assert Interaction.objects.get().subject == "Hello"


def test_what_leaves_now_did_not_happen_earlier(desk, ada, address):
    refused = write(desk, ada, via=f"to-{address.pk}", subject="x", body="x", happened="2024-07-01T10:00")
    assert refused.status_code == 422
    assert "is sent now" in refused.content.decode()


def test_what_was_sent_another_way_is_written_down_and_not_sent(desk, sam, ada, address):
    thread = ConversationFactory(customer=ada, channel="chat", subject="Invoice")
    happens(ada, "question", at=timezone.now() - timedelta(hours=2), conversation_id=thread.pk, channel="chat")
    write(desk, ada, conversation=thread.pk, via="by-chat", body="Here it is.", minutes="5")
    reply = Interaction.objects.get(customer=ada, kind="message")
    assert (reply.channel, reply.subject, reply.author, reply.minutes) == ("chat", "Invoice", sam, 5)
    assert not Outgoing.objects.exists()
    thread.refresh_from_db()
    assert thread.waiting_since is None


def test_a_thread_can_be_asked_for_even_a_closed_one(desk, ada):
    closed = ConversationFactory(customer=ada, status="closed", subject="Old matter")
    assert "Old matter" not in page(desk, ada).partition('id="timeline"')[0]
    asked = desk.get(f"/customers/{ada.pk}/replies/?conversation={closed.pk}").content.decode()
    assert f'<option value="{closed.pk}" selected>Old matter</option>' in asked
    assert write(desk, ada, conversation=closed.pk, via="by-email", body="x").status_code == 302
    assert desk.get(f"/customers/{ada.pk}/replies/?conversation=x%27").status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        {"via": "by-telepathy"},
        {"via": "to-999999"},
        {"via": ""},
        {"via": "by-email", "conversation": "999999"},
        {"via": "by-email", "conversation": "x"},
    ],
)
def test_what_is_not_offered_is_refused(desk, ada, address, given):
    assert write(desk, ada, body="x", **given).status_code == 422
    assert not Interaction.objects.exists()


def test_nothing_of_another_customers_is_offered(desk, ada):
    other = ContactPointFactory(value="other@example.org")
    thread = ConversationFactory(customer=other.customer)
    assert write(desk, ada, via=f"to-{other.pk}", subject="x", body="x").status_code == 422
    assert write(desk, ada, via="by-email", conversation=thread.pk, body="x").status_code == 422
    assert not Interaction.objects.exists()


def test_an_organisations_people_are_written_to(desk):
    firm = OrganisationFactory()
    ContactPointFactory(customer=firm, value="office@firm.example")
    ines = CustomerFactory(name="Ines", organisation=firm)
    hers = ContactPointFactory(customer=ines, value="ines@firm.example", verified=True)
    for hidden in (
        CustomerFactory(organisation=firm, do_not_contact=True),
        CustomerFactory(organisation=firm, restricted=True),
    ):
        ContactPointFactory(customer=hidden, value=f"hidden{hidden.pk}@firm.example")
    text = page(desk, firm)
    assert text.index("office@firm.example") < text.index("Ines, ines@firm.example")
    assert "hidden" not in text.partition("composer-aside")[0].partition('name="via"')[2]
    write(desk, firm, via=f"to-{hers.pk}", subject="Hello", body="x")
    row = Interaction.objects.get(customer=firm)
    assert (row.person, row.outgoing.to) == (ines, ["ines@firm.example"])


def test_a_verified_address_comes_first(desk, ada, address):
    better = ContactPointFactory(customer=ada, value="zoe@example.org", verified=True)
    assert f'<option value="to-{better.pk}" selected>' in page(desk, ada)


@pytest.mark.parametrize("tab", ["replies", "declines"])
def test_who_asked_not_to_be_contacted_gets_no_mail_but_a_log(desk, ada, address, tab):
    ada.do_not_contact = True
    ada.save()
    text = page(desk, ada, tab)
    assert "They asked not to be contacted" in text
    assert "to-" not in text.partition('name="via"')[2].partition("</select>")[0]
    words = {"body": "x", "reason": "No.", "alternative": "This.", "subject": "x"}
    refused = write(desk, ada, tab, via=f"to-{address.pk}", **words)
    assert refused.status_code == 422
    assert "nothing is sent from here. You can write down what was sent another way" in refused.content.decode()
    assert write(desk, ada, tab, via="by-post", **words).status_code == 302
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize(
    ("lifecycle", "said"), [("ended", "has ended"), ("paused", "taking a break"), ("prospect", "not a customer yet")]
)
def test_where_they_stand_is_said(desk, lifecycle, said):
    customer = CustomerFactory(lifecycle=lifecycle)
    assert said in page(desk, customer)
    assert said not in page(desk, customer, "notes")


def test_no_is_said_with_a_reason_and_an_alternative(desk, sam, ada, address):
    for missing in ("reason", "alternative"):
        given = {"reason": "No.", "alternative": "This.", "via": "by-email", missing: ""}
        assert write(desk, ada, "declines", **given).status_code == 422
    write(desk, ada, "declines", reason="It is past 14 days.", alternative="A free lesson.", via=f"to-{address.pk}",
          subject="Your refund")  # fmt: skip
    row = Interaction.objects.get(customer=ada)
    assert (row.kind, row.direction, row.author, row.subject) == ("decline", "outbound", sam, "Your refund")
    assert row.body == "It is past 14 days.\n\nA free lesson."
    assert row.payload == {"reason": "It is past 14 days.", "alternative": "A free lesson."}
    assert row.outgoing.status == "queued"


# --- how far it is ---


@pytest.fixture
def sent(desk, ada, address):
    write(desk, ada, via=f"to-{address.pk}", subject="Hello", body="Here it is.")
    return Interaction.objects.get()


def test_its_state_is_told_until_it_is_known(desk, ada, sent):
    url = f"/customers/{ada.pk}/entries/{sent.pk}/outgoing/"
    waiting = desk.get(url).content.decode()
    assert "on its way" in waiting
    assert "hx-trigger" in waiting
    Outgoing.objects.update(status="failed", error="<b>no such user")
    failed = desk.get(url).content.decode()
    assert "&lt;b&gt;no such user" in failed
    assert f"{url}retry/" in failed
    assert "hx-trigger" not in failed
    assert "no such user" in desk.get(ada.get_absolute_url()).content.decode()
    assert desk.get(f"/customers/{CustomerFactory().pk}/entries/{sent.pk}/outgoing/").status_code == 404


def test_what_failed_is_sent_again_after_a_question(desk, ada, sent):
    url = f"/customers/{ada.pk}/entries/{sent.pk}/outgoing/retry/"
    Outgoing.objects.update(status="failed", error="The e-mail may have been sent: check before you send it again.")
    question = desk.get(url).content.decode()
    assert "Send it again to ada@example.org?" in question
    assert "may have been sent" in question
    for _ in range(2):
        assert desk.post(url).url == f"/customers/{ada.pk}/entries/{sent.pk}/"
    assert Outgoing.objects.get().status == "queued"
    assert "Only failed mail" in desk.get(ada.get_absolute_url()).content.decode()


def test_it_is_nobodys_who_may_not_see_the_customer(desk, ada, sent):
    ada.restricted = True
    ada.save()
    for url in ("outgoing/", "outgoing/retry/"):
        assert desk.get(f"/customers/{ada.pk}/entries/{sent.pk}/{url}").status_code == 404
