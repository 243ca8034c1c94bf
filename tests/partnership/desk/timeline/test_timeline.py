import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from interactions.actions.record import Entry, record_many
from interactions.models import Attachment, Interaction
from partnership.desk.timeline import Filters
from partnership.scoring.models import RuleSet
from tests.factories import CustomerFactory, happens

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 3, 8, 12, tzinfo=UTC)
ENTRY = re.compile(r'id="entry-(\d+)"')


@pytest.fixture
def ada():
    return CustomerFactory(name="Ada")


def test_pages_show_every_row_once_newest_first(desk, htmx, ada):
    moments = [NOON - timedelta(hours=number // 3) for number in range(130)]
    entries = [
        Entry(customer_id=ada.pk, occurred_at=at, channel="email", direction="inbound", kind="message")
        for at in moments
    ]
    record_many(entries, recorded_at=NOON)
    expected = [str(pk) for pk in Interaction.objects.timeline(ada).values_list("pk", flat=True)]
    for client in (desk, htmx):
        seen, url, pages = [], ada.get_absolute_url(), 0
        while url:
            text = client.get(url).content.decode()
            seen, pages = seen + ENTRY.findall(text), pages + 1
            older = re.search(r'rel="next"\s+href="([^"]*)"', text)
            url = older and older[1].replace("&amp;", "&")
        assert (seen, pages) == (expected, 3)


def test_a_next_page_is_a_fragment_to_htmx_and_a_page_without(htmx, desk, ada):
    happens(ada, "message", at=NOON)
    url = f"/customers/{ada.pk}/timeline/?before=2025-01-01T00:00:00%2B00:00,1"
    assert "<html" not in htmx.get(url).content.decode()
    assert "<html" in desk.get(url).content.decode()


@pytest.mark.parametrize("before", ["nonsense", "2024-01-01T00:00:00,5", "2024-01-01T00:00:00Z,x"])
def test_a_broken_key_is_a_bad_request(desk, ada, before):
    assert desk.get(f"/customers/{ada.pk}/timeline/", {"before": before}).status_code == 400


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("kind=call", {"call"}),
        ("kind=call&kind=work_done", {"call", "work"}),
        ("direction=outbound", {"call"}),
        ("channel=app", {"work", "late"}),
        ("scope=talk", {"call", "question"}),
        ("scope=activity", {"work", "late"}),
        ("kind=nonsense&scope=nonsense", {"call", "work", "late", "question"}),
    ],
)
def test_filters(desk, ada, asked, shown):
    happens(ada, "call", at=NOON, channel="call", direction="outbound", subject="call")
    happens(ada, "question", at=NOON, subject="question")
    happens(ada, "work_done", at=NOON, channel="app", subject="work")
    happens(ada, "commitment_kept", at=NOON, channel="app", subject="late", payload={"days_late": 2})
    page = desk.get(f"/customers/{ada.pk}/timeline/?{asked}").content.decode()
    assert set(re.findall(r'entry-subject" dir="auto">(\w+)', page)) == shown


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ({"payload": "has", "payload_key": "days_late"}, {"late"}),
        ({"payload": "lacks", "payload_key": "days_late"}, {"best", "paid"}),
        ({"payload": "equals", "payload_key": "course", "payload_value": "law"}, {"best"}),
        ({"payload": "at_least", "payload_key": "score", "payload_value": "80"}, {"best"}),
        ({"amount_at_least": 100, "currency": "EUR"}, {"paid"}),
        ({"tags": ["evening"], "amount_at_least": 100, "currency": "EUR"}, set()),
    ],
)
def test_the_rows_that_a_rule_counts(desk, ada, rule, shown):
    kept = {"at": NOON, "channel": "app"}
    happens(ada, "commitment_kept", subject="late", payload={"days_late": 2, "course": "history", "score": 79}, **kept)
    happens(ada, "commitment_kept", subject="best", payload={"course": "law", "score": "91.5"}, **kept)
    happens(ada, "commitment_kept", subject="paid", amount=-100, currency="EUR", **kept)
    happens(ada, "call", at=NOON, channel="call", subject="call", amount=500, currency="EUR")
    made = RuleSet.objects.create(name="Draft").rules.create(
        name="Counted", sum="kept", kinds=["commitment_kept"], points=1, half_life=60, **rule
    )
    url = Filters.of_rule(made).url(ada.pk)
    page = desk.get(url).content.decode()
    assert set(re.findall(r'entry-subject" dir="auto">(\w+)', page)) == shown
    assert "counted by “Counted”" in page


