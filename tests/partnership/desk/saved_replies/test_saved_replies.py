"""Saved replies: whose they are, what the record fills in, and that nothing leaves with a blank."""

from datetime import date
from string import ascii_lowercase

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Commitment
from interactions.models import Interaction, Outgoing
from partnership.desk.models import SavedReply
from partnership.desk.saved_replies.blanks import fill_blanks, open_blanks, unknown_blanks
from partnership.desk.saved_replies.selection import offered_replies
from tests.factories import ContactPointFactory, ConversationFactory, CustomerFactory, UserFactory, happens, promise

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(firm, sam):
    customer = CustomerFactory(name="Ada Okafor", preferred_name="Ada", language="de", owner=sam)
    ContactPointFactory(customer=customer, value="ada@example.org")
    return customer


@pytest.fixture
def save(sam):
    def saved(title="Thanks", **fields):
        return SavedReply.objects.create(**{"title": title, "text": "Thank you.", "owner": sam, **fields})

    return saved


# --- blanks ---


def test_the_record_fills_what_it_knows_and_the_rest_is_to_be_written(firm, sam, ada):
    promise(ada, "Send the plan", at=timezone.now(), due_on=date(2030, 5, 5), by=sam)
    text = "Dear {{preferred name}}, {{ Next  Promise }}. [[what we agreed]] {{owner}}, {{my name}}"
    filled = fill_blanks(text, customer=ada, by=sam, firm=firm)
    assert filled == f"Dear Ada, Send the plan (5. Mai). [[what we agreed]] {sam.name}, {sam.name}"
    assert open_blanks(filled) == ["what we agreed"]


def test_what_the_record_does_not_know_is_a_blank_to_write_in(firm, sam):
    nobody = CustomerFactory()
    Commitment.objects.all().delete()
    filled = fill_blanks("{{owner}}: {{next promise}}", customer=nobody, by=sam, firm=firm)
    assert filled == "[[owner]]: [[next promise]]"
    assert open_blanks(filled) == ["owner", "next promise"]


def test_what_the_record_puts_in_is_no_blank_of_its_own(firm, sam):
    odd = CustomerFactory(preferred_name="{{owner}}")
    assert fill_blanks("{{preferred name}}", customer=odd, by=sam, firm=firm) == "{{owner}}"
    assert open_blanks("{{owner}}") == ["owner"]


names = st.text(ascii_lowercase + " ", min_size=1, max_size=20).map(str.strip).filter(bool)


@given(st.lists(st.tuples(names, st.text(st.characters(exclude_characters="[]{}"), max_size=20)), max_size=6))
def test_every_blank_is_found_and_a_text_without_one_has_none(parts):
    text = "".join(f"{words}[[{name}]]" for name, words in parts)
    assert open_blanks(text) == list(dict.fromkeys(name for name, _ in parts))
    assert open_blanks("".join(words for _, words in parts)) == []
    assert unknown_blanks(text) == []


# --- whose, and in what order ---


def test_their_language_comes_first_then_the_firms(firm, sam, ada, save):
    firm.language = "en"
    firm.save()
    for title, language in (("A", "fr"), ("B", "en"), ("C", "de"), ("D", ""), ("E", "de-at"), ("F", "es")):
        save(title, language=language)
    save("Not mine", owner=UserFactory())
    save("Shared", owner=UserFactory(), shared=True, language="de")
    titles = [reply.title for reply in offered_replies(ada, by=sam, firm=firm)]
    assert titles == ["C", "E", "Shared", "B", "D", "F", "A"]


def test_the_list_and_its_forms(desk, sam, save):
    assert "No saved replies yet" in desk.get("/saved-replies/").content.decode()
    given = {"title": "Welcome", "language": "de", "text": "Hallo {{preferred name}}", "shared": "on"}
    assert desk.post("/saved-replies/new/", given).url == "/saved-replies/"
    reply = SavedReply.objects.get()
    assert (reply.owner, reply.shared, reply.language) == (sam, True, "de")
    text = desk.get("/saved-replies/").content.decode()
    assert "Welcome" in text
    assert "German" in text
    desk.post(f"/saved-replies/{reply.pk}/", {**given, "title": "Hello"})
    reply.refresh_from_db()
    assert reply.title == "Hello"
    assert "Hello" in desk.get(f"/saved-replies/{reply.pk}/deletion/").content.decode()
    desk.post(f"/saved-replies/{reply.pk}/deletion/")
    assert not SavedReply.objects.exists()


def test_a_blank_that_the_record_does_not_have_is_refused(desk):
    refused = desk.post("/saved-replies/new/", {"title": "x", "text": "{{shoe size}} [[size]]"})
    assert refused.status_code == 422
    assert "The record has no “shoe size”" in refused.content.decode()
    assert "{{shoe size}} [[size]]" in refused.content.decode()


