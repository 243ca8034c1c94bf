"""What managers see: sentences first, every number with its rows and its file."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pgtrigger
import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Goal
from interactions.actions.conversations import close_conversation
from interactions.actions.promises import renegotiate_promise
from partnership.health.rollup.metrics import METRICS
from partnership.health.rollup.refreshing import refresh_all
from partnership.health.views import BOARDS
from partnership.scoring.models import RuleSet
from partnership.staff.models import Firm, User
from tests.factories import ConversationFactory, CustomerFactory, happens
from tests.partnership.health.story import Told

pytestmark = pytest.mark.django_db


def said(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def table(client: Client, url: str) -> list[list[str]]:
    response = client.get(url)
    assert response.status_code == 200
    assert response.streaming
    return list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


@pytest.mark.parametrize("name", BOARDS)
def test_each_says_what_to_do_while_there_is_nothing(managers_desk: Client, name: str):
    text = said(managers_desk, f"/health/{name}/")
    assert "Nothing here yet" in text or name == "recoveries"


def test_where_no_customer_is_counted_there_is_nothing_to_filter(managers_desk: Client):
    for name in ("", *(f"{board}/" for board in BOARDS)):
        page = managers_desk.get(f"/health/{name}").content.decode()
        assert 'class="health-scope"' not in page
        assert "<table" not in page
        assert page.count('class="empty"') <= 1


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_goal_stalls_where_there_is_none(managers_desk: Client, language: str):
    Firm.objects.update(language=language)
    assert not re.search(r"\b0 (of|von) 0\b", said(managers_desk, "/health/"))


def test_an_empty_tag_stands_for_all(managers_desk: Client, told: Told):
    page = managers_desk.get("/health/").content.decode()
    assert re.search(r'<input[^>]*name="tag"[^>]*placeholder="all"', page)


@pytest.mark.parametrize("name", BOARDS)
def test_each_shows_what_there_is_in_few_queries(
    managers_desk: Client, told: Told, name: str, django_assert_max_num_queries
):
    managers_desk.get("/health/")
    most = {"colleagues": 18}.get(name, 14)  # what each may still give is read with them
    with django_assert_max_num_queries(most):
        text = said(managers_desk, f"/health/{name}/")
    assert "Nothing here yet" not in text or name in ("movers", "flow", "grades", "money")


def test_a_number_leads_to_its_rows_and_they_to_whom(managers_desk: Client, told: Told):
    page = managers_desk.get("/health/rows/ours_missed/").content.decode()
    assert "Send the book" in page
    assert f'href="{told.wronged.get_absolute_url()}"' in page


def test_a_miss_counts_where_a_new_date_was_agreed_on(managers_desk: Client, told: Told, manager: User):
    missed = told.wronged.commitments.get(what="Send the book")
    renegotiate_promise(missed, due_on=told.at.date() + timedelta(days=5), at=told.at, by=manager)
    assert [row[1] for row in table(managers_desk, "/health/rows/ours_missed/?csv=1")[1:]] == ["'=Wanda"]


def test_the_audit_names_the_loud_one_first_and_says_why(managers_desk: Client, told: Told):
    rows = table(managers_desk, "/health/attention/?table=over")
    assert rows[1][0] == "Lena Laut"
    assert "asked 14 times" in rows[1][5]
    assert "did not do their part" in rows[1][5]
    assert "Paul Partner" in [row[0] for row in table(managers_desk, "/health/attention/?table=under")]


def test_time_without_minutes_is_told_as_an_estimate(managers_desk: Client, told: Told):
    assert "is an estimate: 5 minutes for each message" in said(managers_desk, "/health/attention/")
    [row] = [row for row in table(managers_desk, "/health/customers/?csv=1") if row[0] == "Paul Partner"]
    assert row[4] == "5"


@pytest.mark.parametrize("name", METRICS)
def test_the_file_has_the_rows_of_the_page(managers_desk: Client, told: Told, name: str):
    rows = table(managers_desk, f"/health/rows/{name}/?csv=1&period=year")
    page = managers_desk.get(f"/health/rows/{name}/?period=year").content.decode()
    assert page.count("health-day") == len(rows) - 1


def test_what_needed_no_answer_and_what_got_none_lead_to_their_rows(managers_desk: Client, told: Told, sam: User):
    for subject, answered in (("Thanks", "not_needed"), ("Buy now", "without"), ("Win now", "without")):
        thread = ConversationFactory(customer=told.partner, subject=subject)
        happens(told.partner, "message", at=told.at, conversation_id=thread.pk)
        thread.refresh_from_db()
        close_conversation(thread, answered=answered, reason="Spam", by=sam, at=told.at)
    refresh_all(at=told.at)
    page = managers_desk.get("/health/answers/").content.decode()
    for name, number, sentence, rows in (
        ("not_needed", 1, "1 conversation needed no answer.", [["Thanks", "Sam Rivera", ""]]),
        ("without_answer", 2, "2 conversations were closed without answering.",
         [["Win now", "Sam Rivera", "Spam"], ["Buy now", "Sam Rivera", "Spam"]]),
    ):  # fmt: skip
        assert re.search(rf'href="/health/rows/{name}/[^"]*">{sentence}<', page)
        assert re.search(rf'href="/health/rows/{name}/[^"]*">\s*{number}\s*<', page)
        listed = table(managers_desk, f"/health/rows/{name}/?csv=1")[1:]
        assert [[row[2], *row[4:6]] for row in listed] == rows
        assert managers_desk.get(f"/health/rows/{name}/").content.decode().count("health-day") == number


def test_a_name_like_a_formula_is_harmless_in_a_file(managers_desk: Client, told: Told):
    assert [row[1] for row in table(managers_desk, "/health/rows/ours_missed/?csv=1")[1:]] == ["'=Wanda"]


def test_days_in_a_file_are_the_firms(managers_desk: Client):
    """They are written when the page's own zone is gone."""
    Firm.objects.update(timezone="Asia/Tokyo")
    reached = (timezone.now() - timedelta(days=2)).replace(hour=20)  # there the next morning
    Goal.objects.create(customer=CustomerFactory(), title="Ten", set_at=reached, status="achieved", closed_at=reached)
    day = (reached + timedelta(days=1)).date().isoformat()
    assert [row[0] for row in table(managers_desk, "/health/rows/goals_reached/?csv=1")[1:]] == [day]


