"""Who changed what, from what to what, on the record and in admin."""

import re
from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pgtrigger
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from customers.models import ContactPoint, Customer
from interactions.actions.deletions import delete_entry, restore_entry
from interactions.actions.goals import check_in
from interactions.actions.promises import keep_promise
from interactions.change_history.events import PAGE_EVENTS
from interactions.change_history.versions import MAX_CHANGES, MAX_DIFF_WORDS, differences
from interactions.models import Conversation, Interaction
from partnership.staff.models import Firm
from tests.examples import CHEAP
from tests.factories import (
    ContactPointFactory,
    ConversationFactory,
    CustomerFactory,
    UserFactory,
    goal,
    happens,
    promise,
)
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def ada(sam):
    return CustomerFactory(name="Ada Okafor", about="Quiet", tags=["vip"])


def at(customer):
    return f"/customers/{customer.pk}/history/"


def told(client, customer):
    """(who, kind, title, changes) of each change, newest first."""
    events = client.get(at(customer)).context["events"]
    return [
        (event.who, event.kind, event.title, {change.name: (change.before, change.after) for change in event.changes})
        for event in events
        if not event.is_addition
    ]


def test_who_added_what(desk):
    desk.post("/customers/new/", {"name": "Ada", "kind": "person", "lifecycle": "active", "since": "2023-01-15"})
    ada = Customer.objects.get()
    desk.post(f"/customers/{ada.pk}/contact-points/", {"kind": "email", "value": "ada@example.org"})
    desk.post(f"/customers/{ada.pk}/goals/", {"title": "Ten clients"})
    desk.post(f"/customers/{ada.pk}/commitments/", {"party": "us", "what": "Call"})
    events = desk.get(at(ada)).context["events"]
    assert {(event.who, event.kind, event.title, event.is_addition) for event in events} == {
        ("Sam Rivera", "Promise", "Call", True),
        ("Sam Rivera", "Goal", "Ten clients", True),
        ("Sam Rivera", "Contact point", "ada@example.org", True),
        ("Sam Rivera", "Details", "Ada", True),
    }
    assert not any(event.changes for event in events)
    page = desk.get(at(ada)).content.decode()
    assert page.count("Added.") == 4
    assert "was not recorded then" not in page


def test_what_was_changed_after_it_was_added_starts_from_what_it_was(desk, ada):
    Customer.objects.filter(pk=ada.pk).update(about="Loud")
    Customer.objects.filter(pk=ada.pk).update(about="Louder")
    assert [changes["About"] for *_, changes in told(desk, ada)] == [("Loud", "Louder"), ("Quiet", "Loud")]


def test_who_came_before_that_was_kept_is_here_since_a_day(desk, ada):
    with pgtrigger.ignore("customers.CustomerEvent:append_only"):
        Customer.pgh_event_model.objects.all().delete()
    page = desk.get(at(ada)).content.decode()
    assert "Who added them was not recorded then." in page
    assert "Nothing has been changed yet" in page


def test_an_entry_says_who_recorded_it_and_when(desk, ada, sam):
    row = happens(ada, "note", at=NOW - timedelta(days=400), direction="internal", by=sam, body="One")
    recorded = f"{timezone.localtime(row.recorded_at, Firm.current().zone):%-d %b %Y, %H:%M}"
    for url in (f"/customers/{ada.pk}/entries/{row.pk}/", f"/customers/{ada.pk}/entries/{row.pk}/history/"):
        assert f"Recorded on {recorded}, by Sam Rivera." in desk.get(url).content.decode()


