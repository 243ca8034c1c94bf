"""A day at the desk, in a real browser."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from customers.models import Commitment, Customer
from interactions.models import Interaction
from partnership.scoring.engine.rescoring import backfill_snapshots
from partnership.staff.models import Firm
from tests.e2e.long_line import many
from tests.e2e.story import Story
from tests.factories import PASSWORD, firm_today, happens, promise

pytestmark = pytest.mark.browser


@pytest.fixture
def at(server):
    """at(customer) → the address of their page."""
    return lambda customer: f"{server.url}{customer.get_absolute_url()}"


def test_signing_in_shows_the_champion_above_the_loud_one(page: Page, server, story: Story):
    page.goto(f"{server.url}/")
    page.get_by_label("Email").fill(story.sam.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    lane = page.get_by_role("region", name="Partnerships")
    expect(lane.locator(".queue-name").first).to_have_text("Ines Duarte")
    names = lane.locator(".queue-name").all_inner_texts()
    assert names.index("Ines Duarte") < names.index("Rolf Brandt")
    expect(page.get_by_role("region", name="Answers due").get_by_text("Nobody has answered me.")).to_be_visible()


def test_what_is_needed_first_is_on_the_first_screen(desk: Page, at, story: Story):
    ines, now, due_on = story.champion, timezone.now(), firm_today() - timedelta(days=2)
    promise(ines, "Send the contract", at=now - timedelta(days=5), due_on=due_on, by=story.sam)
    happens(ines, "message", at=now, subject="How do I begin?", body="Tell me.")
    desk.goto(at(ines))
    head, state = desk.locator(".customer-head"), desk.locator(".customer-state")
    composer, promises = desk.locator("#composer"), desk.locator("#promises")
    for needed in (
        head.locator("img, .face").first, head.locator(".tier"), head.get_by_text("We owe 1 promise past its date"),
        head.get_by_role("link", name="Reply"), state.get_by_text("Preferred name: Ines"),
        state.get_by_role("link", name="Why this score?"), state.get_by_text("Commitment"),
        state.get_by_text("Reciprocity"), state.locator(".customer-trend"), promises.get_by_text("Send the contract"),
        desk.locator("#goals").get_by_text("First ten paying clients"), desk.locator("#goals").get_by_text("6 of 10"),
        composer.get_by_role("link", name="Reply"), composer.get_by_role("link", name="Note"),
        desk.locator("#line .entry").first.get_by_text("How do I begin?"),
    ):  # fmt: skip
        expect(needed).to_be_in_viewport(ratio=1)


def test_the_head_and_the_columns_stay_while_the_timeline_is_read(desk: Page, at, story: Story):
    """The timeline begins in the upper third; what stays leads to what we owe and to a reply."""
    desk.goto(at(story.owed))
    many(story.owed, 60, until=timezone.now())
    for width, height, share in ((1440, 900, 3), (1920, 1080, 3), (390, 844, 2)):
        desk.set_viewport_size({"width": width, "height": height})
        desk.goto(at(story.owed))
        assert desk.locator("#timeline").bounding_box()["y"] < height / share
        desk.locator("#line .entry").nth(40).scroll_into_view_if_needed()
        for stays in (desk.locator(".top"), desk.locator(".customer-head").get_by_role("heading")):
            expect(stays).to_be_in_viewport(ratio=1)
    desk.get_by_role("link", name="We owe 1 promise past its date").click()
    expect(desk.locator("#promises").get_by_text("Send the corrected invoice")).to_be_in_viewport()
    desk.locator(".customer-head").get_by_role("link", name="Reply").click()
    expect(desk.get_by_label("What you write to them")).to_be_focused()
    desk.set_viewport_size({"width": 1920, "height": 1080})
    desk.goto(at(story.owed))
    desk.locator("#line .entry").nth(40).scroll_into_view_if_needed()
    expect(desk.locator("#goals")).to_be_in_viewport()
    expect(desk.get_by_role("heading", name="How to reach them")).to_be_in_viewport()
    assert desk.locator(".customer-page").bounding_box()["width"] > 1600


def test_why_adds_up_to_the_score_shown(desk: Page, at, story: Story):
    for customer in (story.champion, story.loud):
        desk.goto(at(customer))
        bars = desk.locator(".customer-scores .bar")
        shown = {label: int(bars.filter(has_text=label).locator("strong").inner_text())
                 for label in ("Commitment", "Reciprocity")}  # fmt: skip
        desk.get_by_role("link", name="Why this score?").click()
        expect(desk.locator(".reasons-column")).to_have_count(2)
        for column in desk.locator(".reasons-column").all():
            points = column.locator("tbody td:last-child").all_inner_texts()
            label = column.get_attribute("data-score").capitalize()
            total = sum(Decimal(text.replace("−", "-")) for text in points)
            assert total == int(column.locator(".reasons-sum").inner_text()) == shown[label]


def test_a_reason_leads_to_its_rows(desk: Page, at, story: Story):
    desk.goto(at(story.champion))
    desk.get_by_role("link", name="Why this score?").click()
    desk.get_by_role("link", name="kept 6 of 6 promises").click()
    expect(desk.locator(".entry")).to_have_count(6)


def test_a_note_and_a_call_without_leaving_the_page(desk: Page, at, story: Story):
    desk.goto(at(story.champion))
    desk.evaluate("window.stayed = true")
    desk.keyboard.press("n")
    desk.get_by_label("Note").fill("Prefers mornings.")
    desk.get_by_role("button", name="Add internal note").click()
    expect(desk.locator(".entry").filter(has_text="Prefers mornings.")).to_be_visible()

    desk.get_by_role("navigation", name="What to write").get_by_role("link", name="Call").click()
    desk.get_by_label("Who called").select_option("They called us")
    desk.get_by_label("What was said").fill("Asked about the bank.")
    desk.get_by_label("Minutes it took").fill("12")
    desk.get_by_role("button", name="Log call").click()
    expect(desk.locator(".entry").filter(has_text="12 minutes")).to_contain_text("Asked about the bank.")
    assert desk.evaluate("window.stayed")
    assert Interaction.objects.get(kind="call").author == story.sam


def test_what_is_wrong_is_said_where_it_was_written(desk: Page, at, story: Story):
    desk.goto(at(story.champion))
    desk.keyboard.press("n")
    desk.get_by_role("button", name="Add internal note").click()
    expect(desk.locator("#composer .errorlist")).to_have_text(re.compile("required"))
    desk.get_by_label("Note").fill("Now with words.")
    desk.get_by_role("button", name="Add internal note").click()
    expect(desk.locator(".entry").filter(has_text="Now with words.")).to_be_visible()


def test_making_and_keeping_a_promise(desk: Page, at, story: Story):
    desk.goto(at(story.owed))
    desk.get_by_role("navigation", name="What to write").get_by_role("link", name="Promise").click()
    desk.get_by_label("What", exact=True).fill("Call back on Monday")
    desk.get_by_role("button", name="Record promise").click()
    desk.get_by_role("button", name="Mark as kept: Call back on Monday").click()
    expect(desk.get_by_text("The promise is marked as kept.")).to_be_visible()
    assert Commitment.objects.get(what="Call back on Monday").status == "kept"


def test_the_timeline_goes_on_when_scrolled(desk: Page, at, story: Story):
    desk.goto(at(story.loud))
    expect(desk.locator("#line .entry")).to_have_count(50)
    desk.get_by_role("link", name="Older").scroll_into_view_if_needed()
    expect(desk.locator("#line .entry")).to_have_count(50 + 4)
    expect(desk.get_by_role("link", name="Older")).to_have_count(0)


def test_search_as_you_type(desk: Page, server, story: Story):
    desk.goto(f"{server.url}/customers/")
    expect(desk.locator(".list-row")).to_have_count(4)
    desk.get_by_role("searchbox", name="Search", exact=True).press_sequentially("ines@ex")
    expect(desk.locator(".list-row")).to_have_count(1)
    expect(desk.locator(".person-name")).to_have_text("Ines Duarte")
    desk.get_by_role("searchbox", name="Search", exact=True).fill("nobody at all")
    expect(desk.get_by_text("No customers match")).to_be_visible()
    assert "q=nobody" in desk.url


def test_the_first_run(page: Page, server):
    page.goto(f"{server.url}/")
    page.get_by_label("The firm's name").fill("Okafor & Co")
    page.get_by_label("Time zone").select_option("Africa/Lagos")
    page.get_by_label("Your name").fill("Ada Okafor")
    page.get_by_label("Your e-mail address").fill("ada@okafor.example")
    page.get_by_label("A password").fill("a-long-way-home")
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Email").fill("ada@okafor.example")
    page.get_by_label("Password").fill("a-long-way-home")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("No partnership needs attention today")).to_be_visible()
    page.get_by_role("link", name="Add a customer").click()
    page.get_by_label("Name", exact=True).fill("Ben Chu")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Ben Chu")).to_be_visible()


def test_no_head_of_what_changed_breaks_inside_a_word_in_german(elsewhere, story: Story):
    backfill_snapshots(list(Customer.objects.values_list("pk", flat=True)), at=timezone.now())
    Firm.objects.update(language="de")
    page = elsewhere(story.sam, viewport={"width": 1440, "height": 900})
    page.goto(f"{story.champion.get_absolute_url()}why/")
    heads = page.locator(".moved-table thead .num")
    expect(heads).to_have_text(["Partnerschaft", "Engagement", "Gegenseitigkeit"])
    for head in heads.all():
        lines = "head => { const r = new Range(); r.selectNodeContents(head); return r.getClientRects().length }"
        assert head.evaluate(lines) == 1
