"""A mail that is to leave later, scheduled, found again, changed and cancelled, in a real browser."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from interactions.models import Interaction, Outgoing
from partnership.desk.models import Draft, ScheduledMail
from partnership.desk.scheduling.delivery import send_due
from tests.e2e.story import Story
from tests.factories import ContactPointFactory, happens

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def loud(story: Story):
    """Who waits for an answer, in Tokyo."""
    ContactPointFactory(customer=story.loud, value="rolf@example.org")
    story.loud.timezone = "Asia/Tokyo"
    story.loud.save()
    return story.loud


def schedule(page: Page, loud, name="Tomorrow morning") -> None:
    page.goto(f"/?conversation={loud.conversations.get().pk}")
    page.get_by_label("What you write to them").fill("I will look into it.")
    page.get_by_text("Send later", exact=True).click()
    expect(page.get_by_role("button", name=name)).to_contain_text("09:00 their time")
    page.get_by_role("button", name=name).click()
    expect(page.locator("#messages")).to_contain_text("It leaves on")


@pytest.mark.parametrize("width", [1440, 390])
def test_scheduled_in_focus_and_cancelled_where_it_stands(elsewhere, story: Story, loud, width):
    page = elsewhere(story.sam, viewport={"width": width, "height": 800})
    schedule(page, loud)
    thread = loud.conversations.get()
    assert thread.waiting_since
    page.goto(f"/?conversation={thread.pk}")
    line = page.locator(".scheduled-line")
    expect(line).to_contain_text("Scheduled:")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    line.get_by_role("button", name="Cancel sending").click()
    expect(page.locator("#messages")).to_contain_text("It will not be sent.")
    expect(page.get_by_label("What you write to them")).to_have_value("I will look into it.")
    expect(line).to_have_count(0)
    assert not ScheduledMail.objects.exists()


def test_the_message_takes_it_back_at_once(desk: Page, server, loud):
    desk.goto(server.url)
    desk.goto(f"{server.url}/?conversation={loud.conversations.get().pk}")
    desk.get_by_label("What you write to them").fill("Not yet.")
    desk.get_by_text("Send later", exact=True).click()
    desk.get_by_role("button", name="In an hour").click()
    desk.get_by_role("button", name="Undo").click()
    expect(desk.locator("#messages")).to_contain_text("What you wrote is a draft again.")
    assert Draft.objects.get().fields["body"] == "Not yet."


def test_edited_it_is_scheduled_anew_and_a_chosen_time_sends_nothing_at_once(desk: Page, server, loud):
    desk.goto(server.url)
    desk.goto(f"{server.url}{loud.get_absolute_url()}replies/?conversation={loud.conversations.get().pk}")
    desk.get_by_label("What you write to them").fill("First words")
    desk.get_by_text("Send later", exact=True).click()
    moment = f"{timezone.localtime() + timedelta(days=3):%Y-%m-%dT%H:%M}"
    desk.get_by_label("Date and time").fill(moment)
    desk.get_by_label("Date and time").press("Enter")
    expect(desk.locator("#composer .errorlist")).to_contain_text("Press “Schedule”")
    desk.get_by_role("button", name="Schedule", exact=True).click()
    expect(desk.locator("#messages")).to_contain_text("It leaves on")
    assert not Outgoing.objects.exists()
    desk.locator(".scheduled-line").get_by_role("button", name="Edit").click()
    box = desk.get_by_label("What you write to them")
    expect(box).to_have_value("First words")
    expect(desk.get_by_label("Date and time")).to_have_value(moment)
    box.fill("Second words")
    desk.get_by_role("button", name="Schedule", exact=True).click()
    expect(desk.locator(".scheduled-line")).to_contain_text("Second words")
    assert ScheduledMail.objects.get().body == "Second words"


def test_held_it_is_told_and_sent_by_hand(desk: Page, server, loud, story: Story):
    desk.goto(server.url)
    desk.goto(f"{server.url}/?conversation={loud.conversations.get().pk}")
    desk.get_by_label("What you write to them").fill("Here it is.")
    desk.get_by_text("Send later", exact=True).click()
    desk.get_by_role("button", name="In an hour").click()
    expect(desk.locator("#messages")).to_contain_text("It leaves on")
    happens(loud, "message", at=timezone.now(), conversation_id=loud.conversations.get().pk, body="Forget it!")
    send_due(clock=timezone.now)
    desk.goto(f"{server.url}/notifications/")
    desk.get_by_role("link", name="a scheduled mail of yours is held").click()
    line = desk.locator(".scheduled-line")
    expect(line).to_contain_text("They have written or called since it was scheduled.")
    line.get_by_role("button", name="Send now").click()
    expect(desk.locator("#messages")).to_contain_text("On its way to rolf@example.org.")
    assert Interaction.objects.get(direction="outbound", customer=loud, body="Here it is.").outgoing
