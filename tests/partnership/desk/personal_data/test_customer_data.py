"""Everything of one customer in one file."""

import io
import json
import re
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from interactions.actions.deletions import delete_entry
from interactions.actions.entries import edit_entry
from interactions.imports.history import import_records
from interactions.merging.merging import merge_customers
from partnership.desk.models import Draft
from partnership.notifications.models import Notification
from partnership.scoring.engine.rescoring import rescore_all
from tests.everything import attach_picture, tell_everything
from tests.factories import ContactPointFactory, CustomerFactory, OrganisationFactory, UserFactory, happens

pytestmark = pytest.mark.django_db


def take(client, customer, **fields):
    answer = client.post(reverse("customer_data", args=[customer.pk]), fields)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    return ZipFile(io.BytesIO(answer.getvalue()))


def read(packed, name="story.html"):
    return packed.read(name).decode()


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_the_file_holds_all_there_is(managers_desk, manager, sam):
    ada = CustomerFactory(name="Ada Okafor", owner=sam, about="Tall", attributes={"plan": "annual"})
    told = tell_everything(ada, by=manager, colleague=sam)
    rescore_all(at=timezone.now())
    packed = take(managers_desk, ada)
    page = read(packed)
    for text in ("Ada Okafor", "Tall", "annual", "Ten paying clients", "Two more said yes", "Send the offer",
                 "Where is it?", "Another word to colleagues", "A word to colleagues", "The same", "Half a word",
                 "Look at this", "Tomorrow", "The wrong bill", "On holiday", "Gone", "Said twice",
                 "A story"):  # fmt: skip
        assert text in page, text
    assert ada.contact_points.first().value in page
    [file] = [name for name in packed.namelist() if name.startswith("files/")]
    assert f'href="{file}"' in page
    assert packed.read(file).startswith(b"\x89PNG")
    assert packed.read("photo.png").startswith(b"\x89PNG")
    types = {json.loads(line)["type"] for line in read(packed, "records.jsonl").splitlines()}
    assert types >= {"customer", "goal", "check_in", "commitment", "conversation", "interaction", "attachment"}
    earlier = [json.loads(line) for line in read(packed, "earlier-versions.jsonl").splitlines()]
    assert {"interaction", "customer"} <= {line["what"] for line in earlier}
    assert any(line["state"].get("body") == "A word to colleagues" for line in earlier)
    assert told.customer == ada


def test_the_page_stands_alone_and_runs_nothing(managers_desk, manager):
    ada = CustomerFactory(name="<script>alert(1)</script>", about="<img src=x onerror=alert(1)>")
    happens(ada, "message", at=timezone.now(), body="<script>bad()</script>", html="<script>bad()</script>",
            payload={"<b>": "</pre><script>"})  # fmt: skip
    page = read(take(managers_desk, ada))
    assert "<script" not in page
    assert "<img" not in page
    assert "default-src 'none'" in page
    assert re.findall(r"(?:src|href)=\"(?!files/|people/)", page) == []


def test_entries_without_number_are_read_in_pieces(managers_desk, manager, django_assert_max_num_queries):
    ada = CustomerFactory()
    records = [
        {"type": "interaction", "ref": f"crm:{number}", "customer": ada.ref, "occurred_at": "2024-03-08T18:20:00Z",
         "channel": "call", "direction": "inbound", "kind": "call", "body": f"Call number {number}."}
        for number in range(450)
    ]  # fmt: skip
    import_records(records, at=timezone.now())
    with django_assert_max_num_queries(90):
        page = read(take(managers_desk, ada))
    assert {int(found) for found in re.findall(r"Call number (\d+)\.", page)} == set(range(450))


def test_records_of_others_are_not_in_it(managers_desk, sam):
    friend = CustomerFactory(name="Fay Friend", about="Her secret")
    ContactPointFactory(customer=friend, value="fay@example.org")
    firm = OrganisationFactory(name="Acme")
    ada = CustomerFactory(name="Ada", introduced_by=friend, organisation=firm, owner=sam)
    happens(friend, "message", at=timezone.now(), body="Private of Fay")
    whole = b"".join(take(managers_desk, ada).read(name) for name in take(managers_desk, ada).namelist()).decode()
    for text in ("Her secret", "fay@example.org", "Private of Fay", '"type":"staff"'):
        assert text not in whole
    assert friend.ref in whole


def test_the_people_of_an_organisation_are_a_choice(managers_desk, manager):
    firm = OrganisationFactory(name="Acme")
    ada, ben = (CustomerFactory(name=name, organisation=firm) for name in ("Ada", "Ben"))
    happens(ada, "message", at=timezone.now(), body="Word of Ada")
    happens(firm, "message", at=timezone.now(), body="Said by Ben", person_id=ben.pk)
    alone = take(managers_desk, firm)
    assert [name for name in alone.namelist() if name.startswith("people/")] == []
    assert "Word of Ada" not in read(alone) + read(alone, "records.jsonl")
    both = take(managers_desk, firm, people=1)
    assert "Word of Ada" in read(both, f"people/{ada.pk}/story.html")
    assert f'href="people/{ben.pk}/story.html"' in read(both)
    assert "Word of Ada" in read(both, "records.jsonl")
    own = read(take(managers_desk, ben))
    assert "Said by Ben" in own
    assert "Acme" in own


def test_what_was_merged_edited_and_deleted_comes_too(managers_desk, manager):
    now = timezone.now()
    ada, other = CustomerFactory(name="Ada"), CustomerFactory(name="Adda O.")
    note = happens(other, "note", at=now, by=manager, direction="internal", body="First words")
    edit_entry(note, by=manager, body="Second words")
    gone = happens(other, "note", at=now, by=manager, direction="internal", body="Third words")
    delete_entry(gone, reason="Wrong", by=manager, at=now)
    merge_customers(survivor=ada, absorbed=other, by=manager, at=now)
    Draft.objects.create(user=UserFactory(), customer=ada, tab="notes", fields={"body": "Unsent"}, saved_at=now)
    page = read(take(managers_desk, ada))
    for text in ("First words", "Second words", "Third words", "Adda O.", "Unsent"):
        assert text in page


def test_the_page_names_what_the_file_holds(managers_desk, manager):
    ada = CustomerFactory()
    attach_picture(happens(ada, "message", at=timezone.now()))
    page = managers_desk.get(reverse("customer_data", args=[ada.pk])).content.decode()
    assert "1 entry" in page
    assert "1 file" in page
    assert "Also everything" not in page


def test_support_may_not(desk):
    ada = CustomerFactory()
    url = reverse("customer_data", args=[ada.pk])
    assert desk.get(url).status_code == 403
    assert desk.post(url).status_code == 403


def test_in_the_customers_own_language(managers_desk):
    ada = CustomerFactory(language="de-AT")
    assert '<html lang="de">' in read(take(managers_desk, ada))
    assert Customer.objects.count() == 1
    assert not Notification.objects.exists()
