from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from partnership.desk.composer.drafts import writing_now
from partnership.desk.models import Draft
from tests.factories import ConversationFactory, CustomerFactory
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return CustomerFactory(name="Ada")


def save(client, customer, tab="notes", **fields):
    return client.post(f"/customers/{customer.pk}/drafts/", {"tab": tab, **fields})


def load(client, customer):
    return client.get(f"/customers/{customer.pk}/drafts/")


def test_what_is_written_is_there_again_in_another_browser(desk, sam, ada):
    ref = str(uuid4())
    assert save(desk, ada, body="Half a <b>sent", minutes="x", ref=ref).status_code == 204
    kept = load(signed_in(sam, hx_request="true"), ada).content.decode()
    assert "Half a &lt;b&gt;sent</textarea>" in kept
    assert 'data-tab="notes"' in kept
    assert f'value="{ref}"' in kept
    assert "Draft saved" in kept
    assert "Half a" in desk.get(f"/customers/{ada.pk}/notes/").content.decode()


def test_only_a_reply_or_a_note_opens_by_itself_others_are_a_line(desk, sam, ada):
    save(desk, ada, "declines", reason="We cannot, because", alternative="")
    for page in (load(desk, ada), desk.get(ada.get_absolute_url())):
        text = page.content.decode()
        assert "We cannot" not in text
        assert "<textarea name" not in text
        assert f'action="/customers/{ada.pk}/drafts/declines/discarding/"' in text
    assert "We cannot" in desk.get(f"/customers/{ada.pk}/declines/").content.decode()
    save(desk, ada, "replies", body="Half a reply", via="by-email")
    text = desk.get(ada.get_absolute_url()).content.decode()
    assert "Half a reply" in text
    assert "drafts/declines/discarding/" in text
    assert "drafts/replies/discarding/" not in text


def test_a_folded_composer_stays_folded(desk, ada):
    save(desk, ada, body="Half a note")
    for page in (desk.get(f"/customers/{ada.pk}/drafts/?folded=1"), desk.get(f"{ada.get_absolute_url()}?folded=1")):
        text = page.content.decode()
        assert "Half a note" not in text
        assert "drafts/notes/discarding/" in text


def test_a_discarded_draft_can_be_brought_back(desk, managers_desk, sam, ada):
    save(desk, ada, "declines", reason="We cannot, because", alternative="")
    saved_at, url = Draft.objects.get().saved_at, f"/customers/{ada.pk}/drafts/declines"
    assert "This draft is gone already." in managers_desk.post(f"{url}/discarding/", follow=True).content.decode()
    assert Draft.objects.exists()
    page = desk.post(f"{url}/discarding/", follow=True).content.decode()
    assert not Draft.objects.exists()
    assert f'action="{url}/restoration/"' in page
    assert desk.post(f"{url}/restoration/").url == ada.get_absolute_url()
    draft = Draft.objects.get()
    assert (draft.user, draft.fields["reason"], draft.saved_at) == (sam, "We cannot, because", saved_at)
    for action in ("restoration", "discarding"):
        assert desk.get(f"{url}/{action}/").status_code == 405
    again = desk.post(f"{url}/restoration/", follow=True).content.decode()
    assert "This draft can no longer be brought back." in again
    assert Draft.objects.get() == draft
    draft.delete()
    desk.post(f"{url}/restoration/")
    assert not Draft.objects.exists(), "it comes back once"


def test_a_draft_of_evidence_keeps_its_kind(desk, ada):
    save(desk, ada, "evidence", kind="purchase", body="", amount="12", currency="EUR")
    page = desk.get(f"/customers/{ada.pk}/evidence/").content.decode()
    assert 'name="kind" value="purchase"' in page
    assert 'value="12"' in page
    assert 'value="12"' not in desk.get(f"/customers/{ada.pk}/evidence/?kind=renewal").content.decode()
    save(desk, ada, "evidence", kind="purchase", body="", amount="", currency="EUR")
    assert not Draft.objects.exists(), "the currency stands there by itself"


