"""A conversation taken, handed over, snoozed and closed by keys alone; and its news at the bell."""

import pytest
from playwright.sync_api import Page, expect

from interactions.models import Conversation
from partnership.notifications.models import Notification
from tests.e2e.by_hand import press
from tests.e2e.story import Story
from tests.factories import UserFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def thread(story: Story) -> Conversation:
    return story.loud.conversations.get()


def test_a_conversation_by_keys_alone(desk: Page, server, story: Story, thread: Conversation):
    mara = UserFactory(name="Mara Lind")
    desk.goto(f"{server.url}/conversations/{thread.pk}/")
    actions = desk.get_by_role("region", name="This conversation")
    desk.keyboard.press("a")
    expect(actions).to_contain_text("Sam Rivera")
    expect(desk.locator("#messages")).to_contain_text("Assigned to you")

    press(desk, "h")
    expect(desk.get_by_label("Colleague or department")).to_be_focused()
    desk.keyboard.type("Mara")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Tab")
    press(desk, "Enter")  # without a word
    expect(actions).to_contain_text("This field is required")
    desk.get_by_label("What they should know").focus()
    desk.keyboard.type("He wants his money back.")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Handed over by Sam Rivera")).to_be_visible()
    expect(actions).to_contain_text("Mara Lind")
    assert [news.user for news in Notification.objects.all()] == [mara]

    press(desk, "z")
    expect(desk.locator("[name=when]:focus")).to_have_count(1)
    desk.get_by_label("Or until this moment").fill("2120-01-01T10:00")
    desk.get_by_label("Why it can wait").fill("He is on holiday")
    desk.keyboard.press("Enter")
    expect(actions).to_contain_text("He is on holiday")
    expect(desk.get_by_label("Why it can wait")).to_have_count(0)

    press(desk, "e")
    expect(desk.get_by_label("No answer needed")).to_be_focused()
    expect(desk.get_by_label("Why they get no answer")).to_be_hidden()
    press(desk, "ArrowDown")
    expect(desk.get_by_label("Close without answering")).to_be_checked()
    press(desk, "Enter")  # without a reason
    expect(actions).to_contain_text("Enter why they get no answer.")
    desk.get_by_label("Why they get no answer").fill("We declined it on the phone")
    desk.keyboard.press("Enter")
    expect(actions.get_by_role("button", name="Reopen")).to_be_visible()
    settled = desk.get_by_text("Closed without answering by Sam Rivera: We declined it on the phone")
    expect(settled).to_be_visible()
    desk.locator("#messages").get_by_role("button", name="Undo").click()
    expect(actions.get_by_role("link", name="Close")).to_be_visible()
    expect(actions).to_contain_text("They wait")
    expect(settled).to_have_count(0)


def test_the_bell_tells_and_leads_to_it(page: Page, server, signed_in, story: Story, thread: Conversation):
    mara = UserFactory(name="Mara Lind")
    desk = signed_in(story.sam)
    desk.goto(f"{server.url}/conversations/{thread.pk}/")
    desk.get_by_text("More", exact=True).click()
    desk.get_by_label("Assign to").select_option("Mara Lind")
    desk.get_by_role("button", name="Assign", exact=True).click()
    expect(desk.locator("#messages")).to_contain_text("Assigned to Mara Lind.")
    desk.context.clear_cookies()

    desk = signed_in(mara)
    desk.goto(f"{server.url}/preferences/")
    expect(desk.locator(".bell-count")).to_contain_text("1")
    desk.keyboard.press("g")
    desk.keyboard.press("i")
    desk.get_by_role("link", name="a conversation was assigned to you").click()
    expect(desk.get_by_role("heading", name="Refund, again")).to_be_visible()
    expect(desk.locator(".bell-count")).to_have_count(0)
