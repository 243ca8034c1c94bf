"""Pictures for the docs, taken of a running demo: `make demo`, then `python -m tests.e2e.screenshots`.

Takes the demo's address as its argument, http://127.0.0.1:8000 when none is given; writes docs/images/.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import ARGUMENTS, chromium_path

EMAIL, PASSWORD = "support@demo.example", "partnership"
"""As `make demo` prints them."""

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"


def sign_in(browser: Browser, address: str, *, scheme: str, width: int) -> Page:
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB"
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Focus").wait_for()
    return page


def take(page: Page, *, suffix: str) -> None:
    page.goto("/", wait_until="networkidle")
    page.screenshot(path=IMAGES / f"focus{suffix}.png")
    page.goto("/customers/", wait_until="networkidle")
    page.screenshot(path=IMAGES / f"customers{suffix}.png")
    page.locator(".person-name").first.click()
    page.get_by_role("link", name="Why?").wait_for()
    page.screenshot(path=IMAGES / f"customer{suffix}.png")
    page.get_by_role("link", name="Why?").click()
    page.locator(".reasons-sum").last.wait_for()
    page.screenshot(path=IMAGES / f"why{suffix}.png")


def main(address: str) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(playwright), args=[*ARGUMENTS, *sandbox])
        for suffix, scheme, width in (("", "light", 1440), ("-dark", "dark", 1440), ("-narrow", "light", 390)):
            page = sign_in(browser, address, scheme=scheme, width=width)
            take(page, suffix=suffix)
            page.context.close()
        browser.close()


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["http://127.0.0.1:8000"]))
