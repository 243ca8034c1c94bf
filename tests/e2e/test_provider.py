"""In a real browser: signing in at a real OpenID Connect provider, and being turned away."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.factories import FirmFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(server: Any, provider: str, page: Page) -> str:
    """The provider's own pages ask another site for their style sheet, which tests don't."""
    page.context.route(re.compile("^https:"), lambda route: route.fulfill(body="", content_type="text/css"))
    FirmFactory()
    UserFactory(name="Sam Rivera", email="sam@ourfirm.example")
    return str(server.url)


def test_a_colleague_comes_in(page: Page, site: str) -> None:
    page.goto(f"{site}/customers/")
    page.get_by_role("link", name="Sign in with Firm ID").click()
    page.get_by_role("button", name="sam-1").click()
    expect(page).to_have_url(f"{site}/customers/")
    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    expect(page.get_by_text("Sam Rivera").first).to_be_visible()


def test_a_stranger_is_told_why_not(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("link", name="Sign in with Firm ID").click()
    page.get_by_role("button", name="stranger").click()
    expect(page.get_by_text("Nobody here signs in with your address at Firm ID")).to_be_visible()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
