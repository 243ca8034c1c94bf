"""A saved reply with a blank, by keyboard alone and with the pointer, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from interactions.models import Interaction
from partnership.desk.models import SavedReply
from tests.e2e.story import Story
from tests.factories import ContactPointFactory

pytestmark = pytest.mark.browser

TEXT = "Dear {{preferred name}},\n\nwe agreed on [[what we agreed]]. It is ready by [[day]]."


@pytest.fixture
def replies(story: Story) -> SavedReply:
    ContactPointFactory(customer=story.loud, value="rolf@example.org")
    story.loud.preferred_name = "Rolf"
    story.loud.save()
    for title in ("Invoice", "Opening hours"):
        SavedReply.objects.create(title=title, text=title, owner=story.sam)
    return SavedReply.objects.create(title="What we agreed", text=TEXT, owner=story.sam, shared=True)


@pytest.mark.parametrize("width", [1440, 390])
def test_by_keyboard(elsewhere, story: Story, replies, width):
    page = elsewhere(story.sam, viewport={"width": width, "height": 800})
    page.goto(f"/?conversation={story.loud.conversations.get().pk}")
    box = page.get_by_label("What you write to them")
    box.focus()
    page.keyboard.type("[[Hello]]\n/agr")
    expect(page.locator("#reply-options [role=option]")).to_have_text(["What we agreed"])
    page.keyboard.press("Enter")
    begins = "[[Hello]]\nDear Rolf,\n\nwe agreed on "
    expect(box).to_have_value(f"{begins}[[what we agreed]]. It is ready by [[day]].")
    page.keyboard.type("a plan")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.locator(".blank-error")).to_have_text("Fill in the blank “day” first.")
    assert not Interaction.objects.filter(direction="outbound", customer=story.loud, kind="message").exists()
    page.keyboard.type("Monday")
    expect(page.locator(".blank-error")).to_have_count(0)
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.locator("#messages")).to_contain_text("On its way to rolf@example.org.")
    sent = Interaction.objects.get(direction="outbound", customer=story.loud, kind="message")
    assert sent.body.replace("\r\n", "\n") == f"{begins}a plan. It is ready by Monday."


def test_tab_goes_from_blank_to_blank_and_on(desk: Page, server, story: Story, replies):
    desk.goto(f"{server.url}{story.loud.get_absolute_url()}replies/")
    box = desk.get_by_label("What you write to them")
    desk.locator("#composer").get_by_text("Saved replies", exact=True).click()
    search = desk.get_by_label("Search saved replies")
    expect(search).to_be_focused()
    search.fill("agr")
    expect(desk.get_by_role("button", name="Opening hours")).to_be_hidden()
    search.press("Enter")
    expect(box).to_be_focused()
    selected = "e => e.value.slice(e.selectionStart, e.selectionEnd)"
    assert box.evaluate(selected) == "[[what we agreed]]"
    box.press("Tab")
    assert box.evaluate(selected) == "[[day]]"
    box.press("Tab")
    expect(box).not_to_be_focused()


def test_written_and_deleted_on_its_page(desk: Page, server, story: Story):
    desk.goto(f"{server.url}/saved-replies/")
    desk.get_by_role("link", name="New saved reply").click()
    desk.get_by_label("Title").fill("Thanks")
    desk.get_by_label("Text").fill("Thank you, {{preferred name}}.")
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator("main")).to_contain_text("Thanks")
    desk.get_by_role("link", name="Delete Thanks").click()
    desk.get_by_role("button", name="Delete").click()
    expect(desk.locator("main")).to_contain_text("No saved replies yet")
