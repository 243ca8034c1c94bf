"""A reminder chosen while sending, and for a message that was sent, in a real browser."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from interactions.models import Interaction
from partnership.desk.models import Reminder
from partnership.desk.reminders.actions import ring_reminders
from tests.e2e.story import Story
from tests.factories import ContactPointFactory, happens

pytestmark = pytest.mark.browser


@pytest.fixture
def thread(story: Story):
    ContactPointFactory(customer=story.loud, value="rolf@example.org")
    return story.loud.conversations.get()


@pytest.mark.parametrize("width", [1440, 390])
def test_unanswered_it_comes_back(elsewhere, story: Story, thread, width):
    page = elsewhere(story.sam, viewport={"width": width, "height": 800})
    page.goto(f"/?conversation={thread.pk}")
    page.get_by_label("What you write to them").fill("When can we talk?")
    page.get_by_label("Remind me if there is no answer").select_option("7")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Send and close").click()
    expect(page.locator("#messages")).to_contain_text("On its way")
    page.goto(f"/conversations/{thread.pk}/")
    expect(page.locator(".scheduled-line")).to_contain_text("if there is no answer")
    ring_reminders(at=timezone.now() + timedelta(days=15))
    page.goto("/notifications/")
    page.get_by_role("link", name="no answer yet to a mail of yours").click()
    expect(page.locator(".scheduled-line")).to_contain_text("No answer yet:")
    page.goto("/conversations/?list=unanswered")
    expect(page.locator(".queue-row")).to_contain_text(story.loud.name)


def test_set_on_a_message_and_taken_back(desk: Page, server, story: Story, thread):
    sent = happens(
        story.loud, "message", at=timezone.now(), by=story.sam, direction="outbound", conversation_id=thread.pk,
        body="Well?",
    )  # fmt: skip
    desk.goto(f"{server.url}/conversations/{thread.pk}/")
    desk.locator(f"#entry-{sent.pk} .entry-menu").click()
    panel = desk.locator(".entry-actions-panel")
    panel.locator(".entry-step summary").filter(has_text="More").click()
    panel.get_by_role("link", name="Remind me…").click()
    desk.get_by_label("in a week").check()
    desk.get_by_role("button", name="Remind me").click()
    expect(desk.locator("#messages")).to_contain_text("You will be reminded")
    desk.locator("#messages").get_by_role("button", name="Undo").click()
    expect(desk.locator("#messages")).to_contain_text("The reminder is removed.")
    desk.locator("#messages").get_by_role("button", name="Undo").click()
    expect(desk.locator("#messages")).to_contain_text("The reminder is back.")
    assert Reminder.objects.get().interaction == Interaction.objects.get(pk=sent.pk)
