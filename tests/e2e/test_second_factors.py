"""In a real browser: a second factor set up, signing in with it, with a recovery code, with a passkey; required."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from playwright.sync_api import Page, expect

from partnership.staff.models import Firm, User
from tests.factories import PASSWORD, CustomerFactory, FirmFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ada(server: Any) -> User:
    FirmFactory()
    return UserFactory(name="Ada Admin", email="ada@ourfirm.example", role="admin", admin=True)


@pytest.fixture
def site(server: Any) -> str:
    """Passkeys belong to a name, never to an address of numbers."""
    return server.url.replace("127.0.0.1", "localhost")


def enter_password(page: Page, site: str, user: User) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def enter_password_again(page: Page) -> None:
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def sign_out(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()


def code_of(secret: str, *, later: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, sorted(counters())[1] + later))


def add_authenticator(page: Page) -> None:
    """A device with a fingerprint reader that its owner touches at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_an_app_then_a_code_of_it_then_a_recovery_code(page: Page, ada: User, site: str) -> None:
    enter_password(page, site, ada)
    page.get_by_text("Ada Admin").first.click()
    page.get_by_role("link", name="Sign-in and security").click()
    page.get_by_role("link", name="Set up app").click()
    enter_password_again(page)
    picture = page.get_by_role("img", name="QR code for the authenticator app")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0"), "the page's policy allows it"
    secret = page.locator("code.app-key").inner_text()
    page.get_by_label("Code", exact=True).fill(code_of(secret))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy codes").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").split() == codes
    page.get_by_role("link", name="I have kept the codes").click()
    expect(page.get_by_text("10 codes are left")).to_be_visible()

    sign_out(page, site)
    enter_password(page, site, ada)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("This code is wrong or was used before")).to_be_visible()
    page.get_by_label("Code").fill(code_of(secret, later=1))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Focus")).to_be_visible()

    sign_out(page, site)
    enter_password(page, site, ada)
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Focus")).to_be_visible()
    page.goto(f"{site}/profile/security/")
    expect(page.get_by_text("9 codes are left")).to_be_visible()


def test_a_passkey_is_added_and_signs_in_alone_or_after_the_password(page: Page, ada: User, site: str) -> None:
    add_authenticator(page)
    enter_password(page, site, ada)
    page.goto(f"{site}/profile/security/")
    page.get_by_role("link", name="Add passkey").click()
    enter_password_again(page)
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_role("button", name="Add passkey").click()
    page.get_by_role("link", name="I have kept the codes").click()
    expect(page.get_by_text("Work laptop").first).to_be_visible()

    sign_out(page, site)
    page.goto(f"{site}/accounts/login/?next=/customers/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{site}/customers/")

    sign_out(page, site)
    enter_password(page, site, ada)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Focus")).to_be_visible()


def test_a_passkey_that_is_not_given_is_said_in_words(page: Page, ada: User, site: str) -> None:
    add_authenticator(page)  # it knows no passkey of ours
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The passkey was not used")).to_be_visible()


def test_a_role_that_needs_one_opens_nothing_else(page: Page, ada: User, site: str) -> None:
    sam = UserFactory(name="Sam Rivera", email="sam@ourfirm.example")
    enter_password(page, site, ada)
    page.goto(f"{site}/settings/sign-in/")
    enter_password_again(page)
    page.get_by_label("Support").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("You have no second factor yourself")).to_be_visible()
    TOTP.activate(ada, generate_totp_secret())
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Sam Rivera")).to_contain_text("Missing, required")
    sign_out(page, site)

    enter_password(page, site, sam)
    expect(page.get_by_text("Your role requires a second factor")).to_be_visible()
    page.goto(f"{site}/customers/")
    expect(page).to_have_url(re.compile("/profile/security/$"))
    page.get_by_role("link", name="Set up app").click()
    enter_password_again(page)
    secret = page.locator("code.app-key").inner_text()
    page.get_by_label("Code", exact=True).fill(code_of(secret))
    page.get_by_role("button", name="Turn on").click()
    page.get_by_role("link", name="I have kept the codes").click()
    page.goto(f"{site}/customers/")
    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    assert Firm.current().second_factor_roles == ["support"]
    assert Authenticator.objects.filter(user=sam, type="totp").exists()


def test_what_was_typed_when_it_became_required_stays(ada: User, server: Any, elsewhere: Callable[..., Page]) -> None:
    page = elsewhere(ada)
    page.goto(CustomerFactory(name="Grace Hopper").get_absolute_url())
    page.keyboard.press("n")
    page.get_by_label("Note", exact=True).fill("She called about the invoice")
    Firm.objects.update(second_factor_roles=["admin"])
    page.get_by_role("button", name="Add internal note").click()
    expect(page.get_by_text("Your role now requires a second factor")).to_be_visible()
    expect(page.get_by_label("Note", exact=True)).to_have_value("She called about the invoice")
