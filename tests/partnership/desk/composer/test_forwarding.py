"""Forwarding a mail from the composer."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from interactions.actions.attachments import attach_files
from interactions.models import Interaction, Outgoing
from partnership.desk.models import Draft
from tests.factories import ContactPointFactory, ConversationFactory, CustomerFactory, UserFactory, happens

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path, firm):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ada():
    customer = CustomerFactory(name="Ada Okafor", preferred_name="Ada")
    ContactPointFactory(customer=customer, value="ada@example.org")
    return customer


@pytest.fixture
def letter(ada):
    row = happens(
        ada, "question", at=timezone.now() - timedelta(hours=2), subject="Invoice", body="Where is it?",
        conversation_id=ConversationFactory(customer=ada).pk,
    )  # fmt: skip
    attach_files(interaction=row, files=[SimpleUploadedFile(f"{name}.txt", b"x", "text/plain") for name in "ab"])
    return row


def opened(client, ada, entry):
    return client.get(f"/customers/{ada.pk}/forwards/", {"entry": entry.pk}).context["form"]


def send(client, ada, letter, **given):
    fields = {"entry": letter.pk, "to": "bob@elsewhere.example", "subject": "Fwd: Invoice", "body": "Please", **given}
    return client.post(f"/customers/{ada.pk}/forwards/", fields)


def test_begun_from_the_menu_with_all_that_goes_along(desk, ada, letter):
    menu = desk.get(f"/customers/{ada.pk}/entries/{letter.pk}/").content.decode()
    assert f"/customers/{ada.pk}/forwards/?entry={letter.pk}" in menu
    form = opened(desk, ada, letter)
    assert form["subject"].value() == "Fwd: Invoice"
    assert [label.partition(" (")[0] for _, label in form.fields["carried"].choices] == ["a.txt", "b.txt"]
    assert "Where is it?" in form.quoted
    page = desk.get(f"/customers/{ada.pk}/forwards/?entry={letter.pk}").content.decode()
    assert "Forward to this address" in page
    assert "Ada does not receive it" in page
    assert "Where is it?" in page


def test_from_a_pane_it_leads_back_to_the_pane(desk, htmx, ada, letter):
    pane = f"/conversations/?list=mine&conversation={letter.conversation_id}"

    def link_on(page):
        there = {"HX-Current-URL": f"http://testserver{page}"}
        menu = htmx.get(f"/customers/{ada.pk}/entries/{letter.pk}/menu/", headers=there).content.decode()
        return unescape(re.search(r'href="([^"]*/forwards/[^"]*)"', menu)[1])

    assert "next=" not in link_on(ada.get_absolute_url())  # there the composer is
    form = desk.get(link_on(pane)).content.decode()
    url = unescape(re.search(r'composer-form"\s+method="post"\s+action="([^"]*)"', form)[1])
    given = {"entry": letter.pk, "to": "bob@elsewhere.example", "subject": "Fwd: Invoice", "body": "Please"}
    assert htmx.post(url, given)["HX-Redirect"] == pane
    assert Outgoing.objects.count() == 1


def test_sent_with_the_files_that_are_left_in(desk, sam, ada, letter):
    form = opened(desk, ada, letter)
    [first, _second] = form.initial["carried"]
    more = SimpleUploadedFile("c.txt", b"c", "text/plain")
    colleague = UserFactory(email="anna@ourfirm.example")
    assert "anna@ourfirm.example" in desk.get(f"/customers/{ada.pk}/forwards/?entry={letter.pk}").content.decode()
    response = send(desk, ada, letter, to=f"bob@elsewhere.example, {colleague.email}", carried=first, attachments=more)
    assert response.status_code == 302
    row = Interaction.objects.get(kind="forward")
    assert row.outgoing.to == ["bob@elsewhere.example", "anna@ourfirm.example"]
    assert sorted(row.attachments.values_list("name", flat=True)) == ["a.txt", "c.txt"]
    letter.conversation.refresh_from_db()
    assert letter.conversation.waiting_since == letter.occurred_at
    page = desk.get(ada.get_absolute_url()).content.decode()
    assert "to bob@elsewhere.example, anna@ourfirm.example" in page


def test_it_is_no_contact_with_them(desk, ada, letter):
    send(desk, ada, letter)
    assert desk.get(ada.get_absolute_url()).context["last_outbound_on"] is None


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"to": ""}, "to", "Write the address"),
        ({"to": "bob"}, "to", "is no e-mail address"),
        ({"to": "ada@example.org"}, None, "own address"),
        ({"subject": ""}, "subject", "required"),
        ({"entry": "x"}, "entry", "Choose the mail"),
        ({"body": "[[what]]", "blanks": "what"}, "body", "Fill in the blank “what” first."),
    ],
)
def test_what_is_wrong_is_said_and_kept(desk, ada, letter, given, field, said):
    refused = send(desk, ada, letter, **{"body": "Kept", **given})
    assert refused.status_code == 422
    form = refused.context["form"]
    assert said in str(form.errors[field or "__all__"])
    assert not Outgoing.objects.exists()


def test_without_a_mail_it_says_where_to_find_one(desk, ada, letter):
    note = happens(ada, "note", at=timezone.now(), direction="internal", channel="internal", body="x")
    foreign = happens(CustomerFactory(), "message", at=timezone.now())
    for entry in (note, foreign):
        text = desk.get(f"/customers/{ada.pk}/forwards/?entry={entry.pk}").content.decode()
        assert "Choose a mail to forward" in text
    assert "Choose a mail to forward" in desk.get(f"/customers/{ada.pk}/forwards/").content.decode()
    assert "forwards/?entry" not in desk.get(f"/customers/{ada.pk}/entries/{note.pk}/").content.decode()


def test_a_draft_of_it_is_kept_and_taken_back_it_is_one_again(desk, sam, ada, letter, settings):
    settings.MAIL_UNDO_SECONDS = 10
    form = opened(desk, ada, letter)
    fields = {"tab": "forwards", "entry": letter.pk, "to": "bob@", "subject": "Fwd", "body": "Half"}
    desk.post(f"/customers/{ada.pk}/drafts/", {**fields, "carried": form.initial["carried"]})
    kept = opened(desk, ada, letter)
    assert (kept["to"].value(), kept["body"].value(), len(kept.initial["carried"])) == ("bob@", "Half", 2)
    assert "Forward" in desk.get("/drafts/").content.decode()
    send(desk, ada, letter, carried=form.initial["carried"])
    assert not Draft.objects.exists()
    row = Interaction.objects.get(kind="forward")
    desk.post(f"/customers/{ada.pk}/entries/{row.pk}/outgoing/undo/")
    back = desk.get(f"/customers/{ada.pk}/forwards/").context["form"]
    assert (back["to"].value(), back["body"].value(), back.forwarded) == ("bob@elsewhere.example", "Please", letter)
    assert len(back.initial["carried"]) == 2
    assert desk.get(f"/customers/{ada.pk}/forwards/?entry={letter.pk}").context["form"]["body"].value() == "Please"