def test_there_is_one_for_each_tab_and_the_newest_opens(desk, sam, ada):
    save(desk, ada, body="A note")
    save(desk, ada, "replies", body="A reply", via="by-email")
    save(desk, ada, body="A note, longer")
    assert Draft.objects.filter(user=sam, customer=ada).count() == 2
    assert "A note, longer" in load(desk, ada).content.decode()


def test_only_what_the_form_asks_for_is_kept(desk, ada):
    save(desk, ada, body="x", csrfmiddlewaretoken="secret", evil="1")
    assert set(Draft.objects.get().fields) == {"body", "draft", "window"}


def test_it_is_gone_when_sent_and_does_not_come_back(desk, ada):
    ref = str(uuid4())
    save(desk, ada, body="A note", ref=ref)
    desk.post(f"/customers/{ada.pk}/notes/", {"body": "A note", "ref": ref})
    assert not Draft.objects.exists()
    save(desk, ada, body="A note", ref=ref)  # under way while the note was sent
    assert not Draft.objects.exists()
    assert load(desk, ada).status_code == 204


def test_it_stays_when_what_was_sent_was_wrong(desk, ada):
    save(desk, ada, "calls", body="A call")
    assert desk.post(f"/customers/{ada.pk}/calls/", {"body": "A call", "direction": "odd"}).status_code == 422
    assert Draft.objects.count() == 1


def test_an_emptied_form_keeps_nothing(desk, ada):
    save(desk, ada, body="A note")
    save(desk, ada, body="  ", ref=str(uuid4()))
    assert not Draft.objects.exists()


def test_the_subject_of_what_is_answered_is_not_written(desk, ada):
    thread = ConversationFactory(customer=ada, subject="My offer")
    save(desk, ada, "replies", body="Half", subject="Re: My offer", conversation=str(thread.pk))
    assert Draft.objects.exists()
    save(desk, ada, "replies", body="", subject="Re: My offer", conversation=str(thread.pk), cc="x@example.org")
    assert not Draft.objects.exists()
    save(desk, ada, "replies", body="", subject="A new mail's", conversation="")
    assert Draft.objects.exists()


def test_nobody_reads_anothers_draft(desk, managers_desk, ada):
    save(desk, ada, body="Half a sentence")
    assert b"Half a sentence" not in load(managers_desk, ada).content


def test_who_writes_to_the_same_customer_is_named(desk, managers_desk, sam, manager, ada):
    assert save(desk, ada, body="x").status_code == 204
    told = save(managers_desk, ada, body="y")
    assert "Sam Rivera is writing to them too." in " ".join(told.content.decode().split())
    now = timezone.now()
    assert writing_now(ada, manager, at=now) == ["Sam Rivera"]
    assert writing_now(ada, sam, at=now) == ["Mara Lind"]
    assert writing_now(CustomerFactory(), sam, at=now) == []
    assert writing_now(ada, sam, at=now + timedelta(seconds=61)) == []


def test_who_only_reads_is_told_as_well(desk, managers_desk, ada):
    save(managers_desk, ada, body="y")
    told = load(desk, ada)
    assert told["HX-Retarget"] == told["HX-Reselect"] == "#writing-now"
    assert "Mara Lind" in told.content.decode()


def test_what_is_no_draft_is_refused(desk, client, ada):
    assert save(desk, ada, "poems", body="x").status_code == 404
    assert save(desk, CustomerFactory(restricted=True), body="x").status_code == 404
    assert save(client, ada, body="x").status_code == 401
    assert desk.delete(f"/customers/{ada.pk}/drafts/").status_code == 405
    assert not Draft.objects.exists()


def test_the_page_asks_for_the_draft_and_does_not_wait_for_it(desk, ada):
    asks = f'hx-get="/customers/{ada.pk}/drafts/"'
    assert asks in desk.get(ada.get_absolute_url()).content.decode()
    save(desk, ada, body="x")
    assert asks not in load(desk, ada).content.decode()
