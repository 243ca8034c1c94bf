"""A support person's morning: by keyboard, and with a thumb."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from customers.models import Commitment
from interactions.actions.record import Entry, record_many
from interactions.models import Conversation, Interaction
from partnership.staff.models import User
from tests.e2e.by_hand import go, press, reach, tap, walk
from tests.e2e.story import Story
from tests.factories import ConversationFactory, DepartmentFactory, UserFactory, happens

pytestmark = pytest.mark.browser

FIRST = datetime(2023, 1, 16, 9, tzinfo=UTC)
LESSONS = 160


@dataclass
class Morning:
    story: Story
    mara: User
    thread: Conversation
    rows: list[Interaction]


@pytest.fixture
def morning(story: Story) -> Morning:
    """Ines's history goes back to 2023; she wrote three mails in one thread, of which the last is another matter."""
    ines, now = story.champion, timezone.now()
    billing = DepartmentFactory(name="Billing")
    mara = UserFactory(name="Mara Lind", department=billing)
    lessons = [
        Entry(customer_id=ines.pk, occurred_at=FIRST + timedelta(days=7 * week), channel="email", direction="inbound",
              kind="message", subject=f"Lesson {week + 1}")
        for week in range(LESSONS)
    ]  # fmt: skip
    with transaction.atomic():
        record_many(lessons, recorded_at=now)
    happens(ines, "call", at=now - timedelta(days=3), channel="call", subject="The bank", by=story.sam)
    thread = ConversationFactory(customer=ines, subject="The offer")
    rows = [
        happens(ines, "message", at=now - timedelta(hours=hours), subject=subject, conversation_id=thread.pk)
        for hours, subject in ((3, "The offer"), (2, "The offer, again"), (1, "An invoice is wrong"))
    ]
    return Morning(story, mara, thread, rows)


def said(page: Page, text: str) -> None:
    expect(page.locator("#messages")).to_contain_text(text)


def test_a_morning_by_keyboard(desk: Page, server, morning: Morning, elsewhere: Callable[[User], Page]):
    desk.goto(server.url)
    find_a_half_remembered_name(desk)
    read_back_to_the_first_year(desk)
    filter_to_calls(desk)
    reply(desk)
    promise_and_keep_it(desk)
    pin(desk, morning)
    delete_and_undo(desk)
    split(desk, morning)
    hand_over(desk)
    mara = elsewhere(morning.mara)
    mara.goto(server.url)
    take_over(mara, morning)


def find_a_half_remembered_name(desk: Page) -> None:
    press(desk, "/")
    desk.keyboard.type("inse durate")
    expect(desk.locator("#palette").get_by_text("Ines Duarte").first).to_be_visible()
    press(desk, "Enter")
    expect(desk.get_by_role("heading", name="Ines Duarte")).to_be_visible()


def read_back_to_the_first_year(desk: Page) -> None:
    first = desk.locator("#line .entry-subject").get_by_text("Lesson 1", exact=True)
    while not first.count():
        count = desk.locator("#line .entry").count()
        press(desk, "End")
        expect(desk.locator("#line .entry").nth(count)).to_be_attached()
    expect(desk.locator("#line .day-title").last).to_contain_text("January 2023")


def filter_to_calls(desk: Page) -> None:
    go(desk, desk.locator(".timeline-more summary"))
    reach(desk, desk.get_by_label("Kind"))
    desk.keyboard.type("call")
    expect(desk.locator("#line .entry")).to_have_count(1)
    expect(desk.locator("#line")).to_contain_text("The bank")
    go(desk, desk.locator("#timeline").get_by_role("link", name="Clear"), by="Shift+Tab")
    expect(desk.locator("#line")).to_contain_text("An invoice is wrong")


def reply(desk: Page) -> None:
    press(desk, "Escape", "r")
    expect(desk.get_by_label("What you write to them")).to_be_focused()
    desk.keyboard.type("The offer reads **well**.")
    press(desk, "ControlOrMeta+Enter")
    said(desk, "On its way to ines@example.org.")
    assert Interaction.objects.get(body__contains="reads").author.name == "Sam Rivera"


