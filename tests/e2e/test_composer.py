"""Writing to a customer, in a real browser: nothing that was typed is lost."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from interactions.models import Attachment, Interaction, Outgoing
from partnership.desk.models import Draft
from partnership.staff.models import Firm
from tests.e2e.story import Story
from tests.factories import UserFactory

pytestmark = pytest.mark.browser

# A picture of one pixel.
PASTE = """
(composer) => {
  const picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  const bytes = Uint8Array.from(atob(picture), c => c.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "image.png", { type: "image/png" }));
  composer.dispatchEvent(new %s);
}"""
PASTED = PASTE % 'ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })'
DROPPED = PASTE % 'DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })'


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ines(desk: Page, server, story: Story) -> Page:
    desk.goto(f"{server.url}{story.champion.get_absolute_url()}")
    return desk


def state(page: Page):
    return page.locator(".composer-state")


def note(page: Page):
    return page.get_by_label("Note", exact=True)


def tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="What to write").get_by_role("link", name=name).click()
    expect(page.locator("#composer [aria-current]")).to_have_text(name)


def test_it_is_one_line_until_a_tab_is_pressed(ines: Page):
    composer = ines.locator("#composer")
    assert composer.bounding_box()["height"] < 60
    expect(composer.locator("form")).to_have_count(0)
    for name, receives in (("Reply", True), ("Note", False), ("Call", False), ("Promise", False)):
        link = composer.get_by_role("link", name=name)
        expect(link.get_by_role("img", name="The customer receives it")).to_have_count(int(receives))
    composer.locator("summary").click()
    for name, receives in (("Nudge", True), ("Decline", True), ("Mistake of ours", False), ("Something else…", False)):
        link = composer.get_by_role("link", name=name)
        expect(link.get_by_role("img", name="The customer receives it")).to_have_count(int(receives))
    composer.get_by_role("link", name="Decline").click()
    expect(ines.get_by_label("Why we decline")).to_be_focused()
    composer.get_by_role("link", name="Close the form").click()
    expect(composer.locator("form")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_menu_of_further_tabs_stays_on_a_phones_screen(elsewhere, story: Story, language: str):
    Firm.objects.update(language=language)
    phone = elsewhere(story.sam, viewport={"width": 390, "height": 844})
    phone.goto(story.champion.get_absolute_url())
    phone.locator(".composer-more > summary").click()
    expect(phone.locator(".composer-more > .menu-panel")).to_be_in_viewport(ratio=1)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_an_emptied_reply_is_no_draft(ines: Page):
    tab(ines, "Note")
    note(ines).fill("Half a note")
    expect(state(ines)).to_have_text("Draft saved")
    note(ines).fill("")
    expect(state(ines)).to_have_text("")
    assert not Draft.objects.exists()


def test_what_is_half_written_is_there_in_another_browser(ines: Page, elsewhere, story: Story):
    tab(ines, "Note")
    note(ines).fill("She asked about the bank, and")
    expect(state(ines)).to_have_text("Draft saved")
    other = elsewhere(story.sam)
    other.goto(story.champion.get_absolute_url())
    expect(note(other)).to_have_value("She asked about the bank, and")
    note(other).press("ControlOrMeta+End")
    note(other).press_sequentially(" more.")
    note(other).press("ControlOrMeta+Enter")
    expect(other.locator("#messages")).to_contain_text("Recorded.")
    assert Interaction.objects.get(kind="note").body == "She asked about the bank, and more."
    assert not Draft.objects.exists()


def test_a_half_written_decline_is_a_line_to_open_or_discard(ines: Page):
    ines.locator("#composer summary").click()
    tab(ines, "Decline")
    ines.get_by_label("Why we decline").fill("We cannot, because")
    expect(state(ines)).to_have_text("Draft saved")
    ines.reload()
    drafts = ines.locator(".composer-drafts")
    expect(drafts).to_contain_text("Draft: Decline")
    expect(ines.get_by_label("Why we decline")).to_have_count(0)
    drafts.get_by_role("button", name="Discard").click()
    expect(drafts).to_have_count(0)
    ines.get_by_role("button", name="Undo").click()
    drafts.get_by_role("link", name="Decline").click()
    expect(ines.get_by_label("Why we decline")).to_have_value("We cannot, because")


def test_an_introduction_is_recorded_two_clicks_from_more(ines: Page, story: Story):
    ines.locator("#composer summary").click()
    ines.get_by_role("link", name="Something else…").click()
    ines.locator("#composer").get_by_role("link", name="Introduction").click()
    expect(ines.get_by_label("Introduced person")).to_be_focused()
    ines.keyboard.type("Rolf Brandt")
    ines.keyboard.press("ControlOrMeta+Enter")
    expect(ines.locator("#line .entry").filter(has_text="introduction")).to_contain_text("Rolf Brandt")
    story.loud.refresh_from_db()
    assert story.loud.introduced_by == story.champion


def test_a_tab_that_is_left_is_kept(ines: Page):
    tab(ines, "Note")
    note(ines).fill("Half a note")
    tab(ines, "Reply")
    ines.get_by_label("What you write to them").fill("Half a reply")
    tab(ines, "Note")
    expect(ines.get_by_label("Note", exact=True)).to_have_value("Half a note")
    tab(ines, "Reply")
    expect(ines.get_by_label("What you write to them")).to_have_value("Half a reply")


def test_a_reply_leaves_and_the_rest_of_the_page_stays(ines: Page, story: Story):
    ines.evaluate("window.stayed = document.getElementById('goals')")
    tab(ines, "Reply")
    ines.get_by_label("Subject").fill("Your offer")
    ines.get_by_label("What you write to them").fill("It reads **well**.")
    ines.get_by_role("button", name="Preview").click()
    expect(ines.locator("#preview strong")).to_have_text("well")
    ines.get_by_label("What you write to them").press("ControlOrMeta+Enter")
    expect(ines.locator("#messages")).to_contain_text("On its way to ines@example.org.")
    expect(ines.get_by_label("What you write to them")).to_have_count(0)
    entry = ines.locator(".entry").filter(has_text="Your offer")
    expect(entry.locator("strong").filter(has_text="well")).to_be_visible()
    expect(entry).to_contain_text("on its way")
    Outgoing.objects.update(status="failed", error="No such user here.")
    expect(entry).to_contain_text("not sent: No such user here.")
    assert ines.evaluate("window.stayed === document.getElementById('goals')")


def test_what_was_wrong_keeps_the_words_and_the_files(ines: Page):
    tab(ines, "Reply")
    box = ines.get_by_label("What you write to them")
    box.fill("Without a subject")
    ines.locator("#composer").evaluate(PASTED)
    expect(ines.locator(".composer-chosen li")).to_contain_text("image.png")
    box.press("ControlOrMeta+Enter")
    expect(ines.locator("#composer .errorlist")).to_have_text("A new mail needs a subject.")
    expect(box).to_have_value("Without a subject")
    expect(ines.locator(".composer-chosen li")).to_contain_text("image.png")
    ines.get_by_label("Subject").fill("Now with one")
    ines.get_by_role("button", name="Send reply").click()
    expect(ines.locator("#messages")).to_contain_text("On its way")
    assert Attachment.objects.get().name == "image.png"


def test_pictures_are_pasted_and_dropped_and_taken_out_again(ines: Page):
    tab(ines, "Note")
    note(ines).fill("See this.")
    ines.locator("#composer").evaluate(PASTED)
    ines.locator("#composer").evaluate(DROPPED)
    expect(ines.locator(".composer-chosen li")).to_have_count(2)
    ines.get_by_role("button", name="Remove: image.png").first.click()
    expect(ines.locator(".composer-chosen li")).to_have_count(1)
    ines.get_by_role("button", name="Add internal note").click()
    expect(ines.locator(".entry").filter(has_text="See this.")).to_contain_text("image.png")
    assert Attachment.objects.get().content_type == "image/png"


def lose_the_answer(route) -> None:
    """The server gets it and saves it, and the connection breaks before it has answered."""
    route.fetch()
    route.abort()


def test_what_could_not_be_sent_stays_and_says_why(browser, server, story: Story, elsewhere):
    page = elsewhere(story.sam)  # its errors are the point
    page.goto(story.champion.get_absolute_url())
    tab(page, "Note")
    note(page).fill("Do not lose me.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Add internal note").click()
    expect(state(page)).to_have_text(re.compile("No answer from the server: this may have been saved."))
    expect(page.get_by_label("Note", exact=True)).to_have_value("Do not lose me.")
    page.context.set_offline(False)
    page.route("**/notes/", lambda route: route.fulfill(status=500, body="broken"))
    page.get_by_role("button", name="Add internal note").click()
    expect(state(page)).to_have_text(re.compile("Something went wrong: this may have been saved."))
    expect(page.get_by_text("What you sent may have been saved").first).to_be_visible()
    expect(page.get_by_label("Note", exact=True)).to_have_value("Do not lose me.")
    page.unroute("**/notes/")
    page.route("**/notes/", lambda route: route.fulfill(status=400, body="unreadable"))
    page.get_by_role("button", name="Add internal note").click()
    expect(state(page)).to_have_text(re.compile("Not sent: something went wrong."))
    page.unroute("**/notes/")
    page.route("**/notes/", lose_the_answer)
    page.get_by_role("button", name="Add internal note").click()
    expect(state(page)).to_have_text(re.compile("No answer from the server: this may have been saved."))
    page.unroute("**/notes/")
    page.get_by_role("button", name="Add internal note").click()
    expect(page.locator(".entry").filter(has_text="Do not lose me.")).to_be_visible()
    assert Interaction.objects.filter(body="Do not lose me.").count() == 1


def test_a_colleague_who_writes_too_is_named(ines: Page, elsewhere, story: Story):
    other = elsewhere(UserFactory(name="Anna Berg"))
    other.goto(story.champion.get_absolute_url())
    tab(other, "Note")
    note(other).fill("I am here as well")
    expect(state(other)).to_have_text("Draft saved")
    tab(ines, "Note")
    ines.get_by_label("Note", exact=True).fill("Me too")
    expect(ines.locator("#writing-now")).to_contain_text("Anna Berg is writing to them too.")


def test_a_name_is_completed_by_keyboard(ines: Page):
    anna, bea = UserFactory(name="Anna Berg"), UserFactory(name="Anna Zimmer")
    tab(ines, "Note")
    box = note(ines)
    box.press_sequentially("Please look, @an")
    expect(ines.get_by_role("option")).to_contain_text(["Anna Berg", "Anna Zimmer"])
    box.press("ArrowDown")
    expect(ines.get_by_role("option", selected=True)).to_contain_text("Anna Zimmer")
    box.press("Enter")
    expect(box).to_have_value("Please look, @Anna Zimmer ")
    expect(ines.get_by_role("option")).to_have_count(0)
    box.press_sequentially("@")
    expect(ines.get_by_role("option").first).to_be_visible()
    box.press("Escape")
    expect(ines.get_by_role("option")).to_have_count(0)
    box.press("ControlOrMeta+Enter")
    expect(ines.locator(".entry").filter(has_text="Please look")).to_be_visible()
    assert bea.notifications.count() == 1
    assert anna.notifications.count() == 0


def test_a_promise_shows_where_promises_are(ines: Page):
    tab(ines, "Promise")
    ines.get_by_label("What", exact=True).fill("Call the bank")
    ines.get_by_role("button", name="Record promise").click()
    expect(ines.locator("#promises")).to_contain_text("Call the bank")
    expect(ines.locator("#timeline")).to_contain_text("Call the bank")
