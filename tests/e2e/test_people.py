"""An admin invites a colleague, who begins by the link in a browser of their own; who leaves is disabled at once."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Browser, Page, expect

from partnership.staff.models import Department, User
from tests.browser import Requests
from tests.e2e.test_accessibility import faults_everywhere
from tests.factories import PASSWORD, CustomerFactory, FirmFactory, UserFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def admins(page: Page, server: Any) -> Page:
    """The admin's browser, signed in by the form."""
    FirmFactory()
    Department.objects.create(name="Law")
    UserFactory(name="Ada Admin", email="ada@ourfirm.example", role="admin")
    sign_in(page, server, "ada@ourfirm.example")
    return page


@pytest.fixture
def stranger(browser: Browser, server: Any, requests: Requests) -> Iterator[Page]:
    """A browser that nobody has signed in with."""
    context = browser.new_context(base_url=server.url, viewport={"width": 390, "height": 844})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
    requests.wait_for_the_last()


def sign_in(page: Page, server: Any, email: str) -> None:
    page.goto(f"{server.url}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Your menu")).to_be_attached()


def enter_password(page: Page) -> None:
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def test_invited_accepted_and_at_work(admins: Page, stranger: Page, server: Any):
    admins.goto(f"{server.url}/settings/people/")
    admins.get_by_role("link", name="Invite a colleague").click()
    enter_password(admins)
    admins.get_by_label("E-mail address").fill("nora@ourfirm.example")
    admins.get_by_label("Manager: Sees Health").check()
    admins.get_by_label("Department").select_option(label="Law")
    admins.get_by_role("button", name="Send the invitation").click()
    expect(admins.get_by_text("The invitation was sent to nora@ourfirm.example.")).to_be_visible()
    expect(admins.get_by_role("listitem").filter(has_text="nora@ourfirm.example").first).to_contain_text("Manager")
    link = re.search(r"/invitations/\S+", mail.outbox[-1].body)
    assert link
    stranger.goto(link[0])
    stranger.get_by_label("Your name").fill("Nora New")
    stranger.get_by_label("A password").fill("short")
    stranger.get_by_role("button", name="Begin").click()
    expect(stranger.get_by_text("too short")).to_be_visible()
    stranger.get_by_label("A password").fill("a-way-into-the-firm")
    stranger.get_by_role("button", name="Begin").click()
    expect(stranger.get_by_text("Welcome, Nora New.")).to_be_visible()
    stranger.goto("/customers/new/")
    stranger.get_by_label("Name", exact=True).fill("First Customer")
    stranger.get_by_role("button", name="Add customer").click()
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("First Customer")
    stranger.goto(link[0])
    expect(stranger.get_by_role("heading", name="This link does not work any more")).to_be_visible()
    admins.goto(f"{server.url}/settings/people/?q=nora")
    row = admins.get_by_role("listitem").filter(has_text="Nora New")
    expect(row).to_contain_text("Law")
    expect(row).to_contain_text("active")


def test_whoever_leaves_hands_over_and_is_out_at_once(admins: Page, elsewhere: Callable[..., Page], server: Any):
    olga, leo = UserFactory(name="Olga Other"), UserFactory(name="Leo Leaving")
    customer = CustomerFactory(name="Carla Customer", owner=leo)
    leos = elsewhere(leo)
    leos.goto("/customers/")
    expect(leos.get_by_role("heading", level=1)).to_be_visible()
    admins.goto(f"{server.url}/settings/people/")
    admins.get_by_role("link", name="Leo Leaving").click()
    admins.get_by_role("link", name="Disable the account…").click()
    enter_password(admins)
    admins.get_by_text("1 customer whom they own").click()
    expect(admins.get_by_role("link", name="Carla Customer")).to_be_visible()
    admins.get_by_label("Why the account is closed").fill("Left in March")
    admins.get_by_label("Hand the open work over to").select_option(label="Olga Other")
    admins.get_by_role("button", name="Disable the account").click()
    expect(admins.get_by_text("Leo Leaving is disabled and signed out everywhere.")).to_be_visible()
    leos.goto("/customers/")
    expect(leos.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    customer.refresh_from_db()
    assert customer.owner == olga
    admins.get_by_role("link", name="All lines of the log by and about them").click()
    expect(admins.locator("#log")).to_contain_text("Left in March")


def test_nobody_locks_themselves_out(admins: Page, server: Any):
    ada = User.objects.get(name="Ada Admin")
    admins.goto(f"{server.url}/settings/people/{ada.pk}/")
    expect(admins.get_by_text("Only another admin can change your role.")).to_be_visible()
    expect(admins.get_by_role("radio")).to_have_count(0)
    admins.goto(f"{server.url}/settings/people/{ada.pk}/disabling/")
    enter_password(admins)
    admins.get_by_label("Why the account is closed").fill("Oops")
    admins.get_by_role("button", name="Disable the account").click()
    expect(admins.get_by_text("You can’t disable yourself: ask another admin.")).to_be_visible()


@pytest.mark.parametrize("path", ["people/", "people/invite/", "people/{pk}/", "people/{pk}/disabling/", "log/"])
def test_axe_finds_nothing(admins: Page, server: Any, path: str):
    sam = UserFactory(name="Sam Rivera")
    CustomerFactory(owner=sam)
    UserFactory(name="Nora None").groups.clear()
    UserFactory(name="Di Gone", is_active=False)
    admins.goto(f"{server.url}/settings/{path.format(pk=sam.pk)}")
    if "reauthenticate" in admins.url:
        enter_password(admins)
    assert faults_everywhere(admins) == {}
