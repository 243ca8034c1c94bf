"""The timeline in a real browser: scrolled, searched, found by link, and alive."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from customers.models import Customer
from interactions.actions.deletions import delete_entry
from interactions.models import Interaction
from partnership.desk.entries.permissions import MARK_KEYS
from tests.e2e.long_line import IDS, many, scroll_to_the_end
from tests.e2e.story import Story
from tests.factories import ConversationFactory, CustomerFactory, firm_today, happens

pytestmark = pytest.mark.browser
WITHIN = 5_000  # milliseconds: as long as somebody waits for what a colleague did


@pytest.fixture
def ada(story: Story) -> Customer:
    return CustomerFactory(name="Ada Okafor")


@pytest.fixture
def at(server):
    return lambda customer, more="": f"{server.url}/customers/{customer.pk}/{more}"


def test_what_a_colleague_adds_appears_while_one_types(desk: Page, at, ada, story: Story):
    happens(ada, "message", at=timezone.now() - timedelta(days=2), subject="Before")
    desk.goto(at(ada))
    desk.keyboard.press("n")
    desk.locator("#composer textarea").first.fill("Half a sen")
    desk.locator("#composer textarea").first.press("End")
    happens(ada, "message", at=timezone.now(), subject="From a colleague")
    expect(desk.get_by_text("From a colleague")).to_be_visible(timeout=WITHIN)
    desk.keyboard.type("tence")
    expect(desk.locator("#composer textarea").first).to_have_value("Half a sentence")
    yesterday = happens(ada, "message", at=timezone.now() - timedelta(days=1), subject="Told late")
    expect(desk.get_by_text("Told late")).to_be_visible(timeout=WITHIN)
    assert desk.locator("#line .entry-subject").all_inner_texts() == ["From a colleague", "Told late", "Before"]
    assert desk.locator("#line .day-title").count() == 3
    delete_entry(yesterday, reason="Twice", by=story.sam, at=timezone.now())
    expect(desk.get_by_text("Twice")).to_be_visible(timeout=WITHIN)
    expect(desk.get_by_text("Told late")).to_have_count(0)
    expect(desk.locator("#composer textarea").first).to_be_focused()


def test_what_is_read_stays_in_place_when_news_come_above(desk: Page, at, ada):
    many(ada, 80, until=timezone.now() - timedelta(days=1))
    desk.goto(at(ada, "timeline/"))
    row = desk.locator(".entry").nth(30)
    row.scroll_into_view_if_needed()
    top = row.bounding_box()["y"]
    new = happens(ada, "message", at=timezone.now(), body="word " * 100)
    expect(desk.locator(f"#entry-{new.pk}")).to_have_count(1, timeout=WITHIN)
    assert abs(desk.locator(".entry").nth(31).bounding_box()["y"] - top) < 2


def test_a_new_message_takes_its_threads_place(desk: Page, at, ada):
    thread = ConversationFactory(customer=ada)
    now = timezone.now()
    for hours in (3, 2):
        happens(ada, "message", at=now - timedelta(hours=hours), subject=f"{hours} hours", conversation_id=thread.pk)
    desk.goto(at(ada))
    expect(desk.get_by_text("1 earlier in this conversation")).to_be_visible()
    happens(ada, "message", at=now, subject="Now", conversation_id=thread.pk)
    expect(desk.get_by_text("2 earlier in this conversation")).to_be_visible(timeout=WITHIN)
    expect(desk.locator("#line .entry")).to_have_count(1)
    desk.get_by_text("2 earlier in this conversation").click()
    expect(desk.locator("#line .entry-subject")).to_have_count(3)
    assert desk.locator("#line .entry-subject").all_inner_texts() == ["Now", "2 hours", "3 hours"]


def test_a_link_to_an_entry_loads_around_it(desk: Page, at, ada):
    many(ada, 300, until=timezone.now() - timedelta(days=1))
    rows = list(Interaction.objects.timeline(ada).values_list("pk", flat=True))
    desk.goto(at(ada, f"timeline/?at={rows[150]}"))
    entry = desk.locator(f"#entry-{rows[150]}")
    expect(entry).to_be_focused()
    expect(entry).to_be_in_viewport()
    scroll_to_the_end(desk)
    while desk.locator("#line > .pager [rel=prev]").count():
        count = len(desk.evaluate(IDS))
        desk.locator("#line > .pager [rel=prev]").click()
        desk.wait_for_function(
            "count => document.querySelectorAll('#line > .timeline > .entry').length > count", arg=count
        )
    assert desk.evaluate(IDS) == rows
    days = desk.locator("#line .day-title").all_inner_texts()
    assert len(days) == len(set(days))


def test_scrolling_up_fetches_what_is_newer(desk: Page, at, ada):
    many(ada, 200, until=timezone.now() - timedelta(days=1))
    rows = list(Interaction.objects.timeline(ada).values_list("pk", flat=True))
    desk.goto(at(ada, f"timeline/?at={rows[120]}"))
    expect(desk.locator(f"#entry-{rows[120]}")).to_be_focused()
    desk.mouse.move(700, 450)
    for _ in range(40):
        desk.mouse.wheel(0, -600)
        if desk.evaluate(IDS)[0] == rows[60]:
            break
    expect(desk.locator(f"#entry-{rows[60]}")).to_have_count(1)


def test_a_jump_to_a_day(desk: Page, at, ada):
    for number in range(120):
        happens(ada, "message", at=datetime(2024, 6, 1, 12, tzinfo=UTC) - timedelta(days=number), subject=f"{number}")
    desk.goto(at(ada))
    desk.locator(".timeline-more summary").click()
    desk.get_by_label("Go to a day").fill("2024-03-08")
    expect(desk.locator("#line .day-title").first).to_have_text("Friday, 8 March 2024")
    expect(desk.get_by_role("link", name="Newer")).to_be_visible()


def test_filters_combine_stay_in_the_url_and_are_remembered(desk: Page, at, ada, story: Story):
    happens(ada, "call", at=timezone.now(), channel="call", subject="A call in", body="About homework")
    happens(ada, "call", at=timezone.now(), channel="call", direction="outbound", subject="A call out")
    happens(ada, "message", at=timezone.now(), subject="A mail")
    desk.goto(at(ada))
    desk.locator(".timeline-more summary").click()
    desk.get_by_label("Kind").select_option("call")
    expect(desk.locator("#line .entry")).to_have_count(2)
    desk.get_by_label("Direction").select_option("inbound")
    expect(desk.locator("#line .entry")).to_have_count(1)
    assert re.search(r"/customers/\d+/\?.*kind=call", desk.url)
    desk.get_by_label("Search this timeline").press_sequentially("homewo", delay=40)
    expect(desk.locator("#line mark")).to_have_text("homework")
    expect(desk.get_by_label("Search this timeline")).to_be_focused()
    desk.reload()
    expect(desk.locator("#line mark")).to_have_text("homework")
    desk.goto(at(story.loud))
    expect(desk.locator("#line").get_by_text("No entries match")).to_be_visible()
    desk.locator("#timeline").get_by_role("link", name="Clear").click()
    expect(desk.locator("#line .entry").first).to_be_visible()
    desk.goto(at(ada))
    expect(desk.locator("#line .entry")).to_have_count(3)


def test_keys(desk: Page, at, ada, story: Story):
    thread = ConversationFactory(customer=ada)
    rows = [
        happens(ada, "message", at=timezone.now() - timedelta(hours=n), subject=f"Mail {n}",
                conversation_id=thread.pk if n else None)
        for n in range(3)
    ]  # fmt: skip
    desk.goto(at(ada))
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_visible()
    desk.keyboard.press("Escape")
    desk.keyboard.press("j")
    first, second, third = (desk.locator(f"#entry-{row.pk}") for row in rows)
    expect(first).to_be_focused()
    for kind, key in MARK_KEYS.items():  # the last takes the mark off
        desk.keyboard.press(key)
        expect(first.locator(".entry-head")).to_contain_text(str(kind.label))
    desk.keyboard.press("b")
    expect(desk.locator("#line .entry-pinned")).to_have_count(1)
    desk.keyboard.press("j")
    expect(second).to_be_focused()
    expect(third).to_be_hidden()
    desk.keyboard.press("o")
    expect(third).to_be_visible()
    desk.keyboard.press("m")
    second.get_by_text("Mark as…").click()
    expect(second.get_by_text("Mark this message as")).to_be_visible()
    desk.keyboard.press("Escape")
    desk.keyboard.press("k")
    expect(first).to_be_focused()
    desk.keyboard.press("n")
    expect(desk.locator("#composer")).to_have_attribute("data-tab", "notes")
    expect(desk.locator("#composer textarea").first).to_be_focused()
    desk.keyboard.type("jkd?3")
    expect(desk.locator("#composer textarea").first).to_have_value("jkd?3")
    desk.locator("h1").click()
    desk.keyboard.press("k")
    desk.keyboard.press("w")
    expect(desk).to_have_url(re.compile(r"/entries/\d+/wall/"))


def test_what_machines_tell_is_one_line_a_day(desk: Page, at, ada):
    """Opened on demand, with the same keys and links as other entries; a link to one of them leads to it."""
    noon = timezone.now().replace(hour=12) - timedelta(days=1)
    told = [happens(ada, kind, at=noon + timedelta(minutes=n), source="course", external_id=str(n), channel="app")
            for n, kind in enumerate(["work_done"] * 5 + ["payment"] * 2)]  # fmt: skip
    happens(ada, "message", at=noon - timedelta(hours=1), subject="Hello")
    desk.goto(at(ada))
    fold = desk.locator("#line .entry-fold")
    expect(fold.locator("summary")).to_have_text("2 payments, 5 pieces of work done")
    expect(desk.locator(f"#entry-{told[0].pk}")).to_be_hidden()
    fold.locator("summary").click()
    row = desk.locator(f"#entry-{told[0].pk}")
    expect(row).to_be_visible()
    row.get_by_role("link", name="Actions").click()
    row.get_by_role("button", name="Pin on top").click()
    expect(desk.locator(f"#entry-{told[0].pk}.entry-pinned")).to_be_visible()
    happens(ada, "message", at=timezone.now(), subject="From a colleague")
    expect(desk.get_by_text("From a colleague")).to_be_visible(timeout=WITHIN)
    desk.goto(at(ada, f"timeline/?at={told[1].pk}"))
    expect(desk.locator(f"#entry-{told[1].pk}")).to_be_focused()
    desk.goto(at(ada, f"entries/{told[1].pk}/"))
    expect(desk.locator(f"#entry-{told[1].pk}")).to_be_visible()


def test_the_menu_never_covers_the_message(desk: Page, at, ada):
    row = happens(ada, "message", at=timezone.now(), body="Where is my plan?")
    desk.goto(at(ada))
    entry = desk.locator(f"#entry-{row.pk}")
    entry.get_by_role("link", name="Actions").click()
    panel = entry.locator(".entry-actions-panel")
    expect(panel.get_by_role("link", name="Reply").or_(panel.get_by_text("Mark as…")).first).to_be_visible()
    assert panel.locator(".entry-actions > .row-actions > *").count() <= 6
    for step in (None, "Mark as…", "More"):
        if step:
            panel.locator("summary", has_text=step).click()
        box, words = panel.bounding_box(), entry.get_by_text("Where is my plan?").bounding_box()
        assert box["y"] + box["height"] <= words["y"]


def test_the_menu_by_touch(browser, server, ada, story: Story, signed_in):
    row = happens(ada, "message", at=timezone.now(), subject="Hello")
    page = signed_in(story.sam)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.url}/customers/{ada.pk}/")
    menu = page.locator(f"#entry-{row.pk}").get_by_role("link", name="Actions")
    box = menu.bounding_box()
    assert box["width"] >= 24
    assert box["height"] >= 24
    menu.click()
    page.get_by_text("Mark as…").click()
    page.get_by_role("button", name=re.compile("complaint")).click()
    expect(page.locator(f"#entry-{row.pk}")).to_contain_text("complaint")


def test_without_javascript(browser, server, ada, story: Story, signed_in):
    thread = ConversationFactory(customer=ada)
    for number in range(70):
        happens(ada, "message", at=timezone.now() - timedelta(days=number), subject=f"Mail {number}",
                conversation_id=thread.pk if number in (3, 4) else None)  # fmt: skip
    cookies = signed_in(story.sam).context.cookies()
    context = browser.new_context(java_script_enabled=False, base_url=server.url)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"/customers/{ada.pk}/")
    page.get_by_label("Search this timeline").fill("mail 12")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_be_visible()
    assert page.locator(".entry").count() == 1
    page.get_by_role("link", name="Clear").click()
    page.get_by_role("link", name="Older").click()
    assert page.locator(".entry").count() == 19
    page.get_by_role("link", name="Newer").click()
    page.locator(".timeline-more summary").click()
    page.get_by_role("link", name="All filters").click()
    page.get_by_label("From").fill(firm_today().isoformat())
    page.get_by_role("button", name="Show").click()
    assert page.locator(".entry").count() == 1
    context.close()