def test_a_colleagues_is_used_and_not_changed_and_managers_remove_it(desk, managers_desk, save, ada):
    theirs, hidden = save(owner=UserFactory(), shared=True), save("Hidden", owner=UserFactory())
    assert "Edit Thanks" not in desk.get("/saved-replies/").content.decode()
    assert desk.get(f"/saved-replies/{theirs.pk}/").status_code == 404
    assert desk.post(f"/saved-replies/{theirs.pk}/deletion/").status_code == 403
    assert desk.get(f"/customers/{ada.pk}/saved-replies/{theirs.pk}/").content == b"Thank you."
    for page in ("", "deletion/"):
        assert desk.get(f"/saved-replies/{hidden.pk}/{page}").status_code == 404
    assert desk.get(f"/customers/{ada.pk}/saved-replies/{hidden.pk}/").status_code == 404
    managers_desk.post(f"/saved-replies/{theirs.pk}/deletion/")
    assert not SavedReply.objects.filter(pk=theirs.pk).exists()


def test_the_record_of_who_may_not_be_seen_fills_nothing(desk, save, ada):
    ada.restricted, ada.owner = True, UserFactory()
    ada.save()
    reply = save(text="{{preferred name}}")
    assert desk.get(f"/customers/{ada.pk}/saved-replies/{reply.pk}/").status_code == 404


# --- in the composer ---


def test_inserted_by_sending_the_form(desk, ada, save):
    reply = save(text="Dear {{preferred name}}, [[what]]")
    page = desk.get(f"/customers/{ada.pk}/replies/").content.decode()
    assert f'name="insert"\n                      value="{reply.pk}"' in page or f'value="{reply.pk}"' in page
    given = {"body": "Hello", "subject": "Kept", "insert": str(reply.pk), "via": "by-email"}
    answer = desk.post(f"/customers/{ada.pk}/replies/", given)
    form = answer.context["form"]
    assert answer.status_code == 200
    assert form["body"].value() == "Hello\n\nDear Ada, [[what]]"
    assert form["blanks"].value() == "what"
    assert form["subject"].value() == "Kept"
    assert not form.errors
    assert not Interaction.objects.exists()
    foreign = save(owner=UserFactory())
    answer = desk.post(f"/customers/{ada.pk}/replies/", {**given, "insert": str(foreign.pk)})
    assert answer.context["form"]["body"].value() == "Hello"


def test_inserted_in_the_pane_beside_a_chosen_file(desk, ada, save):
    reply = save(text="Dear Ada")
    thread = ConversationFactory(customer=ada)
    happens(ada, "message", at=timezone.now(), conversation_id=thread.pk)
    given = {"body": "Hello", "insert": str(reply.pk), "attachments": SimpleUploadedFile("plan.txt", b"A plan")}
    form = desk.post(f"/conversations/?list=unassigned&conversation={thread.pk}", given).context["pane"].form
    assert form["body"].value() == "Hello\n\nDear Ada"
    assert not form.errors


def test_a_decline_takes_it_as_its_reason(desk, ada, save):
    reply = save()
    answer = desk.post(f"/customers/{ada.pk}/declines/", {"alternative": "That", "insert": str(reply.pk)})
    form = answer.context["form"]
    assert (form["reason"].value(), form["alternative"].value()) == ("Thank you.", "That")


@pytest.mark.parametrize("later", ["", "tomorrow"])
@pytest.mark.parametrize(
    ("tab", "name"), [("replies", "body"), ("replies", "subject"), ("declines", "alternative"), ("nudges", "body")]
)
def test_nothing_leaves_with_a_blank(desk, ada, tab, name, later):
    point = ada.contact_points.get()
    words = {"subject": "Hello", "body": "Kept", "reason": "Kept", "alternative": "Kept"}
    given = {**words, name: "So [[what we agreed]] and {{owner}}", "via": f"to-{point.pk}", "later": later}
    given["blanks"] = "day\nwhat we agreed"
    refused = desk.post(f"/customers/{ada.pk}/{tab}/", given)
    assert refused.status_code == 422
    assert refused.context["form"].errors[name] == ["Fill in the blank “what we agreed” first."]
    assert "So [[what we agreed]] and {{owner}}" in refused.content.decode()
    assert not Outgoing.objects.exists()


def test_brackets_that_no_saved_reply_brought_are_sent_as_written(desk, ada):
    point, body = ada.contact_points.get(), "I mean [[not a blank]] {{wiki}} style"
    given = {"subject": "Hello", "body": body, "via": f"to-{point.pk}", "blanks": "day"}
    assert desk.post(f"/customers/{ada.pk}/replies/", given).status_code == 302
    assert Outgoing.objects.get().interaction.body == body


def test_a_draft_keeps_which_blanks_were_brought(desk, ada):
    given = {"tab": "replies", "body": "[[day]]", "blanks": "day", "via": "by-email"}
    desk.post(f"/customers/{ada.pk}/drafts/", given)
    assert desk.get(f"/customers/{ada.pk}/replies/").context["form"]["blanks"].value() == "day"


@pytest.mark.parametrize("text", ["Hello [[]]", "By [[ ]].", "{{}}"])
def test_a_blank_without_a_name_is_refused(desk, text):
    refused = desk.post("/saved-replies/new/", {"title": "x", "text": text})
    assert refused.status_code == 422
    assert "Name the blank between the brackets" in refused.content.decode()


def test_a_note_may_have_brackets(desk, ada):
    assert desk.post(f"/customers/{ada.pk}/notes/", {"body": "[[wiki]]"}).status_code == 302
