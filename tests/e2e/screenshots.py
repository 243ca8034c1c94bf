"""Pictures for the docs, taken of a running demo: `make demo`, then `python -m tests.e2e.screenshots`.

Takes the demo's address as its argument, http://127.0.0.1:8000 when none is given; writes docs/images/.
"""

import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import ARGUMENTS, chromium_path

EMAIL, PASSWORD = "support@demo.example", "partnership"
MANAGER = "manager@demo.example"
ADMIN = "admin@demo.example"
"""As `make demo` prints them."""

DRAFT = "Promises weigh more"
TRIED_WITHIN = 60_000  # ms, by the demo's worker

BOARDS = (
    "goals", "promises", "attention", "quadrant", "movers", "flow", "answers", "recoveries", "free", "network",
    "grades", "trends", "money", "colleagues", "alerts",
)  # fmt: skip

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"

COLOURS = 128
"""Enough for flat screens with small faces; a picture is a quarter of what it was."""


WHOLE = {"decision"}
"""Shown to their end, below the first screen."""


def sign_in(browser: Browser, address: str, *, scheme: str, width: int, email: str = EMAIL) -> Page:
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB",
        reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Focus").wait_for()
    return page


def settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-settling')")


def open_customer(page: Page, words: str) -> str:
    """The first who is called that, as the search finds them; the address of their page."""
    page.goto(f"/search/?q={words}&tab=customers")
    page.locator("a.person-name").first.click()
    page.locator("#timeline").wait_for()
    settled(page)
    return page.url


def pages(page: Page) -> Iterator[str]:
    """Each screen in turn, by the name of its picture."""
    addresses = {
        "focus": "/",
        "conversations": "/conversations/?list=waiting",
        "customers": "/customers/",
        "saved-views": "/customers/views/",
        "search": "/search/?q=refund&tab=entries",
        "search-typo": "/search/?q=hariet+eastliegh",
        "group-session": "/group-session/?tag=CC+2026",
        "notifications": "/notifications/",
        "preferences": "/preferences/",
        "wall": "/wall/",
    }
    for name, address in addresses.items():
        page.goto(address)
        settled(page)
        yield name


def of_customer(page: Page) -> Iterator[str]:
    partner = open_customer(page, "harriet")
    yield "customer"
    to_open = page.get_by_text("Score, goals, promises")  # on a phone
    if to_open.is_visible():
        to_open.click()
    page.get_by_role("link", name="Why this score?").click()
    page.locator(".reasons-sum").last.wait_for()
    yield "why"
    page.goto(partner)
    page.get_by_role("navigation", name="What to write").get_by_role("link", name="Reply").click()
    page.get_by_label("What you write to them").wait_for()
    page.locator("#composer").scroll_into_view_if_needed()
    settled(page)
    yield "composer"
    page.goto(f"{partner}timeline/?opened=1")
    settled(page)
    yield "timeline"
    page.goto(f"{partner}timeline/?kind=feedback")
    page.locator("#line .entry .entry-menu").first.click()
    page.locator(".entry-actions-panel summary", has_text="Mark as").click()
    yield "entry-menu"
    page.get_by_role("link", name="Clear").click()  # filters are remembered
    settled(page)
    open_customer(page, "liliana")
    yield "customer-owed"
    open_customer(page, "bernsteink")
    yield "organisation"
    page.goto(f"{partner}history/")
    yield "history"


def of_conversation(page: Page) -> Iterator[str]:
    page.goto("/notifications/")
    page.get_by_role("link", name=re.compile("handed over to you")).first.click()
    page.get_by_role("region", name="This conversation").wait_for()
    settled(page)
    yield "conversation"
    page.goto(f"{page.url}handover/")
    yield "handover"


def of_decision(page: Page) -> Iterator[str]:
    """The card of a refund, whether it is decided or not, and a mistake of ours."""
    asked = open_customer(page, "ricarda")
    page.goto(f"{asked}timeline/?kind=refund_request")
    entry = page.locator("#line .entry a[href*='/entries/']").first.get_attribute("href")
    page.get_by_role("link", name="Clear").click()  # filters are remembered
    settled(page)
    page.goto(f"{entry}decision/?answer=no")
    page.get_by_role("heading", name="Your answer").wait_for()
    yield "decision"
    page.goto("/recoveries/")
    page.locator(".recoveries p a").first.click()
    page.get_by_role("heading", name="Mistake of ours").wait_for()
    settled(page)
    yield "recovery"


