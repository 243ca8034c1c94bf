"""A manager looks how partnerships fare: from any page to the broken promise in three clicks, and axe finds nothing."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from partnership.health.views import BOARDS
from tests.e2e.test_accessibility import faults_everywhere
from tests.factories import FirmFactory, UserFactory, firm_today, happens
from tests.partnership.health.story import tell

pytestmark = pytest.mark.browser

PAGES = ["", *(f"{name}/" for name in BOARDS), "rows/ours_missed/", "customers/", "weekly-summary/", "alerts/"]
PAGES += ["flow/?to=2999-01-01", "customers/?graded_from=0&graded_to=10", "customers/?was=none&became=none"]


@pytest.fixture
def managers_page(server: Any, signed_in: Callable[[Any], Page]) -> Callable[[str], Page]:
    FirmFactory()
    sam = UserFactory(name="Sam Rivera")
    with transaction.atomic():
        told = tell(sam)
        for grade, customer in ((9, told.partner), (3, told.loud)):
            happens(customer, "survey_response", at=told.at, channel="web", payload={"recommendation": grade})
    page = signed_in(UserFactory(name="Mara Lind", role="manager"))

    def go(address: str) -> Page:
        page.goto(f"{server.url}{address}")
        return page

    return go


def test_in_three_clicks_which_promise_of_ours_was_broken_to_whom(managers_page: Callable[[str], Page]):
    page = managers_page("/")
    page.get_by_role("link", name="Health").click()
    page.get_by_role("link", name="We owe 1 promise").click()
    broken = page.get_by_role("row").filter(has_text="Send the book")
    expect(broken).to_contain_text("=Wanda")
    broken.get_by_role("link", name="Send the book").click()
    expect(page.locator("main")).to_contain_text("Send the book")
    expect(page.get_by_role("heading", level=1)).to_contain_text("=Wanda")


def test_by_keys_to_health(managers_page: Callable[[str], Page]):
    page = managers_page("/customers/")
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page.get_by_role("heading", level=1, name="Health")).to_be_visible()


def test_tier_flow_between_two_days(managers_page: Callable[[str], Page]):
    page = managers_page("/health/flow/")
    for name, day in (("From", firm_today() - timedelta(days=3)), ("Until", firm_today() - timedelta(days=1))):
        page.get_by_label(name, exact=True).fill(day.isoformat())
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"from=\d{4}-\d\d-\d\d&to="))
    expect(page.locator("main")).to_contain_text("None of these customers had a score on")
    page.get_by_role("link", name="Clear").press("Enter")
    expect(page).to_have_url(re.compile("/health/flow/$"))


def test_a_filter_applies_at_once_and_keeps_the_focus(managers_page: Callable[[str], Page]):
    page = managers_page("/health/promises/")
    expect(page.get_by_role("button", name="Show", exact=True)).to_be_hidden()
    period = page.get_by_label("Period", exact=True)
    period.focus()
    period.select_option("week")
    expect(page).to_have_url(re.compile(r"/health/promises/\?period=week&lifecycle=$|/health/promises/\?period=week$"))
    expect(page.get_by_role("heading", name="In the last week")).to_be_visible()
    expect(period).to_be_focused()
    expect(page.get_by_role("link", name="Goals", exact=True)).to_have_attribute("href", "/health/goals/?period=week")
    tag = page.get_by_label("Tag", exact=True)
    tag.fill("nobody has it")
    tag.press("Enter")
    expect(page.locator("#health-figures")).to_contain_text("No customer has the tag “nobody has it”.")
    expect(tag).to_be_focused()
    page.go_back()
    expect(page).to_have_url(re.compile(r"period=week$"))
    expect(page.get_by_role("heading", name="In the last week")).to_be_visible()


def test_a_wrong_day_is_said_at_its_field_and_stays_typed(managers_page: Callable[[str], Page]):
    page = managers_page("/health/flow/")
    until = page.get_by_label("Until", exact=True)
    until.fill("2999-01-01")
    expect(page.locator("#wrong-to")).to_contain_text("That day is in the future")
    expect(until).to_have_value("2999-01-01")
    until.fill(firm_today().isoformat())
    expect(page.locator("#wrong-to")).to_be_empty()


def test_on_a_phone_the_tab_and_the_deciding_column_are_in_view(managers_page: Callable[[str], Page]):
    page = managers_page("/health/goals/")
    page.set_viewport_size({"width": 390, "height": 844})
    for name, title in (("grades", "Grades"), ("attention", "Attention")):
        page.goto(page.url.replace("goals", name) if "goals" in page.url else page.url.replace("grades", name))
        current = page.get_by_role("navigation", name="Dashboards").get_by_role("link", name=title)
        expect(current).to_have_attribute("aria-current", "page")
        expect(current).to_be_in_viewport(ratio=1)
    shares = page.locator("#table-tiers").locator("xpath=../..").locator("tbody tr").first.locator("td").first
    shares.scroll_into_view_if_needed()
    box = shares.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    for address in ("quadrant/", "movers/", "customers/", "rows/ours_missed/", "alerts/"):
        page.goto(re.sub(r"/health/.*", f"/health/{address}", page.url))
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, address


def test_printed_is_the_board_alone_in_light(managers_page: Callable[[str], Page]):
    page = managers_page("/health/attention/?period=week")
    page.emulate_media(media="print", color_scheme="dark")
    for role, name in (("navigation", "Dashboards"), ("link", "Our time beside partnership, by tier as CSV")):
        expect(page.get_by_role(role, name=name)).to_be_hidden()
    expect(page.get_by_label("Period", exact=True)).to_be_hidden()
    expect(page.locator(".health-asked")).to_contain_text("the last week")
    expect(page.locator(".health-whom")).to_be_visible()
    colour = page.evaluate("getComputedStyle(document.body).color")
    assert all(int(part) < 90 for part in re.findall(r"\d+", colour)[:3]), colour


def test_an_alert_is_added_and_removed_with_undo(managers_page: Callable[[str], Page]):
    page = managers_page("/health/alerts/")
    page.get_by_label("When", exact=True).select_option(label="more than … recoveries are open")
    page.get_by_label("Number", exact=True).fill("2")
    page.get_by_role("button", name="Add alert").click()
    sentence = page.get_by_text("Tell Mara Lind when more than 2 recoveries are open.", exact=True)
    expect(sentence).to_be_visible()
    page.get_by_role("button", name="Remove: Tell Mara Lind").click()
    expect(sentence).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(sentence).to_be_visible()


def test_axe_finds_nothing(managers_page: Callable[[str], Page]):
    found = {}
    for address in PAGES:
        if wrong := faults_everywhere(managers_page(f"/health/{address}")):
            found[address] = wrong
    assert found == {}


def test_on_a_phone_filters_are_folded_and_say_how_many_are_set(managers_page: Callable[[str], Page]):
    page = managers_page("/health/goals/?tag=evening")
    page.set_viewport_size({"width": 390, "height": 844})
    period = page.get_by_label("Period", exact=True)
    expect(period).to_be_hidden()
    filters = page.locator(".health-fold summary")
    expect(filters).to_contain_text("1 active")
    filters.click()
    expect(period).to_be_visible()
    page.get_by_label("Tag", exact=True).fill("")
    page.keyboard.press("Tab")
    expect(filters).not_to_contain_text("active")
    expect(period).to_be_visible()
