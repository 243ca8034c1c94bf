"""axe finds nothing on the pages of signing in, in light and dark, wide and narrow."""

import os
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from playwright.sync_api import Page

from partnership.staff.models import Firm, User
from tests.e2e.test_accessibility import faults_everywhere
from tests.e2e.test_second_factors import enter_password, enter_password_again
from tests.factories import FirmFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OF_THEIR_OWN = [
    "/profile/security/", "/profile/security/app/",
    "/profile/security/passkeys/{pk}/name/", "/profile/security/passkeys/{pk}/removal/",
    "/profile/security/recovery-codes/", "/profile/security/recovery-codes/new/",
    "/accounts/reauthenticate/", "/settings/sign-in/",
    "/settings/sign-in/colleagues/{colleague}/second-factor-reset/",
]  # fmt: skip

FOLD = '<details class="settings-fold">'
"""Part of every page of the settings, where axe does not see its links."""


@pytest.fixture
def ada(server: Any) -> User:
    FirmFactory()
    return UserFactory(name="Ada Admin", email="ada@ourfirm.example", role="admin", admin=True)


def look(page: Page, address: str, wrong: dict[str, Any]) -> None:
    page.goto(address)
    found = faults_everywhere(page)
    told = {how: [one for one in faults if FOLD not in one] for how, faults in found.items()}
    wrong |= {f"{address} {how}": faults for how, faults in told.items() if faults}
    if folder := os.environ.get("SHOTS"):
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            name = address.partition("//")[2].partition("/")[2].strip("/").replace("/", "-").split("?")[0]
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def test_pages_of_ones_own(page: Page, server: Any, provider: str, ada: User) -> None:
    sam = UserFactory(name="Sam Rivera")
    enter_password(page, server.url, ada)
    page.goto(f"{server.url}/settings/sign-in/")
    enter_password_again(page)
    wrong: dict[str, Any] = {}
    look(page, f"{server.url}/profile/security/passkeys/new/", wrong)  # before there is one that no browser knows
    key = Authenticator.objects.create(user=ada, type="webauthn", data={"name": "Work laptop", "credential": {}})
    TOTP.activate(sam, generate_totp_secret())
    RecoveryCodes.activate(ada)
    for address in OF_THEIR_OWN:
        look(page, server.url + address.format(pk=key.pk, colleague=sam.pk), wrong)
    assert wrong == {}


def test_pages_before_the_sign_in(page: Page, server: Any, provider: str, ada: User) -> None:
    wrong: dict[str, Any] = {}
    look(page, f"{server.url}/accounts/login/", wrong)
    TOTP.activate(ada, generate_totp_secret())
    enter_password(page, server.url, ada)
    look(page, f"{server.url}/accounts/second-factor/", wrong)
    assert wrong == {}


def test_the_page_of_who_must_set_one_up(page: Page, server: Any, ada: User) -> None:
    Firm.objects.update(second_factor_roles=["admin"])
    enter_password(page, server.url, ada)
    wrong: dict[str, Any] = {}
    look(page, f"{server.url}/profile/security/", wrong)
    assert wrong == {}
