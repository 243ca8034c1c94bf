"""What an open page is told: everything once, in whatever order it was committed."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from interactions.actions.deletions import delete_entry, restore_entry
from interactions.actions.record import Entry, record_many
from partnership.desk.models import Draft
from partnership.scoring.engine.rescoring import rescore_all
from tests.factories import CustomerFactory, OrganisationFactory, UserFactory, happens

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 3, 8, 12, tzinfo=UTC)
ENTRY = re.compile(r'id="entry-(\d+)"')


@pytest.fixture
def ada(firm):
    return CustomerFactory(name="Ada")


class Page:
    """An open page, which asks again and again."""

    def __init__(self, client, customer, filters=""):
        self.client, self.customer = client, customer
        self.filters, self.since, self.state = filters, timezone.now().isoformat(), ""

    def ask(self):
        asked = urlencode({"since": self.since, "state": self.state})
        answer = self.client.get(f"/customers/{self.customer.pk}/news/?{self.filters}&{asked}")
        assert answer.status_code in (200, 204)
        self.text = answer.content.decode()
        if answer.status_code == 200:
            self.state = re.search(r'data-state="([^"]*)"', self.text)[1]
        return answer.status_code

    def rows(self):
        return [int(pk) for pk in ENTRY.findall(self.text)]


@pytest.fixture
def page(desk, ada):
    opened = Page(desk, ada)
    assert opened.ask() == 200
    assert opened.ask() == 204
    return opened


def test_nothing_new_is_nothing(page):
    assert page.ask() == 204


def test_a_new_entry_is_told_with_its_day(page, ada):
    row = happens(ada, "message", at=timezone.now(), subject="Hello")
    assert page.ask() == 200
    assert page.rows() == [row.pk]
    assert "day-title" in page.text
    assert page.ask() == 204


def test_an_old_event_recorded_now_is_told(page, ada):
    [pk] = record_many(
        [Entry(customer_id=ada.pk, occurred_at=NOON, channel="call", direction="inbound", kind="call")],
        recorded_at=timezone.now(),
    ).values()
    assert page.ask() == 200
    assert page.rows() == [pk]


def test_what_a_long_import_recorded_is_told_too(page, ada):
    row = happens(ada, "message", at=NOON)  # recorded long before the page was opened, committed after
    assert page.ask() == 200
    assert page.rows() == [row.pk]


def test_what_is_committed_late_under_a_smaller_key_is_told(page, ada):
    late, early = happens(ada, "message", at=timezone.now()), happens(ada, "message", at=timezone.now())
    late.delete()
    assert page.ask() == 200
    assert page.rows() == [early.pk]
    late.save(force_insert=True)
    assert page.ask() == 200
    assert late.pk in page.rows()


def test_only_what_the_filters_ask_for(desk, ada):
    opened = Page(desk, ada, filters="kind=call")
    opened.ask()
    happens(ada, "message", at=timezone.now())
    assert opened.ask() == 200
    assert opened.rows() == []
    call = happens(ada, "call", at=timezone.now(), channel="call")
    opened.ask()
    assert opened.rows() == [call.pk]


def test_a_deletion_and_its_undoing(page, ada, sam):
    row = happens(ada, "message", at=timezone.now())
    page.ask()
    deletion = delete_entry(row, reason="twice", by=sam, at=timezone.now())
    assert page.ask() == 200
    assert f'data-gone="{row.pk}"' in page.text
    assert f'id="trace-{row.pk}"' in page.text
    restore_entry(deletion, by=sam, at=timezone.now())
    assert page.ask() == 200
    assert page.rows() == [row.pk]
    assert 'data-gone=""' in page.text


def test_the_score_is_told_when_it_moves(page, ada):
    rescore_all(at=timezone.now())
    assert page.ask() == 200
    assert re.search(r'data-score="\d+\.\d \d+\.\d"', page.text)
    assert page.ask() == 204


def test_the_page_says_the_same_score(page, ada, desk):
    rescore_all(at=timezone.now())
    page.ask()
    score = re.search(r'data-score="([^"]*)"', page.text)[1]
    assert f'data-news-score-value="{score}"' in desk.get(ada.get_absolute_url()).content.decode()


def test_who_writes_too(page, ada):
    colleague = UserFactory(name="Noor Haddad")
    Draft.objects.create(user=colleague, customer=ada, tab="notes", fields={"body": "x"}, saved_at=timezone.now())
    assert page.ask() == 200
    assert "Noor Haddad" in page.text
    Draft.objects.all().delete()
    assert page.ask() == 200
    assert "Noor Haddad" not in page.text


def test_an_organisation_hears_of_its_people_but_of_no_restricted_one(desk, firm):
    works = OrganisationFactory()
    ben = CustomerFactory(organisation=works)
    secret = CustomerFactory(organisation=works, restricted=True)
    opened = Page(desk, works)
    opened.ask()
    row = happens(ben, "message", at=timezone.now())
    assert opened.ask() == 200
    assert opened.rows() == [row.pk]
    happens(secret, "message", at=timezone.now())
    assert opened.ask() == 204


def test_too_much_is_said_in_a_word(page, ada):
    record_many(
        [Entry(customer_id=ada.pk, occurred_at=NOON, channel="app", direction="inbound", kind="work_done")
         for _ in range(101)],
        recorded_at=timezone.now(),
    )  # fmt: skip
    assert page.ask() == 200
    assert page.rows() == []
    assert "Much has happened here" in page.text


def test_what_an_import_brought_just_before_the_page_was_opened_is_no_news(desk, ada):
    record_many(
        [Entry(customer_id=ada.pk, occurred_at=NOON, channel="app", direction="inbound", kind="work_done")
         for _ in range(101)],
        recorded_at=timezone.now(),
    )  # fmt: skip
    opened = Page(desk, ada)
    assert opened.ask() == 200
    assert "Much has happened here" not in opened.text
    row = happens(ada, "message", at=timezone.now())
    assert opened.ask() == 200
    assert opened.rows() == [row.pk]


@pytest.mark.parametrize("since", ["", "yesterday", "2024-01-01"])
def test_a_page_without_a_time_is_a_bad_request(desk, ada, since):
    assert desk.get(f"/customers/{ada.pk}/news/", {"since": since}).status_code == 400


def test_a_restricted_customer_has_no_news(desk, firm):
    secret = CustomerFactory(restricted=True)
    assert desk.get(f"/customers/{secret.pk}/news/", {"since": timezone.now().isoformat()}).status_code == 404


def test_what_it_costs(page, ada, django_assert_num_queries):
    with django_assert_num_queries(4):  # who asks, the firm, the customer with the line's state, who writes
        page.ask()
    happens(ada, "message", at=timezone.now() - timedelta(seconds=1))
    with django_assert_num_queries(5):
        page.ask()