def promise_and_keep_it(desk: Page) -> None:
    press(desk, "Escape", "p")
    expect(desk.locator("#composer")).to_have_attribute("data-tab", "promises")
    expect(desk.get_by_label("What", exact=True)).to_be_focused()
    desk.keyboard.type("Introduce her to the bank")
    press(desk, "ControlOrMeta+Enter")
    go(desk, desk.get_by_role("button", name="Mark as kept: Introduce her to the bank"), by="Shift+Tab")
    said_kept = desk.get_by_text("The promise is marked as kept.")
    expect(said_kept).to_be_visible()
    assert Commitment.objects.get(what="Introduce her to the bank").status == "kept"


def open_the_thread(desk: Page, morning: Morning) -> None:
    """It stands at Sam's reply; to the mail before that."""
    walk(desk, desk.locator("#line .entry").filter(has_text="The offer reads well."))
    press(desk, "o")
    walk(desk, desk.locator(f"#entry-{morning.rows[2].pk}"))


def pin(desk: Page, morning: Morning) -> None:
    press(desk, "Escape")
    open_the_thread(desk, morning)
    press(desk, "b")
    expect(desk.locator("#line .entry-pinned")).to_have_id(f"entry-{morning.rows[2].pk}")
    assert Interaction.objects.get(pinned=True) == morning.rows[2]


def delete_and_undo(desk: Page) -> None:
    press(desk, "n")
    expect(desk.get_by_label("Note", exact=True)).to_be_focused()
    desk.keyboard.type("Prefers tea.")
    press(desk, "ControlOrMeta+Enter")
    note = desk.locator("#line .entry").filter(has_text="Prefers tea.")
    expect(note).to_be_visible()
    press(desk, "Escape")
    walk(desk, note)  # what is pinned may stand above it
    press(desk, "d")
    expect(desk.get_by_label("Why")).to_be_focused()
    desk.keyboard.type("Somebody else's")
    press(desk, "Enter")
    go(desk, desk.locator("[id^=trace-]").get_by_role("button", name="Undo"))
    expect(desk.get_by_text("Prefers tea.")).to_be_visible()


def split(desk: Page, morning: Morning) -> None:
    go(desk, desk.get_by_role("link", name="Ines Duarte"), by="Shift+Tab")
    open_the_thread(desk, morning)
    press(desk, "x")
    said(desk, "From here on it is a conversation of its own.")
    morning.rows[2].refresh_from_db()
    assert morning.rows[2].conversation_id != morning.thread.pk


def hand_over(desk: Page) -> None:
    press(desk, "h")
    expect(desk.get_by_label("Colleague or department")).to_be_focused()
    desk.keyboard.type("Billing")
    press(desk, "Tab")
    desk.keyboard.type("The sum is wrong; she wants a new invoice.")
    press(desk, "Tab", "Enter")
    said(desk, "Handed over to Billing.")


def take_over(mara: Page, morning: Morning) -> None:
    press(mara, "g", "i")
    go(mara, mara.get_by_role("link", name="Ines Duarte"))
    expect(mara.get_by_role("heading", name="Handed over by Sam Rivera")).to_be_visible()
    expect(mara.get_by_text("she wants a new invoice")).to_be_visible()
    press(mara, "a")
    said(mara, "Assigned to you.")
    morning.rows[2].refresh_from_db()
    assert morning.rows[2].conversation.assignee == morning.mara


UPRIGHT = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "locale": "en-GB"}


