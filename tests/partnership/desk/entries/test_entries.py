"""An entry's page and what can be done with it there."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from interactions.actions.deletions import delete_entry
from interactions.models import Deletion, Interaction, Outgoing
from partnership.staff.models import Firm
from tests.factories import ConversationFactory, CustomerFactory, UserFactory, happens, promise
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

NOW = timezone.now().replace(second=17, microsecond=250_000)


@pytest.fixture
def ada(sam):
    return CustomerFactory(name="Ada Okafor", owner=UserFactory(name="Olga Owner"))


@pytest.fixture
def note(ada, sam):
    return happens(ada, "note", at=NOW, direction="internal", by=sam, channel="internal", body="Call her on Monday")


@pytest.fixture
def letter(ada):
    return happens(ada, "message", at=NOW, subject="Hello", body="Where is my plan?")


def at(row, action=""):
    return f"/customers/{row.customer_id}/entries/{row.pk}/{action}"


def as_input(moment):
    return f"{moment.astimezone(Firm.current().zone):%Y-%m-%dT%H:%M}"


def test_its_page_leads_to_its_place_on_the_timeline(desk, ada, letter):
    for number in range(60):
        happens(ada, "message", at=NOW + timedelta(minutes=number), body=f"Later {number}")
    assert f'href="/customers/{ada.pk}/timeline/?at={letter.pk}"' in desk.get(at(letter)).content.decode()
    desk.get(f"/customers/{ada.pk}/timeline/?kind=call&keep=1")
    place = desk.get(f"/customers/{ada.pk}/timeline/?at={letter.pk}").content.decode()
    assert f'id="entry-{letter.pk}"' in place
    assert "Later 0" in place
    assert "Later 59" not in place


ACTIONS = ["menu/", "edit/", "deletion/", "wall/", "history/"]
POSTS = ["kind/", "pin/", "restoration/"]


def test_the_page_shows_the_entry_and_its_actions(desk, letter, note, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        page = desk.get(at(letter)).content.decode()
    assert "Where is my plan?" in page
    assert f'id="entry-{letter.pk}"' in page
    assert page.count('name="kind"') == 8
    assert "Pin on top" in page
    assert "Share on the wall" in page
    assert at(letter, "edit/") not in page
    assert at(letter, "deletion/") not in page
    page = desk.get(at(note)).content.decode()
    assert 'name="kind"' not in page
    assert at(note, "edit/") in page
    assert at(note, "deletion/") in page


def test_the_menu_is_the_same_as_a_fragment(desk, htmx, letter):
    page = htmx.get(at(letter, "menu/")).content.decode()
    assert page.count('name="kind"') == 8
    assert "<html" not in page
    assert desk.get(at(letter, "menu/"))["Location"] == at(letter)


def test_a_row_of_a_promise_says_where_it_is_changed(managers_desk, ada, manager):
    row = promise(ada, "Call", at=NOW, due_on=None, by=manager).interactions.get()
    page = managers_desk.get(at(row)).content.decode()
    assert "Change the promise itself" in page
    assert at(row, "edit/") not in page
    for action, given in (("edit/", {"body": "x", "occurred_at": "2020-01-01T10:00"}), ("deletion/", {"reason": "x"})):
        page = managers_desk.post(at(row, action), given, follow=True).content.decode()
        assert "This entry belongs to a promise" in page
    row.refresh_from_db()
    assert row.body == ""


def test_editing(desk, note):
    form = desk.get(at(note, "edit/")).content.decode()
    assert "Call her on Monday" in form
    assert 'name="amount"' not in form
    assert 'name="subject"' not in form
    given = {"body": "Call her\r\non Tuesday ", "minutes": "5", "occurred_at": as_input(note.occurred_at)}
    response = desk.post(at(note, "edit/"), given)
    assert (response.status_code, response["Location"]) == (302, at(note))
    was = note.occurred_at
    note.refresh_from_db()
    assert (note.body, note.minutes, note.occurred_at) == ("Call her\non Tuesday", 5, was)


def test_a_form_sent_back_as_it_was_changes_nothing(desk, note):
    given = {field.name: field.value() for field in desk.get(at(note, "edit/")).context["form"]}
    given["occurred_at"] = as_input(note.occurred_at)
    assert desk.post(at(note, "edit/"), {name: value or "" for name, value in given.items()}).status_code == 302
    assert "This entry was never edited" in desk.get(at(note, "history/")).content.decode()
    assert not type(note).pgh_event_model.objects.filter(pgh_obj=note).exists()


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("occurred_at", (NOW + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"), "still to come"),
        ("occurred_at", "", "required"),
        ("minutes", "-4", "Write a number from 0 to 10,000."),
        ("currency", "", "needs a currency"),
        ("currency", "eu", "three capital letters"),
        ("body", "a\0b", "Null characters"),
    ],
)
def test_what_cannot_be_said_is_sent_back(desk, ada, sam, field, given, said):
    gift = happens(ada, "gesture", at=NOW, direction="outbound", by=sam, amount="5.00", currency="EUR", body="Book")
    sent = {"body": "Book", "minutes": "", "amount": "5.00", "currency": "EUR", "occurred_at": "2026-01-01T10:00"}
    response = desk.post(at(gift, "edit/"), {**sent, field: given})
    assert response.status_code == 422
    assert said in response.content.decode()
    gift.refresh_from_db()
    assert gift.body == "Book"
    assert gift.minutes is None


def test_what_was_sent_is_not_edited(desk, managers_desk, ada, sam):
    reply = happens(ada, "message", at=NOW, direction="outbound", by=sam, subject="Plan", body="Dear Ada")
    Outgoing.objects.create(
        interaction=reply, to=["a@example.org"], message_id="1@x", status="sent", queued_at=NOW, sent_at=NOW
    )
    imported = happens(ada, "message", at=NOW, direction="outbound", body="Dear Ada", source="mailbox", external_id="1")
    for row in (reply, imported):
        page = managers_desk.get(at(row)).content.decode()
        assert at(row, "edit/") not in page
        assert at(row, "deletion/") in page
        for answer in (managers_desk.get, managers_desk.post):
            assert (
                "This was sent as it stands" in answer(at(row, "edit/"), {"minutes": "4"}, follow=True).content.decode()
            )
        row.refresh_from_db()
        assert row.minutes is None


def test_an_edited_entry_says_so_with_its_history_a_click_away(desk, note):
    timeline, link = f"/customers/{note.customer_id}/", f'href="{at(note, "history/")}">edited</a>'
    desk.post(at(note, "pin/"), {"pinned": "1"})
    assert link not in desk.get(timeline).content.decode()
    desk.post(at(note, "edit/"), {"body": "Call her on Tuesday", "occurred_at": as_input(note.occurred_at)})
    assert link in desk.get(timeline).content.decode()
    assert link in desk.get(at(note)).content.decode()


def test_a_mention_that_an_edit_adds_is_told_once(desk, ada, sam, note):
    ben, eve = UserFactory(name="Ben Okoro"), UserFactory(name="Eve Berg")
    given = {"occurred_at": as_input(note.occurred_at)}
    desk.post(at(note, "edit/"), {**given, "body": "@Ben Okoro, call her"})
    assert ben.notifications.get().interaction == note
    ben.notifications.all().delete()
    desk.post(at(note, "edit/"), {**given, "body": "@Ben Okoro, call her, or you, @Eve Berg"})
    assert eve.notifications.count() == 1
    assert not ben.notifications.exists()


def test_six_actions_at_first_and_marks_in_a_second_step(managers_desk, ada):
    row = happens(ada, "message", at=NOW, conversation_id=ConversationFactory(customer=ada).pk, body="Where is it?")
    page = managers_desk.get(at(row)).content.decode()
    menu = page.partition('class="entry-actions"')[2].partition("</section>")[0]
    first = re.sub(r"<details.*?</details>", "<step>", menu, flags=re.DOTALL)
    assert len(re.findall(r'<step>|class="btn btn-sm"', first)) == 6
    assert "Mark as…" not in first


@pytest.mark.parametrize(
    ("body", "link"),
    [
        ("See https://a.example/plan?x=1&y=2.", '<a href="https://a.example/plan?x=1&amp;y=2" rel="nofollow">'),
        ("www.a.example", '<a href="http://www.a.example" rel="nofollow">'),
    ],
)
def test_links_in_texts_are_links(desk, ada, body, link):
    happens(ada, "message", at=NOW, body=body)
    assert link in desk.get(ada.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "body", ["javascript://a.example/%0aalert(1)", 'https://a.example/"><script>alert(1)</script>', "data://x"]
)
def test_no_other_link_and_no_markup_comes_of_a_text(desk, ada, body):
    row = happens(ada, "message", at=NOW, body=body)
    page = desk.get(at(row)).content.decode()
    assert "<script>alert" not in page
    assert not re.search(r'href="(javascript|data):', page)


def test_an_act_from_the_menu_leads_back_to_where_the_menu_was_opened(desk, htmx, ada, note):
    line = f"{ada.get_absolute_url()}?before=2"
    there = {"HX-Current-URL": f"http://testserver{line}"}
    menu = unescape(htmx.get(at(note, "menu/"), headers=there).content.decode())
    edit, deletion = (re.search(rf'href="([^"]*/{act}/[^"]*)"', menu)[1] for act in ("edit", "deletion"))
    given = {"body": "Call her on Friday", "occurred_at": as_input(note.occurred_at)}
    assert desk.post(edit, given)["Location"] == line
    assert f'href="{line}"' in desk.get(deletion).content.decode()  # Cancel
    assert desk.post(deletion, {"reason": "Wrong"})["Location"] == line
    undone = htmx.post(at(note, "restoration/"), headers=there)
    assert undone["HX-Refresh"] == "true"
    assert Interaction.objects.get().body == "Call her on Friday"


def test_an_address_that_was_cut_is_no_link(desk, ada):
    happens(ada, "message", at=NOW, body=f"{'word ' * 136}https://a.example/{'long' * 20}")
    assert 'href="https://a.example/' not in desk.get(ada.get_absolute_url()).content.decode()


def test_deleting_and_undoing(desk, note):
    assert "Delete the entry?" in desk.get(at(note, "deletion/")).content.decode()
    assert desk.post(at(note, "deletion/"), {"reason": " "}).status_code == 422
    page = desk.post(at(note, "deletion/"), {"reason": "Wrong customer"}, follow=True).content.decode()
    assert "Wrong customer" in page
    assert "deleted by Sam Rivera" in page
    assert "Call her on Monday" not in page
    assert not Interaction.objects.exists()
    assert "Call her on Monday" in desk.get(at(note, "history/")).content.decode()
    response = desk.post(at(note, "restoration/"))
    assert (response.status_code, response["Location"]) == (302, at(note))
    assert Interaction.objects.get() == note
    assert "Call her on Monday" in desk.get(at(note)).content.decode()
    assert desk.post(at(note, "restoration/")).status_code == 404


@pytest.mark.parametrize(("given", "kind"), [("complaint", "complaint"), ("purchase", "message"), ("", "message")])
def test_marking(desk, letter, given, kind):
    response = desk.post(at(letter, "kind/"), {"kind": given})
    assert response.status_code == (302 if kind == given else 422)
    letter.refresh_from_db()
    assert letter.kind == kind


def test_nothing_of_ours_is_marked(desk, note):
    page = desk.post(at(note, "kind/"), {"kind": "praise"}, follow=True).content.decode()
    assert "Only a message of theirs can be marked" in page
    note.refresh_from_db()
    assert note.kind == "note"


def test_pinning(desk, note):
    for given, pinned in (("1", True), ("1", True), ("0", False)):
        assert desk.post(at(note, "pin/"), {"pinned": given})["Location"] == at(note)
        note.refresh_from_db()
        assert note.pinned is pinned
    assert desk.post(at(note, "pin/"), {"pinned": "perhaps"}).status_code == 422


def test_only_who_may_edits_and_deletes(sam, ada, note, letter, manager):
    other, owner, boss = (signed_in(who) for who in (UserFactory(), ada.owner, manager))
    for row, action, allowed in (
        (note, "edit/", (403, 403, 200)),
        (note, "deletion/", (403, 403, 200)),
        (letter, "edit/", (403, 403, 200)),
        (letter, "deletion/", (403, 200, 200)),
    ):
        assert tuple(client.get(at(row, action)).status_code for client in (other, owner, boss)) == allowed, action
        assert other.post(at(row, action), {"reason": "x", "body": "x"}).status_code == 403


def test_only_who_may_brings_back_and_reads_what_was_deleted(sam, ada, letter, manager):
    delete_entry(letter, reason="Not hers", by=manager, at=NOW)
    other = signed_in(UserFactory())
    assert other.get(at(letter)).status_code == 200
    assert other.get(at(letter, "history/")).status_code == 404
    assert other.post(at(letter, "restoration/")).status_code == 403
    assert "Where is my plan?" in signed_in(ada.owner).get(at(letter, "history/")).content.decode()
    assert signed_in(ada.owner).post(at(letter, "restoration/")).status_code == 302


@pytest.mark.parametrize("action", ["", *ACTIONS, *POSTS, "mail/"])
def test_entries_of_restricted_customers_are_not_there(desk, sam, action):
    secret = happens(CustomerFactory(restricted=True), "message", at=NOW, html="<p>Hi</p>")
    answer = desk.post if action in POSTS else desk.get
    assert answer(at(secret, action)).status_code == 404
    if action == "restoration/":
        delete_entry(secret, reason="x", by=sam, at=NOW)
        assert answer(at(secret, action)).status_code == desk.get(at(secret)).status_code == 404
        assert Deletion.objects.get().undone_at is None


def test_an_entry_is_found_where_it_is_now(desk, letter):
    elsewhere = CustomerFactory()
    assert desk.get(f"/customers/{elsewhere.pk}/entries/{letter.pk}/")["Location"] == at(letter)
    for action in ("edit/", "kind/", "pin/", "history/"):
        assert desk.post(f"/customers/{elsewhere.pk}/entries/{letter.pk}/{action}").status_code in (404, 405)


def test_wrong_methods(desk, letter, note):
    for action in POSTS:
        assert desk.get(at(letter, action)).status_code == 405
    for action in ("", "menu/", "history/", "mail/"):
        assert desk.post(at(letter, action)).status_code == 405


def test_hostile_words_stay_words(managers_desk, ada, manager):
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7|add:7 }}"
    row = happens(ada, "message", at=NOW, subject=bad, body=bad)
    managers_desk.post(
        at(row, "edit/"), {"subject": bad + "!", "body": f"{bad} {bad}", "occurred_at": "2026-01-01T10:00"}
    )
    managers_desk.post(at(row, "wall/"), {"words": bad})
    pages = [managers_desk.get(at(row, action)) for action in ("", "edit/", "history/", "wall/")]
    pages += [managers_desk.get("/wall/"), managers_desk.get(f"/customers/{ada.pk}/history/")]
    managers_desk.post(at(row, "deletion/"), {"reason": bad})
    pages += [managers_desk.get(at(row)), managers_desk.get(f"/customers/{ada.pk}/history/")]
    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "unsafe-inline" not in page["Content-Security-Policy"]


def test_earlier_texts_word_by_word(desk, note):
    note.__class__.objects.filter(pk=note.pk).update(body="Call him on Monday, please")
    page = desk.get(at(note, "history/")).content.decode()
    assert "Call <del>her</del><ins>him</ins> on Monday<ins>, please</ins>" in page
    assert "a background job" in page


def test_undo_is_offered_to_whom_it_is_open(desk, managers_desk, sam, manager):
    ada = CustomerFactory()
    row = happens(ada, "note", at=NOW, direction="internal", by=manager)
    delete_entry(row, reason="Wrong customer", by=manager, at=NOW)
    for page in (f"/customers/{ada.pk}/", f"/customers/{ada.pk}/entries/{row.pk}/"):
        for client, offered in ((desk, False), (managers_desk, True)):
            shown = client.get(page).content.decode()
            assert "Wrong customer" in shown
            assert ("/restoration/" in shown) is offered
