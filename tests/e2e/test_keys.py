"""Every key of the list of keys does what it says there, on the page of a customer."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from interactions.models import Conversation, Interaction
from tests.e2e.by_hand import press
from tests.e2e.story import Story
from tests.factories import ConversationFactory, happens

pytestmark = pytest.mark.browser

LISTED = {"Esc", "Tab", *"?/⌘⇧Kgfvcwhirnlp⏎jkom12345670bdxaez"}
"""What is tried here, in test_timeline, test_morning, test_list and test_saved_replies."""


@pytest.fixture
def letter(story: Story) -> Interaction:
    """Ines's last entry, a note of Sam's in a thread."""
    thread = ConversationFactory(customer=story.champion, subject="The offer")
    return happens(story.champion, "note", at=timezone.now(), by=story.sam, direction="internal", channel="internal",
                   body="Likes tea", conversation_id=thread.pk)  # fmt: skip


@pytest.fixture
def waits(story: Story) -> Conversation:
    """Another thread of hers, which a reply would go to otherwise."""
    thread = ConversationFactory(customer=story.champion, subject="The bank")
    happens(story.champion, "question", at=timezone.now() - timedelta(days=1), conversation_id=thread.pk)
    return thread


@pytest.fixture
def entry(desk: Page, server, letter: Interaction) -> Locator:
    desk.goto(f"{server.url}{letter.customer.get_absolute_url()}")
    return desk.locator(f"#entry-{letter.pk}")


def test_no_other_key_is_listed(desk: Page, entry: Locator):
    press(desk, "?")
    keys = desk.get_by_role("dialog", name="Keys").locator("kbd").all_inner_texts()
    assert set(keys) == LISTED


def test_from_page_to_page(desk: Page, entry: Locator):
    for key, place in (("f", r"/$"), ("c", r"/customers/$"), ("w", r"/wall/$"), ("i", r"/notifications/$")):
        press(desk, "g", key)
        expect(desk).to_have_url(re.compile(place))


def test_what_to_write(desk: Page, entry: Locator):
    for key, tab in (("r", "replies"), ("n", "notes"), ("l", "calls"), ("p", "promises")):
        press(desk, key)
        expect(desk.locator("#composer")).to_have_attribute("data-tab", tab)
        press(desk, "Escape")


def test_a_reply_to_an_entry_goes_to_its_thread(desk: Page, waits: Conversation, entry: Locator, letter: Interaction):
    press(desk, "r")
    chosen = desk.get_by_label("In answer to")
    expect(chosen).to_have_value(str(waits.pk))
    press(desk, "Escape", "j")
    expect(entry).to_be_focused()
    press(desk, "r")
    expect(chosen).to_have_value(str(letter.conversation_id))
    expect(desk.get_by_label("What you write to them")).to_be_focused()
    desk.keyboard.type("The offer")
    press(desk, "Escape")
    chosen.select_option(str(waits.pk))
    press(desk, "Escape", "j", "r")
    expect(desk.get_by_label("What you write to them")).to_have_value("The offer")
    expect(chosen).to_have_value(str(waits.pk))


def test_what_is_done_with_an_entry_opens(desk: Page, entry: Locator):
    """A thread cannot be split where it begins: `x` says so, at the entry."""
    customer, places = desk.url, {"i": "edit", "d": "deletion", "w": "wall", "h": "handover", "z": "snooze"}
    for key, place in (places | {"x": r"entries/\d+"}).items():
        press(desk, "j")
        expect(entry).to_be_focused()
        press(desk, key)
        expect(desk).to_have_url(re.compile(f"/{place}/$"))
        desk.goto(customer)


def test_its_conversation_is_taken_and_closed(desk: Page, entry: Locator, letter: Interaction, story: Story):
    press(desk, "j", "a")
    expect(desk.locator("#messages")).to_contain_text("Assigned to you")
    desk.go_back()
    press(desk, "j", "e")
    expect(desk.locator("#messages")).to_contain_text("The conversation is closed.")
    thread = Conversation.objects.get(pk=letter.conversation_id)
    assert (thread.assignee, thread.status) == (story.sam, "closed")