def test_a_change_by_somebody_says_who_and_what(desk, ada, sam):
    boss = UserFactory(name="Olga Owner")
    given = {"kind": "person", "name": "Ada O.", "owner": boss.pk, "lifecycle": "paused", "tags": "vip, slow",
             "restricted": "", "do_not_contact": "on", "since": "2023-02-01", "renews_on": "2027-03-03",
             "renewal_amount": "1,200"}  # fmt: skip
    response = desk.post(f"/customers/{ada.pk}/details/", given)
    assert response.status_code == 302, response.context["form"].errors
    ((who, kind, _title, changes),) = told(desk, ada)
    assert (who, kind) == ("Sam Rivera", "Details")
    assert changes["Name"] == ("Ada Okafor", "Ada O.")
    assert changes["Owner"] == ("", "Olga Owner")
    assert changes["Lifecycle"] == ("active", "paused")
    assert changes["Tags"] == ("vip", "vip, slow")
    assert changes["Do not contact"] == ("no", "yes")
    assert changes["Customer since"] == ("15 Jan 2023", "1 Feb 2023")
    assert changes["Renews on"] == ("", "3 Mar 2027")
    assert changes["Renewal amount"] == ("", "1200")
    assert changes["About"] == ("Quiet", "")
    page = desk.get(at(ada)).content.decode()
    assert "<del>Ada Okafor</del>" in page
    assert "<ins>Ada O.</ins>" in page


def test_everything_of_theirs_is_told(desk, ada, sam):
    point = ContactPointFactory(customer=ada, value="ada@example.org")
    ContactPoint.objects.filter(pk=point.pk).update(verified=True)
    point.delete()
    wanted = goal(ada, "Ten clients", at=NOW, by=sam)
    reading = check_in(goal=wanted, at=NOW, by=sam, value=Decimal(4))
    type(reading).objects.filter(pk=reading.pk).update(note="Two more")
    promised = promise(ada, "Call", at=NOW, due_on=None, by=sam)
    keep_promise(promised, at=NOW, by=sam)
    thread = ConversationFactory(customer=ada, subject="Invoice")
    Conversation.objects.filter(pk=thread.pk).update(assignee=sam, status="closed")
    thread.settlements.create(at=NOW, answered="not_needed").delete()
    found = told(desk, ada)
    assert ("a background job", "Settlement", "Invoice", {}) in found
    assert ("a background job", "Contact point", "ada@example.org", {"Verified": ("no", "yes")}) in found
    assert ("a background job", "Contact point", "ada@example.org", {}) in found
    assert ("a background job", "Goal", "Ten clients", {"Current": ("", "4")}) in found
    assert ("a background job", "Check-in", "Ten clients", {"Note": ("", "Two more")}) in found
    assert any(kind == "Promise" and changes["Status"] == ("open", "kept") for _, kind, _, changes in found)
    changes = {"Assignee": ("", "Sam Rivera"), "Status": ("open", "closed")}
    assert ("a background job", "Conversation", "Invoice", changes) in found


def test_entries_edited_deleted_and_brought_back(desk, ada, sam):
    row = happens(ada, "note", at=NOW, direction="internal", by=sam, body="One")
    desk.post(f"/customers/{ada.pk}/entries/{row.pk}/pin/", {"pinned": "1"})
    deletion = delete_entry(row, reason="By mistake", by=sam, at=NOW)
    assert "By mistake" in (page := desk.get(at(ada)).content.decode())
    assert "The deleted entry" in page
    restore_entry(deletion, by=sam, at=NOW)
    assert "Sam Rivera brought it back" in desk.get(at(ada)).content.decode()
    assert told(desk, ada)[-1][3] == {"Pinned": ("no", "yes")}


def test_names_that_are_not_the_readers_are_not_told(desk, managers_desk, ada):
    secret = CustomerFactory(name="Secret Person", restricted=True)
    Customer.objects.filter(pk=ada.pk).update(introduced_by=secret)
    assert told(desk, ada)[0][3] == {"Introduced by": ("", "–")}
    assert told(managers_desk, ada)[0][3] == {"Introduced by": ("", "Secret Person")}


def test_it_is_for_who_may_see_the_customer(desk, managers_desk):
    secret = CustomerFactory(restricted=True)
    assert (desk.get(at(secret)).status_code, managers_desk.get(at(secret)).status_code) == (404, 200)
    assert desk.post(at(secret)).status_code == 405


