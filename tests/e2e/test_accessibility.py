"""axe finds nothing, in light and dark, wide and narrow; nothing is wider than the screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.story import Story

pytestmark = pytest.mark.browser


def addresses(story: Story) -> dict[str, str]:
    ines, loud = story.champion.get_absolute_url(), story.loud
    promise = story.owed.commitments.get()
    thread = f"/conversations/{loud.conversations.get().pk}/"
    return {
        "focus": "/",
        "customers": "/customers/",
        "nobody fits": "/customers/?q=nobody",
        "new customer": "/customers/new/",
        "customer": ines,
        "long name": story.owed.get_absolute_url(),
        "nothing yet": story.firm.get_absolute_url(),
        "details": f"{ines}details/",
        "why": f"{ines}why/",
        "timeline": f"{ines}timeline/",
        "entry": f"{loud.get_absolute_url()}entries/{loud.interactions.first().pk}/",
        "call": f"{ines}calls/",
        "reply": f"{ines}replies/",
        "meeting": f"{ines}meetings/",
        "gesture": f"{ines}gestures/",
        "progress": f"{ines}check-ins/",
        "decline": f"{loud.get_absolute_url()}declines/",
        "promise": f"{ines}promises/",
        "contact point": f"{ines}contact-points/",
        "goal": f"{ines}goals/",
        "check-in": f"/goals/{story.champion.goals.get().pk}/check-ins/",
        "goal correction": f"/goals/{story.champion.goals.get().pk}/correction/",
        "promise correction": f"/promises/{promise.pk}/correction/",
        "about": f"{ines}about/",
        "standing": f"{ines}standing/",
        "group session": "/group-session/?tag=cohort-3",
        "renegotiation": f"/promises/{promise.pk}/renegotiation/",
        "conversation": thread,
        "handover": f"{thread}handover/",
        "snooze": f"{thread}snooze/",
        "move": f"{thread}move/?q=ines",
        "notifications": "/notifications/",
        "preferences": "/preferences/",
        "password": "/accounts/password/change/",
    }


def faults(page: Page) -> list[str]:
    found = [f"{rule['id']}: {node['html'][:120]}" for rule in Axe().run(page).response["violations"]
             for node in rule["nodes"]]  # fmt: skip
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_screen(desk: Page, server, story: Story, scheme: str, width: int):
    desk.emulate_media(color_scheme=scheme)
    desk.set_viewport_size({"width": width, "height": 900})
    found = {}
    for name, address in addresses(story).items():
        desk.goto(f"{server.url}{address}")
        if name == "customer":
            desk.get_by_role("link", name="Why?").click()
            desk.locator(".reasons-column").first.wait_for()
        found[name] = faults(desk)
    assert not {name: wrong for name, wrong in found.items() if wrong}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_before_signing_in(page: Page, server, scheme: str):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{server.url}/welcome/")
    assert not faults(page)
    page.get_by_role("button", name="Begin").click()
    page.locator(".errorlist").first.wait_for()
    assert not faults(page)
