"""A draft that two windows write: neither overwrites the other's words without being told."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from customers.models import Customer
from partnership.desk.models import Draft
from tests.factories import CustomerFactory, UserFactory
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(firm):
    return CustomerFactory(name="Ada Okafor")


def save(client, ada, body, *, window, stamp=""):
    given = {"tab": "notes", "body": body, "window": window, "draft": stamp}
    return client.post(f"/customers/{ada.pk}/drafts/", given)


def kept():
    return Draft.objects.get().fields["body"]


def test_a_window_goes_on_from_its_own_draft_whatever_order_its_saves_arrive_in(desk, ada):
    first = save(desk, ada, "One", window="a")
    save(desk, ada, "One two", window="a")  # sent before the answer to the first came
    assert save(desk, ada, "One two three", window="a", stamp=first["Draft-Stamp"]).status_code == 204
    assert kept() == "One two three"


def test_the_older_window_is_told_and_chooses(desk, ada):
    stamp = save(desk, ada, "Begun", window="a")["Draft-Stamp"]
    assert f'value="{stamp}"' in desk.get(f"/customers/{ada.pk}/notes/").content.decode()
    newer = save(desk, ada, "Begun here", window="b", stamp=stamp)["Draft-Stamp"]
    told = save(desk, ada, "Begun there", window="a", stamp=stamp)
    assert told.status_code == 422
    assert re.search(r"You wrote this in another window at \d\d:\d\d\.", told.content.decode())
    assert told["Draft-Stamp"] == newer
    assert kept() == "Begun here"
    save(desk, ada, "Begun there", window="a", stamp=told["Draft-Stamp"])
    assert kept() == "Begun there"
    assert save(desk, ada, "Begun here again", window="b", stamp=newer).status_code == 422


def test_a_window_that_was_opened_before_there_was_a_draft_is_told_too(desk, ada):
    save(desk, ada, "Hers", window="b")
    assert save(desk, ada, "", window="a").status_code == 422
    assert kept() == "Hers"


def test_a_discarded_draft_comes_back(desk, ada):
    save(desk, ada, "Half a word", window="a")
    page = desk.get("/drafts/").content.decode()
    assert "Half a word" in page
    assert "Ada Okafor" in page
    discarding = f"/customers/{ada.pk}/drafts/notes/discarding/"
    assert discarding in page
    [message] = get_messages(desk.post(discarding).wsgi_request)
    assert not Draft.objects.exists()
    desk.post(message.extra_tags)
    assert kept() == "Half a word"


def test_another_draft_begun_since_is_not_replaced(desk, ada):
    save(desk, ada, "Earlier", window="a")
    desk.post(f"/customers/{ada.pk}/drafts/notes/discarding/")
    save(desk, ada, "Later", window="a")
    response = desk.post(f"/customers/{ada.pk}/drafts/notes/restoration/", follow=True)
    assert "You have begun another draft there since then." in response.content.decode()
    assert kept() == "Later"


def test_my_drafts_are_mine_and_of_customers_i_may_see(desk, sam, ada):
    hidden = CustomerFactory(restricted=True)
    colleague = UserFactory()
    for user, customer, body in ((colleague, ada, "Bob's"), (sam, hidden, "Secret"), (sam, ada, "Mine")):
        Draft.objects.create(user=user, customer=customer, tab="notes", fields={"body": body}, saved_at=timezone.now())
    page = desk.get("/drafts/").content.decode()
    assert "Mine" in page
    assert "Bob&#x27;s" not in page
    assert "Secret" not in page


def test_no_drafts_says_so(desk):
    assert "No drafts" in desk.get("/drafts/").content.decode()


def test_drafts_are_listed_the_newest_first(desk, sam, ada):
    now = timezone.now()
    for hours, tab in enumerate(("notes", "calls", "replies")):
        Draft.objects.create(
            user=sam, customer=ada, tab=tab, fields={"body": tab * 2}, saved_at=now - timedelta(hours=hours)
        )
    page = desk.get("/drafts/").content.decode()
    assert page.index("notesnotes") < page.index("callscalls") < page.index("repliesreplies")
    assert Customer.objects.count() == 1


def test_a_draft_of_a_colleague_is_not_discarded(sam, ada):
    save(signed_in(sam), ada, "Sam's", window="a")
    signed_in(UserFactory()).post(f"/customers/{ada.pk}/drafts/notes/discarding/")
    assert kept() == "Sam's"