def test_owner_team_tag_and_tier_narrow_every_number(managers_desk: Client, told: Told, sam: User):
    for asked in (f"owner={sam.pk}", f"team={sam.department_id}", "tag=evening"):
        names = [row[0] for row in table(managers_desk, f"/health/customers/?csv=1&{asked}")[1:]]
        assert names == ["Paul Partner"]
        assert table(managers_desk, f"/health/rows/ours_missed/?csv=1&{asked}")[1:] == []
        assert "0 of 0" not in said(managers_desk, f"/health/?{asked}")
    told.partner.refresh_from_db()
    tier = told.partner.metrics.get(period="week").tier_id
    assert "Lena Laut" not in [row[0] for row in table(managers_desk, f"/health/customers/?csv=1&tier={tier}")]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ("period=decade", "decade is not one of the available choices"),
        ("owner=99999", "No colleague of that number works here"),
        ("team=x", "There is no such team"),
        ("tier=77", "77 is not one of the available choices"),
    ],
)
def test_what_means_nothing_is_said_to(managers_desk: Client, told: Told, asked: str, error: str):
    assert error in said(managers_desk, f"/health/promises/?{asked}", status=422)
    assert "We missed 1 promise" in said(managers_desk, f"/health/promises/?{asked}", status=422)


def test_what_is_not_there_is_not_found(managers_desk: Client, told: Told):
    assert managers_desk.get("/health/rows/smiles/").status_code == 404
    assert managers_desk.get("/health/attention/?table=smiles").status_code == 404
    assert managers_desk.get("/health/rows/worked/?after=x").status_code == 400
    assert managers_desk.get("/health/customers/?after=x").status_code == 400
    assert managers_desk.get("/health/customers/?was=x").status_code == 422
    assert managers_desk.post("/health/goals/").status_code == 405


def test_long_lists_go_on_by_key(managers_desk: Client, told: Told):
    CustomerFactory.create_batch(60)
    refresh_all(at=told.at)
    names, url = [], "/health/customers/"
    while url:
        page = managers_desk.get(url).content.decode()
        names += re.findall(r'<th scope="row"[^>]*>\s*<a href="([^"]+)"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        url = unescape(found[1]) if found else ""
    assert len(names) == len(set(names)) == 63


def test_the_network_adds_up_what_somebody_brought(managers_desk: Client, told: Told):
    assert table(managers_desk, "/health/network/?table=network")[1][:4] == ["Paul Partner", "1", "0", "120"]


def test_each_dot_of_the_quadrant_has_a_shape_of_its_volume(managers_desk: Client, told: Told):
    page = managers_desk.get("/health/quadrant/").content.decode()
    assert page.count('polygon class="dot dot-loud') == 2  # of the legend, of Lena
    assert page.count('circle class="dot dot-quiet') == 4


def test_with_many_customers_dots_are_shared_and_lead_to_them(managers_desk: Client, told: Told, monkeypatch):
    monkeypatch.setattr("partnership.health.boards.quadrant.board.MOST_DOTS", 2)
    rows = table(managers_desk, "/health/quadrant/?table=quadrant")
    assert sum(int(row[1]) for row in rows[1:]) == 3
    page = managers_desk.get("/health/quadrant/").content.decode()
    listed = []
    for url in set(re.findall(r'<a href="(/health/customers/\?[^"]+)" aria-label="partnership', page)):
        listed += [row[0] for row in table(managers_desk, f"{unescape(url)}&csv=1")[1:]]
    assert sorted(listed) == ["'=Wanda", "Lena Laut", "Paul Partner"]


def test_an_answer_promised_at_once_is_a_promise(managers_desk: Client, told: Told):
    with pgtrigger.ignore("scoring.Tier:only_in_drafts"):
        RuleSet.objects.active().tiers.update(response_hours=0)
    rows = table(managers_desk, "/health/answers/?table=answers")
    assert {row[1] for row in rows[1:]} == {"0"}