def of_keys(page: Page) -> Iterator[str]:
    page.goto("/customers/")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    yield "keys"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Where to?").fill("hariet")
    page.locator("#palette [role=option]").filter(has_text="Harriet").wait_for()
    yield "palette"


def of_health(page: Page) -> Iterator[str]:
    """As a manager sees it."""
    for name in ("", *BOARDS, "customers", "weekly-summary"):
        page.goto(f"/health/{name}/" if name else "/health/")
        settled(page)
        yield f"health-{name}" if name else "health"
    page.goto("/health/rows/ours_kept/?period=year")
    yield "health-rows"


def of_settings(page: Page) -> Iterator[str]:
    """As an admin sees them, those that ask for no password."""
    for name, address in {"settings": "/settings/", "people": "/settings/people/", "log": "/settings/log/"}.items():
        page.goto(address)
        settled(page)
        yield name


def of_rules(page: Page) -> Iterator[str]:
    """As an admin sees them, who tries a draft in which a promise kept is worth three."""
    page.goto("/admin/scoring/ruleset/presets/")
    yield "rule-presets"
    draft = draft_of_rules(page)
    rule = page.locator("#rules-group .inline-related").first
    rule.get_by_text("How much").click()
    page.locator("#rules-group").evaluate("group => group.scrollIntoView()")
    yield "rule-draft"
    page.goto(draft)
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("heading", name="Changes of tier").wait_for(timeout=TRIED_WITHIN)
    yield "rule-preview"
    page.goto(f"{draft.removesuffix('change/')}backtest/")
    page.get_by_label("As of").fill(f"{datetime.now(UTC) - timedelta(days=120):%Y-%m-%d}")
    page.get_by_label("Outcome").select_option("renewal")
    page.get_by_role("button", name="Backtest").click()
    page.get_by_role("img", name=re.compile("How well each score predicted the outcome")).wait_for(timeout=TRIED_WITHIN)
    yield "rule-backtest"


def draft_of_rules(page: Page) -> str:
    """The address of the draft, which is made the first time."""
    page.goto("/admin/scoring/ruleset/")
    made = page.get_by_role("link", name=DRAFT, exact=True)
    if made.count():
        made.click()
        return page.url
    page.get_by_role("link", name="Standard", exact=True).click()
    page.get_by_role("link", name="Copy", exact=True).click()
    page.get_by_label("Its name").fill(DRAFT)
    page.get_by_role("button", name="Copy").click()
    rule = page.locator("#rules-group .inline-related", has_text="Promise kept").first
    rule.get_by_text("How much").click()
    rule.get_by_label("Points:").fill("3")
    page.get_by_role("button", name="Save and continue editing").click()
    page.wait_for_load_state()
    return page.url


def keep(page: Page, name: str) -> None:
    """As a picture of few colours."""
    shot = page.screenshot(full_page=name.partition("-")[0] in WHOLE)
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT).save(IMAGES / f"{name}.png", optimize=True)


def main(address: str) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(playwright), args=[*ARGUMENTS, *sandbox])
        for suffix, scheme, width in (("", "light", 1440), ("-dark", "dark", 1440), ("-narrow", "light", 390)):
            page = sign_in(browser, address, scheme=scheme, width=width)
            for tour in (pages, of_customer, of_conversation, of_decision, of_keys):
                for name in tour(page):
                    keep(page, f"{name}{suffix}")
            page.context.close()
            for tour, email in ((of_health, MANAGER), (of_settings, ADMIN), (of_rules, ADMIN)):
                page = sign_in(browser, address, scheme=scheme, width=width, email=email)
                for name in tour(page):
                    keep(page, f"{name}{suffix}")
                page.context.close()
        browser.close()


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["http://127.0.0.1:8000"]))
