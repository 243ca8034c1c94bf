"""In a real browser: a session ended from another, and one that ended while somebody typed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect

from partnership.ops.sessions import SessionStore
from partnership.staff.models import User
from tests.factories import PASSWORD, CustomerFactory, FirmFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sam(server: Any) -> User:
    FirmFactory()
    return UserFactory(name="Sam Rivera", email="sam@ourfirm.example")


@pytest.fixture
def windows(browser: Browser, server: Any, requests: Any) -> Any:
    """windows() → a page of a browser of its own, signed out."""
    contexts = []

    def open_window() -> Page:
        context = browser.new_context(base_url=server.url)
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()
    requests.wait_for_the_last()


def enter(page: Page, user: User) -> None:
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Focus")).to_be_visible()


def sign_in(page: Page, user: User) -> Page:
    page.goto("/accounts/login/")
    enter(page, user)
    return page


def test_a_session_is_ended_from_another(windows: Callable[[], Page], sam: User) -> None:
    there, here = sign_in(windows(), sam), sign_in(windows(), sam)
    here.goto("/profile/security/")
    expect(here.get_by_text("This session")).to_have_count(1)
    here.get_by_role("button", name="End session").click()
    expect(here.get_by_text("The session is ended.")).to_be_visible()
    expect(here.get_by_role("button", name="End session")).to_have_count(0)
    there.goto("/customers/")
    expect(there.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def test_typed_text_outlives_the_idle_time(windows: Callable[[], Page], sam: User) -> None:
    page = sign_in(windows(), sam)
    customer = CustomerFactory(name="Grace Hopper", owner=sam)
    page.goto(customer.get_absolute_url())
    page.keyboard.press("n")
    page.get_by_label("Note", exact=True).fill("She called about the invoice")
    expect(page.locator(".composer-state")).to_contain_text("saved")
    [row] = Session.objects.all()
    session = SessionStore(row.session_key)
    session["seen_at"] -= 721 * 60
    session.save()
    page.get_by_role("button", name="Add internal note").click()
    expect(page.get_by_text("You have been signed out. Nothing was saved")).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    expect(opened.value.get_by_text("nothing happened for a while")).to_be_visible()
    enter(opened.value, sam)
    expect(page.get_by_label("Note", exact=True)).to_have_value("She called about the invoice")
    page.get_by_role("button", name="Add internal note").click()
    expect(page.locator(".entry").filter(has_text="She called about the invoice")).to_be_visible()
