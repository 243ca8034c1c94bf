"""The list, its views and what is done to many, the search and the palette: by keyboard, by touch."""

import os

import pytest
from playwright.sync_api import Page, expect

from customers.models import Customer
from partnership.desk.models import SavedView
from tests.e2e.story import Story
from tests.e2e.test_accessibility import faults

pytestmark = pytest.mark.browser


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_half_remembered_name_with_a_typo(desk: Page, server, story: Story):
    desk.goto(f"{server.url}/")
    desk.keyboard.press("/")
    desk.keyboard.type("inse durate")
    expect(desk.locator("#palette [aria-selected=true]")).to_contain_text("Ines Duarte")
    desk.get_by_role("option", name="Search everything").click()
    expect(desk.get_by_role("region", name="Similar names").locator(".person-name")).to_have_text("Ines Duarte")
    desk.get_by_role("link", name="Entries").click()
    desk.get_by_role("searchbox", name="Words").fill("module slow")
    desk.keyboard.press("Enter")
    expect(desk.locator("mark").first).to_have_text("module")
    shot(desk, "search")
    assert not faults(desk)


def test_filter_save_and_share(desk: Page, server, story: Story):
    desk.goto(f"{server.url}/customers/")
    desk.locator("#id_owner").select_option("mine")
    expect(desk.get_by_text("3 found", exact=True)).to_be_visible()
    desk.get_by_role("link", name="Save this view").click()
    desk.get_by_label("Name").fill("My people")
    desk.get_by_label("shared with all colleagues").check()
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_role("navigation", name="Saved views").locator("[aria-current]")).to_have_text("My people")
    expect(desk.locator(".list-row")).to_have_count(3)
    assert SavedView.objects.get(shared=True).query == "owner=mine"
    shot(desk, "view")


def test_bulk_tag_by_keyboard(desk: Page, server, story: Story):
    desk.goto(f"{server.url}/customers/?sort=name")
    desk.get_by_label("Choose Ines Duarte").focus()
    desk.keyboard.press("Space")
    desk.get_by_label("Choose Rolf Brandt").focus()
    desk.keyboard.press("Space")
    expect(desk.get_by_text("2 chosen")).to_be_visible()
    shot(desk, "bulk")
    assert not faults(desk)
    desk.get_by_role("button", name="Add tag", exact=True).focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Add tag: 2 customers")).to_be_visible()
    desk.get_by_label("Tag").fill("spring")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("2 customers changed.")).to_be_visible()
    assert set(Customer.objects.filter(tags__contains=["spring"])) == {story.champion, story.loud}


def test_the_palette_by_keyboard(desk: Page, server, story: Story):
    desk.goto(f"{server.url}{story.loud.get_absolute_url()}")
    desk.keyboard.press("Control+k")
    option = desk.locator("#palette [aria-selected=true]")
    expect(option).to_contain_text("Rolf")
    desk.keyboard.type("duarte")
    expect(option).to_contain_text("Duarte Lda")
    shot(desk, "palette")
    assert not faults(desk)
    desk.keyboard.press("ArrowDown")
    expect(option).to_contain_text("Ines Duarte")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Ines Duarte")).to_be_visible()
    desk.keyboard.press("Control+k")
    expect(option).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("#palette")).to_be_hidden()


@pytest.mark.parametrize("javascript", [True, False])
def test_on_a_narrow_screen_the_filters_are_folded(desk: Page, elsewhere, server, story: Story, javascript: bool):
    page = elsewhere(story.sam, java_script_enabled=javascript, viewport={"width": 390, "height": 844})
    page.goto("/customers/?waiting=on&q=a")
    assert not page.locator("#id_owner").is_visible()
    assert not page.locator("#id_quiet").is_visible()
    page.locator(".asking-fold > summary").click()
    expect(page.locator("#filters-on")).to_have_text("1 active")
    page.locator("#id_quiet").check()
    if javascript:
        expect(page.locator("#filters-on")).to_have_text("2 active")
        expect(page.locator("#id_owner")).to_be_visible()
    else:
        page.get_by_role("button", name="Show").click()
        expect(page.locator("#filters-on")).to_have_text("2 active")
    desk.goto(f"{server.url}/customers/")
    assert desk.locator("#id_owner").is_visible()
    assert not desk.locator(".asking-fold").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_by_touch(desk: Page, server, story: Story, scheme: str):
    desk.emulate_media(color_scheme=scheme)
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(f"{server.url}/customers/")
    desk.get_by_label("Choose Ines Duarte").check()
    expect(desk.get_by_text("1 chosen")).to_be_visible()
    shot(desk, f"narrow-{scheme}")
    assert not faults(desk)
    desk.get_by_role("link", name="Search", exact=True).click()
    desk.get_by_role("combobox", name="Where to?").fill("rolf")
    desk.get_by_role("option", name="Rolf Brandt").click()
    expect(desk.get_by_role("heading", name="Rolf Brandt")).to_be_visible()
