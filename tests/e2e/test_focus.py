"""The queue, worked by keyboard alone."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from interactions.models import Conversation
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.scoring.rescoring import rescore_all
from tests.e2e.by_hand import press, walk
from tests.e2e.story import Story
from tests.factories import ConversationFactory, CustomerFactory, happens, promise

pytestmark = pytest.mark.browser


@pytest.fixture
def morning(story: Story) -> Story:
    """Five wait for an answer beside Rolf, and we owe five something."""
    now = timezone.now()
    with transaction.atomic():
        for number in range(5):
            customer = CustomerFactory(name=f"Waits {number}", owner=story.sam)
            thread = ConversationFactory(customer=customer, subject=f"Question {number}")
            happens(customer, "message", at=now - timedelta(days=400 - number), conversation_id=thread.pk)
        for number in range(5):
            customer = CustomerFactory(name=f"Owed {number}", owner=story.sam)
            due_on = timezone.localdate() - timedelta(days=1)
            promise(customer, f"Call {number}", at=now - timedelta(days=9), due_on=due_on, by=story.sam)
    rescore_all(at=now)
    refresh_all(at=now)
    return story


def in_hand(page: Page, name: str) -> None:
    expect(page.locator("[data-row]:focus")).to_contain_text(name)


def test_ten_items_by_keyboard(morning: Story, desk: Page, server):
    """One taken, three closed, one snoozed; five done in the other lane. Whatever leaves, the next is in hand."""
    desk.goto(f"{server.url}/")
    press(desk, "j")
    in_hand(desk, "Waits 0")
    press(desk, "a")
    expect(desk.locator("#messages")).to_contain_text("It is yours now.")
    for number in range(3):
        in_hand(desk, f"Waits {number}")
        press(desk, "e")
    in_hand(desk, "Waits 3")
    press(desk, "z")
    expect(desk.get_by_label("Until when")).to_be_focused()
    desk.get_by_label("Until when").fill("2099-01-01T09:00")
    press(desk, "Tab")
    desk.get_by_label("Why it can wait").fill("On holiday")
    press(desk, "Enter")
    in_hand(desk, "Waits 4")
    walk(desk, desk.locator("[id^=item-]").first)
    for _ in range(5):
        press(desk, "w", "e")
        expect(desk.get_by_label("What came of it")).to_be_focused()
        desk.keyboard.type("Talked")
        press(desk, "Enter")
        expect(desk.locator("#focus-form")).to_have_count(0)
    assert FocusItem.objects.filter(state="done", outcome="Talked").count() == 5
    assert Conversation.objects.filter(status="closed").count() == 3
    assert Conversation.objects.get(status="snoozed").snooze_reason == "On holiday"
    press(desk, "r")
    expect(desk).to_have_url(re.compile("/replies/"))
