"""Stretches of the line: around an entry, down from a day, upward, on paper; traces of what was deleted."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from interactions.actions.deletions import delete_entry
from interactions.actions.record import Entry, record_many
from interactions.models import Interaction
from tests.factories import ConversationFactory, CustomerFactory, happens

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 3, 8, 12, tzinfo=UTC)
ENTRY = re.compile(r'id="entry-(\d+)"')


@pytest.fixture
def ada(firm):
    return CustomerFactory(name="Ada")


@pytest.fixture
def line(ada):
    """130 rows, three an hour; newest first."""
    entries = [
        Entry(customer_id=ada.pk, occurred_at=NOON - timedelta(hours=number // 3), channel="email",
              direction="inbound", kind="message")
        for number in range(130)
    ]  # fmt: skip
    record_many(entries, recorded_at=NOON)
    return list(Interaction.objects.timeline(ada).values_list("pk", flat=True))


def link(page, rel):
    found = re.search(rf'rel="{rel}"\s+href="([^"]*)"', page)
    return found and found[1].replace("&amp;", "&")


def test_around_an_entry_and_on_in_both_directions(ada, line, desk, htmx):
    page = desk.get(f"/customers/{ada.pk}/timeline/?at={line[60]}").content.decode()
    around = list(map(int, ENTRY.findall(page)))
    assert around == line[50:110]
    assert f'data-line-at-value="{line[60]}"' in page
    older = list(map(int, ENTRY.findall(htmx.get(link(page, "next")).content.decode())))
    newer = list(map(int, ENTRY.findall(htmx.get(link(page, "prev")).content.decode())))
    assert newer + around + older == line


@pytest.mark.parametrize("position", [0, 3, 129])
def test_around_the_ends(ada, line, desk, position):
    page = desk.get(f"/customers/{ada.pk}/timeline/?at={line[position]}").content.decode()
    assert str(line[position]) in ENTRY.findall(page)


def test_an_entry_within_a_collapsed_thread_is_shown(ada, desk):
    thread = ConversationFactory(customer=ada)
    rows = [happens(ada, "message", at=NOON + timedelta(hours=n), conversation_id=thread.pk) for n in range(3)]
    page = desk.get(f"/customers/{ada.pk}/timeline/?at={rows[0].pk}").content.decode()
    assert ENTRY.findall(page) == [str(row.pk) for row in reversed(rows)]


def test_somebody_elses_entry_is_not_here(ada, desk):
    row = happens(CustomerFactory(), "message", at=NOON)
    assert desk.get(f"/customers/{ada.pk}/timeline/?at={row.pk}").status_code == 404


def test_down_from_a_day(ada, line, desk, htmx):
    page = desk.get(f"/customers/{ada.pk}/timeline/?day=2024-03-07").content.decode()
    days = Interaction.objects.in_bulk(line)
    shown = list(map(int, ENTRY.findall(page)))
    assert shown == [pk for pk in line if days[pk].occurred_on.isoformat() <= "2024-03-07"][:50]
    newer = list(map(int, ENTRY.findall(htmx.get(link(page, "prev")).content.decode())))
    assert newer == [pk for pk in line if days[pk].occurred_on.isoformat() > "2024-03-07"]


def test_upward_page_by_page(ada, line, desk, htmx):
    seen, page = [], desk.get(f"/customers/{ada.pk}/timeline/?at={line[-1]}").content.decode()
    seen = list(map(int, ENTRY.findall(page)))
    while url := link(page, "prev"):
        page = htmx.get(url).content.decode()
        seen = list(map(int, ENTRY.findall(page))) + seen
    assert seen == line


def test_a_day_that_goes_on_has_one_title(ada, desk, htmx):
    for minute in range(60):
        happens(ada, "message", at=NOON + timedelta(minutes=minute))
    page = desk.get(f"/customers/{ada.pk}/timeline/").content.decode()
    assert page.count('class="day-title"') == 1
    assert "day-title" not in htmx.get(link(page, "next")).content.decode()
    assert "day-title" in desk.get(link(page, "next")).content.decode()


def test_on_paper_all_of_a_period_whole(ada, desk, monkeypatch):
    monkeypatch.setattr("partnership.desk.timeline.print_page._MOST_ROWS", 60)
    for number in range(61):
        happens(ada, "message", at=NOON - timedelta(days=number), body="long " * 300 + "the end")
    page = desk.get(f"/customers/{ada.pk}/timeline/?print=1").content.decode()
    assert len(ENTRY.findall(page)) == page.count("the end") == 60
    assert "Only the newest 60 entries are here" in page
    page = desk.get(f"/customers/{ada.pk}/timeline/?print=1&from=2024-03-01").content.decode()
    assert len(ENTRY.findall(page)) == 8
    assert "Only the newest" not in page
    assert "<nav" not in page


def test_a_deleted_entry_leaves_a_trace_in_its_place(ada, sam, desk):
    rows = [happens(ada, "message", at=NOON + timedelta(hours=n), subject=f"mail {n}") for n in range(3)]
    delete_entry(rows[1], reason="Sent to <the wrong> one", by=sam, at=NOON)
    page = desk.get(ada.get_absolute_url()).content.decode()
    places = re.findall(r'id="(entry-\d+|trace-\d+)"', page)
    assert places == [f"entry-{rows[2].pk}", f"trace-{rows[1].pk}", f"entry-{rows[0].pk}"]
    assert "Sent to &lt;the wrong&gt; one" in page
    assert f'action="/customers/{ada.pk}/entries/{rows[1].pk}/restoration/"' in page
    assert "trace-" not in desk.get(f"/customers/{ada.pk}/timeline/?kind=message").content.decode()
    assert "trace-" not in desk.get(f"/customers/{ada.pk}/timeline/?scope=activity").content.decode()
    desk.post(f"/customers/{ada.pk}/entries/{rows[1].pk}/restoration/")
    assert "trace-" not in desk.get(ada.get_absolute_url()).content.decode()


def test_each_trace_stands_on_one_page(ada, sam, line, desk, htmx):
    gone = [line[0], line[49], line[50], line[51], line[129]]
    for row in Interaction.objects.filter(pk__in=gone):
        delete_entry(row, reason="twice", by=sam, at=NOON)
    page, traces = desk.get(f"/customers/{ada.pk}/timeline/").content.decode(), []
    while True:
        traces += map(int, re.findall(r'id="trace-(\d+)"', page))
        if not (url := link(page, "next")):
            break
        page = htmx.get(url).content.decode()
    assert traces == gone
