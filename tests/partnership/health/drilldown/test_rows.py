"""The rows of a number: as many as it says, whose, what to do about each, and the way back."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from customers.models import Commitment
from partnership.health.rollup.metrics import METRICS
from partnership.health.rollup.refreshing import refresh_all
from partnership.health.views import BOARDS
from partnership.staff.models import User
from tests.factories import ConversationFactory, goal, happens, promise
from tests.partnership.health.story import Told

pytestmark = pytest.mark.django_db


def page_of(client: Client, url: str) -> str:
    response = client.get(unescape(url))
    assert response.status_code == 200
    return response.content.decode()


def total(page: str) -> str:
    [found] = re.findall(r'class="health-total">\s*<strong>(.*?)</strong>', page)
    return unescape(found)


@pytest.mark.parametrize("name", BOARDS)
def test_a_number_is_the_count_of_the_rows_it_leads_to(managers_desk: Client, told: Told, name: str):
    page = page_of(managers_desk, f"/health/{name}/?period=quarter")
    numbers = re.findall(r'href="(/health/(?:rows|customers)/[^"]*)">\s*(\d+)\s*<', page)
    for url, number in numbers:
        assert total(page_of(managers_desk, url)).split()[0] == number, url
    assert numbers or name in ("free", "network", "grades", "movers", "quadrant", "flow", "money", "colleagues")


@pytest.mark.parametrize("name", METRICS)
def test_each_list_says_how_many_rows_it_has(managers_desk: Client, told: Told, name: str):
    for asked in ("", "&when=before", f"&until={told.at.date() - timedelta(days=20)}"):
        page = page_of(managers_desk, f"/health/rows/{name}/?period=quarter{asked}")
        if rows := page.count("health-day"):
            assert total(page).split()[0] == str(rows)


def test_sums_are_said_with_their_unit(managers_desk: Client, told: Told):
    assert total(page_of(managers_desk, "/health/rows/minutes/")) == "14 rows, 14 h in total"
    assert total(page_of(managers_desk, "/health/rows/bought/")) == "1 row, 120 EUR in total"
    assert total(page_of(managers_desk, "/health/customers/")).startswith("3 customers, ")


def test_whose_and_since_when(managers_desk: Client, told: Told, sam: User):
    made = told.at - timedelta(days=6)
    promise(told.partner, "Call back", at=made, due_on=None, by=sam)
    refresh_all(at=told.at)
    [row] = re.findall(r"<tr data-row.*?</tr>", page_of(managers_desk, "/health/rows/ours_open/"), re.DOTALL)
    assert "Sam Rivera" in row
    assert re.search(r'health-day">\S', row)


@pytest.mark.parametrize("back", ["?owner={sam}", ""])
def test_a_promise_is_kept_where_it_is_listed(managers_desk: Client, told: Told, sam: User, back: str):
    made = promise(told.partner, "Call back", at=told.at - timedelta(days=1), due_on=None, by=sam)
    here = f"/health/rows/ours_open/{back.format(sam=sam.pk)}"
    page = page_of(managers_desk, here)
    [act] = re.findall(r'<form method="post"\s+action="([^"]*/keeping/[^"]*)"', page)
    response = managers_desk.post(unescape(act))
    assert response["Location"] == here
    made.refresh_from_db()
    assert made.status == Commitment.Status.KEPT


def test_one_natural_act_for_each_row(managers_desk: Client, told: Told, sam: User):
    goal(told.wronged, "Twelve lessons", at=told.at - timedelta(days=1), by=sam)
    thread = ConversationFactory(customer=told.partner)
    happens(told.partner, "message", at=told.at - timedelta(days=20), conversation_id=thread.pk)
    happens(told.partner, "message", at=told.at - timedelta(days=2), by=sam, direction="outbound",
            conversation_id=thread.pk)  # fmt: skip
    refresh_all(at=told.at)
    for name, label in (("goals_active", "Check in"), ("answered_late", "Open the conversation"),
                        ("recoveries_open", "Open the recovery"), ("ours_missed", "Mark as kept")):  # fmt: skip
        rows = re.findall(r"<tr data-row.*?</tr>", page_of(managers_desk, f"/health/rows/{name}/"), re.DOTALL)
        assert rows
        assert all(row.count(f">{label}<") == 1 for row in rows), name


def test_back_to_the_board_that_led_here(managers_desk: Client, told: Told, sam: User):
    board = page_of(managers_desk, f"/health/promises/?period=quarter&owner={sam.pk}&lifecycle=all")
    urls = re.findall(r'href="(/health/rows/[^"]*)"', board)
    board = page_of(managers_desk, "/health/goals/?period=quarter")
    urls += re.findall(r'href="(/health/rows/[^"]*)"', board)
    assert urls
    for url in urls:
        page = page_of(managers_desk, url)
        name = re.search(r"board=(\w+)", unescape(url))[1]
        assert re.search(rf'class="health-back[^>]*>\s*<a href="/health/{name}/\?period=quarter', page), url
        assert f'<input type="hidden" name="board" value="{name}">' in page
    overview = page_of(managers_desk, "/health/rows/ours_missed/")
    assert re.search(r'class="health-back[^>]*>\s*<a href="/health/">← Back to Overview', overview)
