"""Every page works without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from partnership.desk.models import SavedReply
from tests.e2e.story import Story
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(browser, server, story):
    context = browser.new_context(java_script_enabled=False, base_url=server.url)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Email").fill(story.sam.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    yield page
    context.close()


def test_reading_searching_and_writing(plain: Page, story: Story):
    expect(plain.get_by_role("heading", name="Focus")).to_be_visible()
    plain.get_by_label("Search customers").fill("duarte")
    plain.keyboard.press("Enter")
    plain.get_by_role("link", name="Ines Duarte").click()
    expect(plain.get_by_role("heading", name="Ines Duarte")).to_be_visible()

    plain.get_by_role("link", name="Why this score?").click()
    expect(plain.get_by_role("heading", name="Why this score?")).to_be_visible()
    plain.get_by_role("link", name="Ines Duarte").click()

    plain.get_by_role("navigation", name="What to write").get_by_role("link", name="Reply").click()
    plain.get_by_label("Subject").fill("Your draft")
    plain.get_by_label("What you write to them").fill("The draft reads well.")
    plain.get_by_role("button", name="Send reply").click()
    expect(plain.get_by_text("The draft reads well.")).to_be_visible()

    plain.get_by_role("navigation", name="What to write").get_by_role("link", name="Promise").click()
    plain.get_by_label("What", exact=True).fill("Introduce her to the bank")
    plain.get_by_role("button", name="Record promise").click()
    plain.get_by_role("button", name="Mark as kept: Introduce her to the bank").click()
    expect(plain.get_by_text("The promise is marked as kept.")).to_be_visible()


def test_paging_the_timeline_and_the_list(plain: Page, story: Story):
    plain.goto(story.loud.get_absolute_url())
    assert plain.locator(".entry").count() == 50
    plain.get_by_role("link", name="Older").click()
    assert plain.locator(".entry").count() == 4
    expect(plain.get_by_role("link", name="Older")).to_have_count(0)


def test_sending_later(plain: Page, story: Story):
    plain.goto(f"{story.champion.get_absolute_url()}replies/")
    plain.get_by_label("Subject").fill("Your draft")
    plain.get_by_label("What you write to them").fill("I read it tomorrow.")
    plain.get_by_text("Send later", exact=True).click()
    plain.get_by_role("button", name="In an hour").click()
    expect(plain.get_by_text("It leaves on")).to_be_visible()
    plain.get_by_role("button", name="Cancel sending").click()
    expect(plain.get_by_text("It will not be sent.")).to_be_visible()
    expect(plain.get_by_label("What you write to them")).to_have_value("I read it tomorrow.")


def test_inserting_a_saved_reply(plain: Page, story: Story):
    SavedReply.objects.create(title="Thanks", text="Thank you, {{preferred name}}. [[why]]", owner=story.sam)
    plain.goto(f"{story.champion.get_absolute_url()}replies/")
    plain.get_by_label("Subject").fill("Your draft")
    plain.get_by_label("What you write to them").fill("Hello!")
    plain.locator(".composer-step").get_by_text("Saved replies", exact=True).click()
    plain.get_by_role("button", name="Thanks").click()
    box = plain.get_by_label("What you write to them")
    expect(box).to_have_value(f"Hello!\n\nThank you, {story.champion.display_name}. [[why]]")
    expect(plain.get_by_label("Subject")).to_have_value("Your draft")
    plain.get_by_role("button", name="Send reply").click()
    expect(plain.locator(".errorlist")).to_have_text("Fill in the blank “why” first.")
    box.fill("Thank you for the tea.")
    plain.get_by_role("button", name="Send reply").click()
    expect(plain.get_by_text("Thank you for the tea.")).to_be_visible()


def test_inserting_a_saved_reply_beside_a_list(plain: Page, story: Story):
    SavedReply.objects.create(title="Thanks", text="Thank you.", owner=story.sam)
    plain.goto(f"/?conversation={story.loud.conversations.get().pk}")
    plain.get_by_label("What you write to them").fill("Hello!")
    plain.locator(".composer-step").get_by_text("Saved replies", exact=True).click()
    plain.get_by_role("button", name="Thanks").click()
    expect(plain.get_by_label("What you write to them")).to_have_value("Hello!\n\nThank you.")