def test_pages_by_key_without_a_gap_in_a_fixed_number_of_queries(desk, htmx, ada, sam, django_assert_max_num_queries):
    wanted = goal(ada, "Ten clients", at=NOW, by=sam)
    for number in range(PAGE_EVENTS):
        Customer.objects.filter(pk=ada.pk).update(about=f"About {number}", owner=UserFactory())
        type(wanted).objects.filter(pk=wanted.pk).update(why=f"Why {number}")
    with django_assert_max_num_queries(7):
        first = desk.get(at(ada))
    second = htmx.get(first.context["older"])
    third = htmx.get(second.context["older"])
    pages = first.content.decode() + second.content.decode() + third.content.decode()
    for word in ("About", "Why"):
        assert re.findall(rf"<ins>{word} (\d+)</ins>", pages) == [str(each) for each in reversed(range(PAGE_EVENTS))]
    assert pages.count("Added.") == 2
    assert "?before=" not in third.content.decode()
    assert "<html" not in second.content.decode()
    assert desk.get(f"{at(ada)}?before=nonsense").status_code == 400
    assert desk.get(f"{at(ada)}?before=now,3").status_code == 400


def test_long_texts_are_cut(desk, ada):
    Customer.objects.filter(pk=ada.pk).update(about="x" * 5_000)
    assert told(desk, ada)[0][3]["About"] == ("Quiet", "x" * 300 + "…")


texts = st.lists(st.sampled_from(["a", "b", "word", " ", "\n", ".", "é", "  "]) | st.text(max_size=5)).map("".join)


@CHEAP
@given(before=texts, after=texts)
def test_a_difference_holds_both_texts(before, after):
    found = differences(before, after)
    assert "".join(piece.text for piece in found if piece.how != "put") == before
    assert "".join(piece.text for piece in found if piece.how != "taken") == after
    if before == after:
        assert all(piece.how == "same" for piece in found)


def test_long_texts_are_compared_as_a_whole():
    before, after = "word " * MAX_DIFF_WORDS, "other " * MAX_DIFF_WORDS
    assert [piece.how for piece in differences(before, after)] == ["taken", "put"]
    assert [piece.how for piece in differences(before, before)] == ["same"]


def test_the_texts_of_an_entry_that_was_changed_often_are_bounded(desk, ada, sam, monkeypatch):
    row = happens(ada, "note", at=NOW, direction="internal", by=sam, body="Text 0")
    for number in range(1, MAX_CHANGES + 5):
        Interaction.objects.filter(pk=row.pk).update(body=f"Text {number}")
    url = f"/customers/{ada.pk}/entries/{row.pk}/history/"
    monkeypatch.setattr(import_module("interactions.change_history.versions"), "_MAX_PAGE_WORDS", 20)
    found = desk.get(url).context["versions"]
    assert len(found) == MAX_CHANGES
    assert [piece.how for piece in found[0].body] == ["same", "taken", "put"]
    assert [piece.how for piece in found[-1].body] == ["taken", "put"], "told as a whole: enough was compared"
    assert "Only the newest changes are shown" in desk.get(url).content.decode()


def test_in_admin_admins_read_who_changed_what(ada, sam, desk, django_assert_max_num_queries):
    admin = UserFactory(role="admin", is_staff=True)
    boss = signed_in(admin)
    Customer.objects.filter(pk=ada.pk).update(name="Ada O.", owner=sam)
    desk.post(f"/customers/{ada.pk}/standing/", {"lifecycle": "ended"})
    url = "/admin/customers/customerevent/"
    with django_assert_max_num_queries(14):
        page = boss.get(url).content.decode()
    assert "Name: Ada Okafor → Ada O." in page
    assert "Owner: – → Sam Rivera" in page
    assert "a background job" in page
    assert boss.get(f"{url}add/").status_code == 403
    assert boss.get(f"{url}?q=Okafor").status_code == 200
    assert signed_in(UserFactory(role="manager", is_staff=True)).get(url).status_code == 403
    for name in ("staff/userevent", "scoring/valueruleevent", "interactions/interactionevent"):
        assert boss.get(f"/admin/{name}/").status_code == 200
    Customer.objects.filter(pk=ada.pk).update(name="Ada", since=NOW.date() - timedelta(days=1))
    first, event = (getattr(type(ada).pgh_event_model.objects, which)("pgh_id") for which in ("earliest", "latest"))
    assert "added" in boss.get(f"{url}{first.pk}/change/").content.decode()
    assert "Ada O. → Ada" in boss.get(f"{url}{event.pk}/change/").content.decode()
    assert boss.post(f"{url}{event.pk}/delete/").status_code == 403
