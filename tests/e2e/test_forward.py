"""A mail forwarded by keyboard and from its menu, in a real browser."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import Page, expect

from interactions.actions.attachments import attach_files
from interactions.models import Interaction
from tests.e2e.story import Story
from tests.factories import ConversationFactory, UserFactory, happens

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def letter(story: Story):
    thread = ConversationFactory(customer=story.champion, subject="The bank")
    row = happens(
        story.champion, "question", at=timezone.now(), subject="The bank", body="What does the bank want?",
        conversation_id=thread.pk,
    )  # fmt: skip
    attach_files(interaction=row, files=[SimpleUploadedFile(f"{name}.txt", b"x", "text/plain") for name in ("a", "b")])
    return row


@pytest.mark.parametrize("width", [1440, 390])
def test_by_keyboard(elsewhere, story: Story, letter, width):
    UserFactory(name="Anna Berg", email="anna@ourfirm.example")
    page = elsewhere(story.sam, viewport={"width": width, "height": 800})
    page.goto(story.champion.get_absolute_url())
    entry = page.locator(f"#entry-{letter.pk}")
    entry.scroll_into_view_if_needed()
    entry.evaluate("e => { e.tabIndex = -1; e.focus(); }")
    page.keyboard.press("f")
    to = page.get_by_label("To", exact=True)
    expect(to).to_be_focused()
    composer = page.locator("#composer")
    expect(composer).to_contain_text("does not receive it")
    expect(composer).to_contain_text("What does the bank want?")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    to.fill("anna@ourfirm.example")
    page.get_by_label("What you write above it").fill("Do you know?")
    composer.get_by_label("b.txt").uncheck()
    page.get_by_role("button", name="Forward to this address").click()
    expect(page.locator("#messages")).to_contain_text("On its way to anna@ourfirm.example.")
    sent = Interaction.objects.get(kind="forward")
    assert [file.name for file in sent.attachments.all()] == ["a.txt"]
    expect(page.locator(f"#entry-{sent.pk}")).to_contain_text("to anna@ourfirm.example")
    letter.conversation.refresh_from_db()
    assert letter.conversation.waiting_since == letter.occurred_at


def test_from_the_menu_of_an_entry_with_a_wrong_address_first(desk: Page, server, letter):
    desk.goto(f"{server.url}/conversations/{letter.conversation_id}/")
    desk.locator(f"#entry-{letter.pk} .entry-menu").click()
    desk.locator(".entry-actions-panel").get_by_role("link", name="Forward").click()
    desk.get_by_label("To", exact=True).fill("bob")
    desk.get_by_role("button", name="Forward to this address").click()
    expect(desk.locator("#composer .errorlist")).to_contain_text("is no e-mail address")
    expect(desk.get_by_label("a.txt")).to_be_checked()
    desk.get_by_label("To", exact=True).fill("bob@elsewhere.example")
    desk.get_by_role("button", name="Forward to this address").click()
    expect(desk.locator("#messages")).to_contain_text("On its way to bob@elsewhere.example.")
