"""What a manager starts from: headlines with their weeks, whom to act on, the portfolio."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from customers.models import Customer
from partnership.focus.tasks import refresh_stale_task as refresh_focus
from partnership.health.rollup.refreshing import refresh_all
from partnership.scoring.models import RuleSet, ScoreSnapshot
from partnership.staff.models import GoodwillBudget, User
from tests.factories import happens
from tests.partnership.health.story import Told

pytestmark = pytest.mark.django_db


def page(client: Client, url: str = "/health/") -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def said(client: Client, url: str = "/health/") -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page(client, url))))


def portfolio(client: Client, url: str = "/health/") -> dict[str, list[str]]:
    """The cells of each tier: customers, change, 1, 4, 13 and 52 weeks ago, lifetime value."""
    table = page(client, url).partition('id="table-portfolio"')[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL)
    cells = (re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL) for row in rows)
    texts = ([unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells)
    return {first: rest for first, *rest in texts}


def test_it_leads_with_what_we_owe(managers_desk: Client, told: Told, django_assert_max_num_queries):
    managers_desk.get("/health/goals/")
    with django_assert_max_num_queries(29):
        start = page(managers_desk)
    text = said(managers_desk)
    assert text.index("We owe 1 promise that is past its date, since ") < text.index("1 of 1 goals")
    assert "1 recovery is open." in text
    assert 'href="/health/rows/ours_owed/"' in start
    assert "promises of ours missed, by week" in text
    assert "Promises of ours missed by week: 1 in the last one, 0 to 1 in 13 weeks." in start


def test_trends_go_back_13_or_52_weeks(managers_desk: Client, told: Told):
    assert "0 to 1 in 52 weeks." in page(managers_desk, "/health/?weeks=52")
    assert page(managers_desk, "/health/trends/").count('scope="row"') == 13
    assert page(managers_desk, "/health/trends/?weeks=52").count('scope="row"') == 52
    assert managers_desk.get("/health/?weeks=14").status_code == 422


def test_a_week_leads_to_its_rows(managers_desk: Client, told: Told):
    [url] = set(re.findall(r'href="(/health/rows/ours_missed/[^"]+)"', page(managers_desk, "/health/trends/")))
    rows = page(managers_desk, unescape(url))
    assert "Send the book" in rows
    assert rows.count("health-day") == 1


def test_it_names_whom_to_act_on_why_and_who_does(managers_desk: Client, told: Told, sam: User):
    assert "No partnership needs you today." in said(managers_desk)
    refresh_focus()
    Customer.objects.filter(pk=told.wronged.pk).update(owner=sam)
    text = said(managers_desk, "/health/?period=week").partition("Act on today")[2]
    assert re.search(r"=Wanda .*Recovery open since .*: Lost the letter .*Owner: Sam Rivera", text)
    assert "=Wanda" not in said(managers_desk, "/health/?tag=evening&period=week").partition("Act on today")[2]


def test_the_portfolio_counts_customers_now_and_then(managers_desk: Client, told: Told):
    """A tier keeps its row though its rules had another name then, and each number leads to its customers."""
    champion = RuleSet.objects.active().tiers.get(name="Champion")
    ScoreSnapshot.objects.update(day=(told.at - timedelta(days=60)).date(), tier=champion)
    refresh_all(at=told.at)
    rows = portfolio(managers_desk)
    assert sum(int(row[0]) for row in rows.values()) == 3
    assert [rows["Champion"][place] for place in (2, 3, 4, 5)] == ["3", "3", "0", "0"]
    change = {name: row[1] for name, row in rows.items()}
    assert change["Champion"] == f"−{3 - int(rows['Champion'][0])}"
    [url] = re.findall(r'href="(/health/customers/[^"]*period=week[^"]*)"', page(managers_desk))
    behind = page(managers_desk, unescape(url))
    assert behind.count('<th scope="row"') == 3
    assert "Champion on" in behind


def test_the_portfolio_is_summed_below(managers_desk: Client, told: Told):
    foot = page(managers_desk).partition('id="table-portfolio"')[2].partition("<tfoot>")[2].partition("</tfoot>")[0]
    cells = re.findall(r"<t[hd].*?</t[hd]>", foot, re.DOTALL)
    texts = [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells]
    columns = zip(*portfolio(managers_desk).values(), strict=True)
    sums = [sum(int(text.replace("−", "-")) for text in column) for column in columns]
    assert texts == ["Total", *(f"{number:+d}".replace("-", "−") if place == 1 and number else str(number)
                                for place, number in enumerate(sums))]  # fmt: skip
    assert texts[1] == "3"
    assert 'href="/health/customers/"' in foot


def test_goodwill_left_is_that_of_all_colleagues(managers_desk: Client, told: Told, sam: User):
    assert "No goodwill budget limits what colleagues may give." in said(managers_desk)
    GoodwillBudget.objects.create(amount=100, minutes=60)
    GoodwillBudget.objects.create(staff_member=sam, amount=50, minutes=None)
    happens(told.partner, "gesture", at=told.at, by=sam, direction="outbound", amount="20", currency="EUR")
    text = said(managers_desk, "/health/?period=week")
    others = User.objects.filter(is_active=True).exclude(pk=sam.pk).count()
    assert re.search(
        r'href="/health/colleagues/[^"]*">Colleagues may still give', page(managers_desk, "/health/?period=week")
    )
    assert f"Colleagues may still give {others} h and {100 * others + 30} EUR of goodwill." in text


def test_trends_have_weeks_of_their_own_instead_of_a_period(managers_desk: Client, told: Told):
    trends = page(managers_desk, "/health/trends/?period=week")
    assert 'name="period"' not in trends
    assert 'href="/health/goals/?period=week"' in trends
