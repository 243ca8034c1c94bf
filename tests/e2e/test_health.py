"""A manager looks how partnerships fare: from any page to the broken promise in three clicks, and axe finds nothing."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from partnership.health.views import BOARDS
from tests.e2e.test_accessibility import faults_everywhere
from tests.factories import FirmFactory, UserFactory, happens
from tests.partnership.health.story import tell

pytestmark = pytest.mark.browser

PAGES = ["", *(f"{name}/" for name in BOARDS), "rows/ours_missed/", "customers/", "weekly-summary/"]
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
    page.get_by_role("link", name="We missed 1 promise").click()
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
    for name, day in (("From", date.today() - timedelta(days=3)), ("Until", date.today() - timedelta(days=1))):
        page.get_by_label(name, exact=True).fill(day.isoformat())
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"from=\d{4}-\d\d-\d\d&to="))
    expect(page.locator("main")).to_contain_text("None of these customers had a score on")
    page.get_by_role("link", name="Clear").press("Enter")
    expect(page).to_have_url(re.compile("/health/flow/$"))


def test_axe_finds_nothing(managers_page: Callable[[str], Page]):
    found = {}
    for address in PAGES:
        if wrong := faults_everywhere(managers_page(f"/health/{address}")):
            found[address] = wrong
    assert found == {}
