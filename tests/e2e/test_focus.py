"""The queue, worked by keyboard alone."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from interactions.models import Conversation
from partnership.focus.actions import take
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all
from partnership.staff.models import User
from tests.e2e.by_hand import press, walk
from tests.e2e.story import Story
from tests.e2e.test_accessibility import faults_everywhere
from tests.factories import ConversationFactory, CustomerFactory, UserFactory, happens, promise

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


@pytest.fixture
def full(story: Story) -> Story:
    """Each kind of row: a mistake of ours, one taken by a colleague, a refund that waits for a decision."""
    now = timezone.now()
    with transaction.atomic():
        wronged, owed = CustomerFactory(name="Wanda Wronged"), CustomerFactory(name="Otto Owed", owner=story.sam)
        happens(wronged, "mistake", at=now - timedelta(days=1), direction="outbound", by=story.sam, body="Lost a file")
        promise(owed, "Call", at=now - timedelta(days=9), due_on=timezone.localdate(), by=story.sam)
        thread = ConversationFactory(customer=owed, subject="My money")
        happens(owed, "refund_request", at=now - timedelta(days=1), conversation_id=thread.pk, body="Please refund it")
    rescore_all(at=now)
    refresh_all(at=now)
    take(FocusItem.objects.get(customer=owed), by=UserFactory(name="Mara Lind"), at=now)
    return story


def test_axe_finds_nothing_whatever_is_open(full: Story, desk: Page, server):
    """Wide and narrow, light and dark: rows of each kind, the reasons told, a form in its place or with a fault."""
    desk.goto(f"{server.url}/")
    expect(desk.get_by_role("link", name="Decide on what Otto Owed asks for")).to_be_visible()
    for why in desk.locator(".focus-why summary").all():
        why.click()
    found = {"rows": faults_everywhere(desk)}
    wronged = desk.locator("[id^=item-]").filter(has_text="Wanda Wronged")
    for form in ("Hand over", "Snooze", "Done"):
        wronged.get_by_role("link", name=form).click()
        expect(desk.locator("#focus-form h3")).to_have_text(form)
        found[form] = faults_everywhere(desk)
    desk.locator("#focus-form").get_by_role("button", name="Done").click()
    expect(desk.locator("#focus-form .errorlist")).to_be_visible()
    found["refused"] = faults_everywhere(desk)
    assert not {state: wrong for state, wrong in found.items() if wrong}


def test_handed_over_by_keyboard_the_colleague_is_told(full: Story, desk: Page, server, elsewhere):
    mara = User.objects.get(name="Mara Lind")
    desk.goto(f"{server.url}/")
    walk(desk, desk.locator("[id^=item-]").filter(has_text="Wanda Wronged"))
    press(desk, "h")
    expect(desk.get_by_label("Colleague")).to_be_focused()
    desk.keyboard.type("Mara")
    press(desk, "Tab", "Enter")
    expect(desk.locator("[id^=item-]").filter(has_text="Wanda Wronged")).to_contain_text("Taken by Mara Lind")
    inbox = elsewhere(mara)
    inbox.goto("/notifications/")
    inbox.get_by_role("link", name="a customer to look after was handed over to you").press("Enter")
    expect(inbox.get_by_role("heading", level=1)).to_contain_text("Wanda Wronged")
    expect(inbox.locator("main")).to_contain_text("Lost a file")


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
    expect(desk.locator("[name=when]:focus")).to_have_count(1)
    desk.get_by_label("Or until this moment").fill("2099-01-01T09:00")
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