def test_of_a_rule_that_is_no_more_nothing_is_shown(desk, ada):
    happens(ada, "call", at=NOON)
    assert "No entries match" in desk.get(f"/customers/{ada.pk}/timeline/?rule=999999").content.decode()


def test_nothing_that_fits_says_so(desk, ada):
    assert "No entries match" in desk.get(f"/customers/{ada.pk}/timeline/?kind=call").content.decode()


def test_what_people_wrote_stays_text(desk, ada):
    evil = "<script>alert(1)</script>"
    happens(ada, "message", at=NOON, subject=evil, body=evil, quoted=evil)
    CustomerFactory(name=evil)
    ada.name = evil
    ada.save()
    assert evil not in desk.get(ada.get_absolute_url()).content.decode()
    assert evil not in desk.get("/customers/").content.decode()


def test_days_and_times_are_the_firms(desk, ada):
    happens(ada, "message", at=datetime(2024, 3, 8, 23, 30, tzinfo=UTC))
    page = desk.get(ada.get_absolute_url()).content.decode()
    assert "Saturday, 9 March 2024" in page
    assert "2024-03-09 00:30:00 CET" in page


def test_an_entry_says_who_how_and_how_late(desk, ada, sam):
    happens(ada, "call", at=NOON, by=sam, channel="call", direction="outbound", minutes=12)
    happens(ada, "commitment_kept", at=NOON, channel="internal", payload={"days_late": 1})
    page = desk.get(ada.get_absolute_url()).content.decode()
    assert "<strong>Sam Rivera</strong>" in page
    assert "call · 12 minutes" in page
    assert "promise kept · 1 day late" in page


def test_a_long_text_is_cut_in_the_list_and_whole_on_its_own_page(desk, ada):
    row = happens(ada, "message", at=NOON, body="word " * 400 + "the end")
    page = desk.get(ada.get_absolute_url()).content.decode()
    assert "the end" not in page
    assert f"/customers/{ada.pk}/entries/{row.pk}/" in page
    assert "the end" in desk.get(f"/customers/{ada.pk}/entries/{row.pk}/").content.decode()


def test_an_entry_belongs_to_its_customer(desk, ada):
    row = happens(ada, "message", at=NOON)
    other = CustomerFactory()
    answer = desk.get(f"/customers/{other.pk}/entries/{row.pk}/")
    assert answer.headers["Location"] == f"/customers/{ada.pk}/entries/{row.pk}/"


def test_files_are_listed_with_their_size(desk, ada):
    row = happens(ada, "message", at=timezone.now())
    file = Attachment.objects.create(
        interaction=row, name="plan.pdf", content_type="application/pdf", size=2048, sha256="0" * 64, file="x"
    )
    page = desk.get(ada.get_absolute_url()).content.decode()
    assert f'href="/attachments/{file.pk}/"' in page
    assert f'src="/attachments/{file.pk}/preview/"' in page
    assert "plan.pdf</a>" in page
    assert "2.0\xa0KB" in page


def test_no_minutes_are_told_as_such(desk, sam, ada):
    happens(ada, "call", at=NOON, by=sam, channel="call", direction="outbound", minutes=0)
    assert "call · 0 minutes" in desk.get(f"/customers/{ada.pk}/timeline/").content.decode()