def test_a_morning_by_touch(elsewhere: Callable[..., Page], morning: Morning):
    phone = elsewhere(morning.story.sam, **UPRIGHT)
    phone.goto("/")
    find_and_read_by_touch(phone)
    write_by_touch(phone)
    delete_and_undo_by_touch(phone)
    pin_and_split_by_touch(phone, morning)
    hand_over_by_touch(phone)
    maras = elsewhere(morning.mara, **UPRIGHT)
    maras.goto("/")
    tap(maras.get_by_role("link", name="Notifications"))
    tap(maras.get_by_role("link", name="Ines Duarte"))
    expect(maras.get_by_text("She wants a new invoice.")).to_be_visible()
    tap(maras.get_by_role("button", name="Assign to me"))
    said(maras, "Assigned to you.")


def find_and_read_by_touch(phone: Page) -> None:
    tap(phone.get_by_role("link", name="Search", exact=True))
    phone.get_by_role("combobox", name="Where to?").fill("inse durate")
    tap(phone.get_by_role("option", name="Ines Duarte"))
    expect(phone.get_by_role("heading", name="Ines Duarte")).to_be_visible()
    first = phone.locator("#line .entry-subject").get_by_text("Lesson 1", exact=True)
    while not first.count():
        count = phone.locator("#line .entry").count()
        phone.locator("#line .entry").last.scroll_into_view_if_needed()
        expect(phone.locator("#line .entry").nth(count)).to_be_attached()
    tap(phone.locator(".timeline-more summary"))
    phone.get_by_label("Kind").select_option("call")
    expect(phone.locator("#line .entry")).to_have_count(1)
    tap(phone.locator("#timeline").get_by_role("link", name="Clear"))
    expect(phone.locator("#line")).to_contain_text("An invoice is wrong")


def write_by_touch(phone: Page) -> None:
    tabs = phone.get_by_role("navigation", name="What to write")
    tap(tabs.get_by_role("link", name="Reply"))
    phone.get_by_label("What you write to them").fill("The offer reads well.")
    tap(phone.locator(".composer-send"))
    said(phone, "On its way to ines@example.org.")

    tap(tabs.get_by_role("link", name="Promise"))
    phone.get_by_label("What", exact=True).fill("Introduce her to the bank")
    tap(phone.locator(".composer-send"))
    tap(phone.get_by_text("Score, goals, promises"))
    tap(phone.get_by_role("button", name="Mark as kept: Introduce her to the bank"))
    expect(phone.get_by_text("The promise is marked as kept.")).to_be_visible()


def delete_and_undo_by_touch(phone: Page) -> None:
    tap(phone.get_by_role("navigation", name="What to write").get_by_role("link", name="Note"))
    phone.get_by_label("Note", exact=True).fill("Prefers tea.")
    tap(phone.locator(".composer-send"))
    note = phone.locator("#line .entry").filter(has_text="Prefers tea.")
    tap(note.get_by_role("link", name="Actions"))
    tap(note.get_by_role("link", name="Delete"))
    phone.get_by_label("Why").fill("Somebody else's")
    tap(phone.get_by_role("button", name="Delete entry"))
    tap(phone.locator("[id^=trace-]").get_by_role("button", name="Undo"))
    expect(phone.get_by_text("Prefers tea.")).to_be_visible()


def pin_and_split_by_touch(phone: Page, morning: Morning) -> None:
    tap(phone.get_by_text("3 earlier in this conversation"))
    entry = phone.locator(f"#entry-{morning.rows[2].pk}")
    tap(entry.get_by_role("link", name="Actions"))
    tap(entry.get_by_role("button", name="Pin on top"))
    expect(phone.locator("#line .entry-pinned")).to_have_id(f"entry-{morning.rows[2].pk}")
    tap(entry.get_by_role("link", name="Actions"))
    tap(entry.locator("summary", has_text="More"))
    tap(entry.get_by_role("button", name="Split the conversation here"))
    said(phone, "From here on it is a conversation of its own.")


def hand_over_by_touch(phone: Page) -> None:
    tap(phone.get_by_role("link", name="Hand over"))
    phone.get_by_label("Colleague or department").select_option("Billing")
    phone.get_by_label("What they should know").fill("She wants a new invoice.")
    tap(phone.get_by_role("button", name="Hand over"))
    said(phone, "Handed over to Billing.")
