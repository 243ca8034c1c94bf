"""A manager's five questions, each answered from *Overview* within two clicks, on a desk and on a phone."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from customers.models import Customer
from partnership.health.rollup.refreshing import refresh_all
from tests.factories import ConversationFactory, FirmFactory, UserFactory, happens
from tests.partnership.health.story import tell

pytestmark = pytest.mark.browser


@pytest.fixture(params=[1440, 390])
def overview(server: Any, signed_in: Callable[[Any], Page], request: pytest.FixtureRequest) -> Page:
    FirmFactory()
    sam = UserFactory(name="Sam Rivera")
    with transaction.atomic():
        told = tell(sam)
        waiting = ConversationFactory(customer=told.partner, subject="Where is my plan?")
        happens(told.partner, "message", at=told.at - timedelta(days=30), conversation_id=waiting.pk)
        renews_on = told.at.date() + timedelta(days=20)
        Customer.objects.filter(pk=told.wronged.pk).update(renews_on=renews_on, renewal_amount=1200)
        refresh_all(at=told.at)
    page = signed_in(UserFactory(name="Mara Lind", role="manager"))
    page.set_viewport_size({"width": request.param, "height": 900})
    page.goto(f"{server.url}/health/")
    return page


def test_whom_do_we_owe(overview: Page):
    overview.get_by_role("link", name="We owe 1 promise that is past its date, since").click()
    row = overview.locator("main").get_by_text("Send the book")
    expect(row).to_be_visible()
    expect(overview.get_by_role("link", name="=Wanda")).to_be_visible()


def test_who_is_about_to_leave_and_what_is_it_worth(overview: Page):
    overview.get_by_role("link", name=re.compile("that renews in the next 13 weeks is at risk: 1 customer")).click()
    main = overview.locator("main")
    expect(main.get_by_role("link", name="=Wanda")).to_be_visible()
    expect(main).to_contain_text("1,200")
    expect(main).to_contain_text("recovery open")


def test_who_of_us_is_overloaded(overview: Page):
    overview.get_by_role("link", name="Sam Rivera has 1 late promise and 1 late answer").click()
    expect(overview.locator("main").get_by_role("link", name="Where is my plan?")).to_be_visible()


def test_where_does_our_time_go(overview: Page):
    time = overview.locator(".headline").filter(has=overview.get_by_role("link", name="Our time"))
    expect(time).to_contain_text("of our service time goes to")
    time.get_by_role("link", name="Our time").click()
    expect(overview.get_by_role("heading", level=1, name="Attention")).to_be_visible()
    expect(overview.locator("#table-tiers")).to_be_visible()


def test_is_it_getting_better(overview: Page):
    goals = overview.locator(".headline").filter(has=overview.get_by_role("link", name="Goals", exact=True))
    goals.get_by_role("link", name=re.compile("by week")).click()
    expect(overview.get_by_role("heading", level=1, name="Trends")).to_be_visible()
    expect(overview.locator("tbody tr")).to_have_count(13)
