"""What is typed before its field is there: the server's answers are held until it was typed, and nothing of it is lost
or acts."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from interactions.models import Conversation, Interaction
from partnership.desk.models import Draft
from partnership.focus.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all
from tests.e2e.by_hand import UNDER_WAY, press
from tests.e2e.story import Story
from tests.factories import ContactPointFactory, ConversationFactory, CustomerFactory, firm_today, happens, promise

if TYPE_CHECKING:
    from re import Pattern

pytestmark = pytest.mark.browser

TYPED = "zeoh 1d Answer"
"""Each letter means something to whoever reads."""


@pytest.fixture
def morning(story: Story) -> Story:
    """Three wait for an answer before all others."""
    now = timezone.now()
    with transaction.atomic():
        for number in range(3):
            customer = CustomerFactory(name=f"Waits {number}", owner=story.sam)
            ContactPointFactory(customer=customer, value=f"waits{number}@example.org")
            thread = ConversationFactory(customer=customer, channel="email", subject=f"Question {number}")
            at = now - timedelta(days=400 - number)
            happens(customer, "message", at=at, conversation_id=thread.pk, channel="email", body="May I ask?")
    rescore_all(at=now)
    refresh_all(at=now)
    return story


@contextmanager
def held(page: Page, url: "str | Pattern[str]") -> Iterator[None]:
    """Answer requests for this URL once the block is through."""
    routes: list[Route] = []
    page.route(url, lambda route: routes.append(route))
    yield
    assert routes
    page.route(url, lambda route: route.continue_())
    for route in routes:
        route.continue_()


def asked(page: Page, url: str) -> AbstractContextManager[object]:
    return page.expect_request(url)


def reply(page: Page) -> Locator:
    return page.get_by_label("What you write to them")


def is_open(page: Page, name: str) -> None:
    expect(page.locator("#pane").get_by_role("heading", level=2)).to_contain_text(name)
    expect(page.locator(UNDER_WAY)).to_have_count(0)


def says(page: Page, text: str) -> None:
    """The reply, and nothing but the reply."""
    expect(reply(page)).to_be_focused()
    expect(reply(page)).to_have_value(text)
    expect(page.locator("#pane-panel form")).to_have_count(0)
    expect(page.locator(".typed-ahead")).to_have_count(0)


@pytest.fixture(params=["/", "/conversations/?list=waiting"], ids=["focus", "conversations"])
def queue(request: pytest.FixtureRequest, morning: Story, desk: Page, server) -> Page:
    desk.goto(f"{server.url}{request.param}")
    return desk


def test_a_reply_begun_while_the_pane_loads(queue: Page):
    press(queue, "j")
    is_open(queue, "Waits 0")
    place = queue.url.partition("?")[0]
    with held(queue, "**conversation=*"):
        with asked(queue, "**conversation=*"):
            queue.keyboard.press("j")
        queue.keyboard.press("z")
        queue.keyboard.press("r")
        queue.keyboard.type(TYPED + "e")
        queue.keyboard.press("Backspace")
        queue.keyboard.press("Enter")
        queue.keyboard.type("Second line")
    is_open(queue, "Waits 1")
    says(queue, f"{TYPED}\nSecond line")
    queue.keyboard.type(", whole")
    says(queue, f"{TYPED}\nSecond line, whole")
    assert queue.url.partition("?")[0] == place


def test_a_row_that_is_clicked_is_written_to_before_it_is_there(queue: Page):
    with held(queue, "**conversation=*"):
        queue.locator("[data-row]").filter(has_text="Waits 2").locator("[data-peek]").click()
        queue.keyboard.type(TYPED)
    is_open(queue, "Waits 2")
    says(queue, TYPED)


def test_escape_drops_it_and_the_pane_is_read(queue: Page):
    with held(queue, "**conversation=*"):
        queue.keyboard.press("j")
        queue.keyboard.press("r")
        queue.keyboard.type("Never mind")
        queue.keyboard.press("Escape")
        queue.keyboard.press("z")
    is_open(queue, "Waits 0")
    expect(reply(queue)).to_have_value("")
    expect(reply(queue)).not_to_be_focused()
    expect(queue.locator("#pane-panel form")).to_have_count(0)


def test_after_five_seconds_without_a_key_it_is_dropped(morning: Story, desk: Page, server):
    desk.clock.install()
    desk.goto(f"{server.url}/")
    with held(desk, "**conversation=*"):
        desk.keyboard.press("j")
        desk.keyboard.press("r")
        for letter in "slow":
            desk.clock.run_for(4_900)
            desk.keyboard.type(letter)
        expect(desk.locator(".typed-ahead")).to_have_value("slow")
        desk.clock.run_for(5_100)
        expect(desk.locator(".typed-ahead")).to_have_count(0)


@pytest.mark.parametrize("habit", ["jr", "r"])
def test_four_strokes_to_the_next_customer_however_slow_the_server(queue: Page, habit: str):
    """After Send as at first: the next one is read until `r`, and `j` before it changes nothing."""
    for key in habit:
        press(queue, key)
    for number in range(2):
        is_open(queue, f"Waits {number}")
        queue.keyboard.type(f"Answer {number}")
        says(queue, f"Answer {number}")
        with held(queue, "**conversation=*"):
            with asked(queue, "**conversation=*"):
                queue.keyboard.press("ControlOrMeta+Enter")
            for key in habit:
                queue.keyboard.press(key)
            queue.keyboard.type("zeo")
        is_open(queue, f"Waits {number + 1}")
        says(queue, "zeo")
        reply(queue).fill("")
    sent = Interaction.objects.filter(direction="outbound", kind="message", body__startswith="Answer")
    assert sorted(sent.values_list("body", flat=True)) == ["Answer 0", "Answer 1"]
    assert not Draft.objects.filter(fields__icontains="jr").exists()
    assert Conversation.objects.filter(subject__startswith="Question", status="closed").count() == 0


def test_the_one_that_follows_is_read_first(queue: Page):
    press(queue, "j", "r")
    queue.keyboard.type("Answer")
    press(queue, "ControlOrMeta+Enter")
    is_open(queue, "Waits 1")
    expect(reply(queue)).not_to_be_focused()
    press(queue, "j")
    is_open(queue, "Waits 1")
    press(queue, "r")
    queue.keyboard.type("Next")
    says(queue, "Next")


def test_a_reply_that_is_refused_is_in_hand_again(morning: Story, desk: Page, server):
    desk.goto(f"{server.url}/")
    press(desk, "j", "r", "ControlOrMeta+Enter")
    expect(desk.locator("#composer .errorlist")).to_be_visible()
    expect(reply(desk)).to_be_focused()


# --- the customer's page ---


@pytest.fixture
def ines(desk: Page, server, story: Story) -> Page:
    thread = ConversationFactory(customer=story.champion, subject="The offer")
    happens(story.champion, "question", at=timezone.now(), conversation_id=thread.pk, subject="The offer")
    desk.goto(f"{server.url}{story.champion.get_absolute_url()}")
    expect(desk.locator(UNDER_WAY)).to_have_count(0)
    return desk


def through_the_menu(page: Page) -> None:
    page.locator("#line .entry-menu").first.click()
    page.locator(".entry-actions").get_by_role("link", name="Reply").click(no_wait_after=True)


def through_the_palette(page: Page) -> None:
    page.keyboard.press("ControlOrMeta+k")
    page.keyboard.type("reply")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Reply ·")
    page.keyboard.press("Enter")


WAYS = {
    "key": lambda page: page.keyboard.press("r"),
    "head": lambda page: page.locator(".customer-reply").click(),
    "composer": lambda page: page.locator("#composer").get_by_role("link", name="Reply").click(),
    "menu": through_the_menu,
    "palette": through_the_palette,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_reply_on_the_customers_page(ines: Page, way: str):
    with held(ines, "**/replies/**"):
        with asked(ines, "**/replies/**"):
            WAYS[way](ines)
        ines.keyboard.type(TYPED)
    expect(reply(ines)).to_have_value(TYPED)
    expect(reply(ines)).to_be_focused()


@pytest.mark.parametrize(("key", "label"), [("n", "Note"), ("l", "Call"), ("p", "What")])
def test_whatever_else_is_written(ines: Page, key: str, label: str):
    with held(ines, "**/customers/*/*/"):
        ines.keyboard.press(key)
        ines.keyboard.type(TYPED)
    expect(ines.locator("#composer :focus")).to_have_value(TYPED)


def test_what_is_typed_before_the_scripts_of_a_page_run(ines: Page):
    """The page that the palette leads to is there, its scripts are not."""
    through = "**/partnership/js/app*.js"
    with held(ines, through):
        through_the_palette(ines)
        ines.wait_for_url("**/replies/**", wait_until="commit")
        expect(reply(ines)).to_be_visible()
        ines.keyboard.type(TYPED)
    expect(reply(ines)).to_have_value(TYPED)
    ines.keyboard.type(", whole")
    expect(reply(ines)).to_have_value(f"{TYPED}, whole")
    assert ines.evaluate("sessionStorage.getItem('typed-ahead')") is None


def test_escape_on_the_customers_page_drops_it(ines: Page):
    with held(ines, "**/notes/"):
        ines.keyboard.press("n")
        ines.keyboard.type("Never mind")
        ines.keyboard.press("Escape")
    expect(ines.get_by_label("Note", exact=True)).to_have_value("")
    expect(ines.get_by_label("Note", exact=True)).not_to_be_focused()


# --- other forms ---


def test_a_new_date_begins_in_its_field(morning: Story, desk: Page, server):
    customer = CustomerFactory(name="Otto Owed", owner=morning.sam)
    now = timezone.now()
    promise(customer, "Call", at=now - timedelta(days=9), due_on=firm_today(), by=morning.sam)
    rescore_all(at=now)
    refresh_all(at=now)
    desk.goto(f"{server.url}/")
    desk.locator("[data-row]").filter(has_text="Otto Owed").locator("[data-peek]").click()
    is_open(desk, "Otto Owed")
    press(desk, "Escape", "t")
    expect(desk.get_by_label("New date")).to_be_focused()
    desk.goto(f"{server.url}{customer.get_absolute_url()}")
    desk.get_by_label("More about: Call").click()
    desk.locator("#promises").get_by_role("link", name="Agree on a new date").click()
    expect(desk.get_by_label("New date")).to_be_focused()


def test_a_new_customer_begins_with_the_name(desk: Page, server):
    desk.goto(f"{server.url}/customers/new/")
    expect(desk.get_by_label("Name", exact=True)).to_be_focused()
