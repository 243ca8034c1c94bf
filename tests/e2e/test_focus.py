"""Read, answer, next: the queue and its pane, by keyboard and on a phone."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from customers.models import Commitment
from interactions.actions.promises import miss_overdue
from interactions.models import Conversation, Interaction, Outgoing
from partnership.focus.actions import take
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all
from partnership.staff.models import User
from tests.e2e.by_hand import UNDER_WAY, press, tap, walk
from tests.e2e.story import Story
from tests.e2e.test_accessibility import faults_everywhere
from tests.factories import (
    ContactPointFactory,
    ConversationFactory,
    CustomerFactory,
    UserFactory,
    firm_today,
    happens,
    promise,
)

pytestmark = pytest.mark.browser

WAITING = 12
FIFTY = 50
WIDE = {"width": 1440, "height": 900}


@pytest.fixture
def morning(story: Story) -> Story:
    """Twelve wait for an answer beside Rolf, and we owe five something."""
    now = timezone.now()
    with transaction.atomic():
        for number in range(WAITING):
            ask(number, story.sam)
        for number in range(5):
            customer = CustomerFactory(name=f"Owed {number}", owner=story.sam)
            due_on = firm_today() - timedelta(days=1)
            promise(customer, f"Call {number}", at=now - timedelta(days=9), due_on=due_on, by=story.sam)
    rescore_all(at=now)
    refresh_all(at=now)
    return story


def ask(number: int, owner: User) -> None:
    """Let customer `number` wait for an answer, the lower the longer."""
    customer = CustomerFactory(name=f"Waits {number:02}", owner=owner)
    ContactPointFactory(customer=customer, value=f"waits{number}@example.org")
    thread = ConversationFactory(customer=customer, channel="email", subject=f"Question {number}")
    happens(
        customer, "message", at=timezone.now() - timedelta(days=400 - number), conversation_id=thread.pk,
        channel="email", body=f"Hello,\n\nmay I ask number {number}?",
    )  # fmt: skip


@pytest.fixture
def full(story: Story) -> Story:
    """Each kind of row: a mistake of ours, one taken by a colleague, a refund that waits for a decision."""
    now = timezone.now()
    with transaction.atomic():
        wronged, owed = CustomerFactory(name="Wanda Wronged"), CustomerFactory(name="Otto Owed", owner=story.sam)
        happens(wronged, "mistake", at=now - timedelta(days=1), direction="outbound", by=story.sam, body="Lost a file")
        promise(owed, "Call", at=now - timedelta(days=9), due_on=firm_today(), by=story.sam)
        thread = ConversationFactory(customer=owed, subject="My money")
        happens(owed, "refund_request", at=now - timedelta(days=1), conversation_id=thread.pk, body="Please refund it")
    rescore_all(at=now)
    refresh_all(at=now)
    take(FocusItem.objects.get(customer=owed), by=UserFactory(name="Mara Lind"), at=now)
    return story


def test_axe_finds_nothing_whatever_is_open(full: Story, desk: Page, server):
    """Wide and narrow, light and dark: panes of each kind, the reasons told, a form in its place or refused."""
    desk.goto(f"{server.url}/")
    row(desk, "Otto Owed").first.click()
    expect(desk.get_by_role("link", name="Decide", exact=True)).to_be_visible()
    expect(desk.locator(UNDER_WAY)).to_have_count(0)
    found = {"conversation": faults_everywhere(desk)}
    desk.set_viewport_size(WIDE)
    row(desk, "Wanda Wronged").click()
    expect(pane(desk)).to_contain_text("Recovery open since")
    expect(desk.locator(UNDER_WAY)).to_have_count(0)
    desk.locator(".focus-why summary").click()
    found["item"] = faults_everywhere(desk)
    for form in ("Hand over", "Snooze", "Done"):
        pane(desk).get_by_role("link", name=form).click()
        expect(desk.locator("#focus-form h3")).to_have_text(form)
        found[form] = faults_everywhere(desk)
    desk.locator("#focus-form").get_by_role("button", name="Done").click()
    expect(desk.locator("#focus-form .errorlist")).to_be_visible()
    found["refused"] = faults_everywhere(desk)
    assert not {state: wrong for state, wrong in found.items() if wrong}


def row(page: Page, name: str) -> Locator:
    return page.locator(".queue [data-row]").filter(has_text=name).locator("[data-peek]")


def pane(page: Page) -> Locator:
    return page.locator("#pane")


def is_open(page: Page, name: str) -> None:
    expect(pane(page).get_by_role("heading", level=2)).to_contain_text(name)


def writes_in_the_reply(page: Page, text: str) -> None:
    field = page.get_by_label("What you write to them")
    expect(field).to_be_focused()
    page.keyboard.type(text)
    expect(field).to_have_value(text)


def answers(text: str) -> int:
    return Interaction.objects.filter(direction="outbound", kind="message", body=text).count()


def test_ten_answers_in_a_row_by_keyboard(morning: Story, desk: Page, server):
    """Four strokes each: `j`, `r`, the text, ⌘⏎."""
    desk.goto(f"{server.url}/")
    for number in range(10):
        press(desk, "j")
        is_open(desk, f"Waits {number:02}")
        press(desk, "r")
        writes_in_the_reply(desk, f"Answer {number}")
        press(desk, "ControlOrMeta+Enter")
    is_open(desk, "Waits 10")
    assert [answers(f"Answer {number}") for number in range(10)] == [1] * 10
    assert not Conversation.objects.filter(subject__startswith="Question", waiting_since=None, status="closed").exists()


def test_sent_and_closed_by_keyboard(morning: Story, desk: Page, server):
    desk.goto(f"{server.url}/")
    press(desk, "j", "r")
    writes_in_the_reply(desk, "Done with that.")
    press(desk, "ControlOrMeta+Shift+Enter")
    is_open(desk, "Waits 01")
    assert Conversation.objects.get(subject="Question 0").status == "closed"


def test_who_walks_over_the_queue_reads_and_writes_nothing(morning: Story, desk: Page, server):
    desk.goto(f"{server.url}/")
    for number in range(4):
        press(desk, "j")
        is_open(desk, f"Waits {number:02}")
        expect(desk.get_by_label("What you write to them")).not_to_be_focused()
    press(desk, "k")
    is_open(desk, "Waits 02")
    expect(desk.locator(".queue-rows [aria-current]")).to_contain_text("Waits 02")
    expect(desk.locator(".scopes [aria-current]")).to_have_text("Everybody's")


def test_whatever_is_typed_after_reply_is_the_reply(morning: Story, desk: Page, server):
    """From a row, by `r`, by the button, and on a customer's page; after another was sent, by `r` as at first."""
    desk.goto(f"{server.url}/")
    press(desk, "j", "r")
    writes_in_the_reply(desk, "needs x e 1 d")
    press(desk, "ControlOrMeta+Enter")
    is_open(desk, "Waits 01")
    press(desk, "r")
    writes_in_the_reply(desk, "next e")
    row(desk, "Waits 05").click()
    is_open(desk, "Waits 05")
    writes_in_the_reply(desk, "named e x")
    desk.get_by_label("What you write to them").fill("")
    press(desk, "Escape")
    pane(desk).get_by_role("link", name="Reply").click()
    writes_in_the_reply(desk, "done by the button")
    pane(desk).get_by_role("heading", level=2).get_by_role("link").click()
    desk.wait_for_url("**/customers/**")
    press(desk, "r")
    expect(desk.get_by_label("What you write to them")).to_be_focused()


def test_what_is_told_covers_no_button_of_the_pane(morning: Story, desk: Page, server):
    desk.goto(f"{server.url}/")
    press(desk, "j", "r")
    writes_in_the_reply(desk, "An answer")
    press(desk, "ControlOrMeta+Enter")
    told = desk.locator("#messages .alert").first
    expect(told).to_contain_text("On its way to")
    box = told.bounding_box()
    assert box["x"] + box["width"] <= pane(desk).bounding_box()["x"]


def test_the_lists_of_conversations_take_two_lines(morning: Story, desk: Page, server):
    desk.goto(f"{server.url}/conversations/")
    lists = desk.get_by_role("navigation", name="Lists").get_by_role("link")
    tops = lists.evaluate_all("links => links.map(link => link.offsetTop)")
    assert len(tops) == 10
    assert len(set(tops)) <= 2


def test_a_promise_is_kept_in_one_act(morning: Story, desk: Page, server):
    desk.goto(f"{server.url}/")
    row(desk, "Owed 0").click()
    is_open(desk, "Owed 0")
    pane(desk).get_by_role("button", name="Mark as kept").click()
    expect(desk.locator("#messages")).to_contain_text("The promise is marked as kept.")
    assert Commitment.objects.get(what="Call 0").status == "kept"
    expect(row(desk, "Owed 0")).to_have_count(0)
    desk.locator("#messages").get_by_role("button", name="Undo").click()
    expect(row(desk, "Owed 0")).to_contain_text("Call 0")


def test_on_a_phone_to_the_conversation_and_back_to_the_same_place(morning: Story, elsewhere, server):
    phone = elsewhere(morning.sam, viewport={"width": 390, "height": 844}, has_touch=True)
    phone.goto("/")
    tap(row(phone, "Waits 05"))
    is_open(phone, "Waits 05")
    expect(row(phone, "Waits 05")).to_be_hidden()
    phone.get_by_label("What you write to them").fill("On my way.")
    tap(pane(phone).get_by_role("button", name="Send reply"))
    is_open(phone, "Waits 06")
    tap(phone.get_by_role("link", name="Back to the list"))
    expect(row(phone, "Waits 06")).to_be_visible()
    expect(row(phone, "Waits 05")).to_have_count(0)


def test_on_a_phone_back_to_the_list_is_where_it_was(morning: Story, elsewhere, server):
    phone = elsewhere(morning.sam, viewport={"width": 390, "height": 500}, has_touch=True)
    phone.goto("/")
    row(phone, "Waits 06").scroll_into_view_if_needed()
    phone.evaluate("scrollBy(0, 60)")
    place = phone.evaluate("scrollY")
    assert place > 0
    tap(row(phone, "Waits 06"))
    is_open(phone, "Waits 06")
    expect(phone.get_by_label("What you write to them")).to_be_focused()
    assert phone.evaluate("scrollY") == 0
    tap(phone.get_by_role("link", name="Back to the list"))
    expect(row(phone, "Waits 06")).to_be_visible()
    phone.wait_for_function("place => scrollY === place", arg=place)


def test_on_a_phone_a_partnership_opens_at_its_top(morning: Story, elsewhere, server):
    phone = elsewhere(morning.sam, viewport={"width": 390, "height": 500}, has_touch=True)
    phone.goto("/")
    tap(row(phone, "Owed 0"))
    is_open(phone, "Owed 0")
    expect(phone.locator(UNDER_WAY)).to_have_count(0)
    assert phone.evaluate("scrollY") == 0
    expect(pane(phone).get_by_role("button", name="Mark as kept")).to_be_in_viewport()
    expect(phone.locator("#composer :focus")).to_have_count(0)


def test_down_a_lane_that_has_more_comes_more_of_it(morning: Story, desk: Page, server):
    desk.goto(f"{server.url}/")
    expect(row(desk, "Waits 11")).to_have_count(0)
    for number in range(WAITING):
        press(desk, "j")
        expect(desk.locator("[data-row]:focus")).to_contain_text(f"Waits {number:02}")


def test_two_on_one_queue_answer_each_once(morning: Story, desk: Page, elsewhere, server):
    """In turn, each what is open, fifty of them: none is answered twice unread, none is left."""
    with transaction.atomic():
        for number in range(WAITING, FIFTY):
            ask(number, morning.sam)
    other = elsewhere(UserFactory(name="Mara Lind"))
    sent = Interaction.objects.filter(direction="outbound", kind="message", body__startswith="To Waits")
    for page in (desk, other):
        page.goto(f"{server.url}/")
        press(page, "j", "r")
    refused = 0
    for turn in range(4 * FIFTY):
        page = (desk, other)[turn % 2]
        name = pane(page).get_by_role("heading", level=2).get_by_role("link").inner_text()
        if not name.startswith("Waits"):
            break
        page.get_by_label("What you write to them").fill(f"To {name}")
        press(page, "ControlOrMeta+Enter")
        expect(page.get_by_text("On its way to").or_(page.get_by_text("answered at")).first).to_be_visible()
        if page.get_by_text("answered at").count():  # a colleague was first: nothing to add
            refused += 1
            page.goto(f"{server.url}/")
            press(page, "j", "r")
        else:
            expect(page.get_by_label("What you write to them")).to_have_value("")
    assert sorted(sent.values_list("body", flat=True)) == [f"To Waits {number:02}" for number in range(FIFTY)]
    assert refused


def test_new_ones_and_what_colleagues_did_appear_by_themselves(morning: Story, desk: Page, server):
    desk.clock.install()
    desk.goto(f"{server.url}/")
    press(desk, "j", "j")
    with transaction.atomic():
        customer = CustomerFactory(name="Newcomer", owner=morning.sam)
        thread = ConversationFactory(customer=customer, subject="News")
        happens(customer, "message", at=timezone.now() - timedelta(days=500), conversation_id=thread.pk)
        Conversation.objects.filter(subject="Question 2").update(status="closed")
    desk.clock.run_for(21_000)
    expect(row(desk, "Newcomer")).to_be_visible()
    expect(row(desk, "Waits 02")).to_have_count(0)
    expect(desk.locator("#queue-lanes [data-row]:focus")).to_contain_text("Waits 01")


def test_handed_over_by_keyboard_the_colleague_is_told(full: Story, desk: Page, server, elsewhere):
    mara = User.objects.get(name="Mara Lind")
    desk.goto(f"{server.url}/")
    walk(desk, desk.locator("[id^=item-]").filter(has_text="Wanda Wronged"))
    is_open(desk, "Wanda Wronged")
    press(desk, "h")
    expect(desk.get_by_label("Colleague")).to_be_focused()
    desk.keyboard.type("Mara")
    press(desk, "Tab", "Enter")
    expect(desk.locator("#messages")).to_contain_text("Handed over.")
    assert FocusItem.objects.get(customer__name="Wanda Wronged").taken_by == mara
    inbox = elsewhere(mara)
    inbox.goto("/notifications/")
    inbox.get_by_role("link", name="a customer in Focus was handed over to you").press("Enter")
    expect(inbox.get_by_role("heading", level=1)).to_contain_text("Wanda Wronged")
    expect(inbox.locator("main")).to_contain_text("Lost a file")


def test_five_done_by_keyboard(morning: Story, desk: Page, server):
    desk.goto(f"{server.url}/")
    walk(desk, desk.locator("[id^=item-]").first)
    for _ in range(5):
        press(desk, "Escape", "e")
        expect(desk.get_by_label("What came of it")).to_be_focused()
        desk.keyboard.type("Talked")
        press(desk, "Enter")
        expect(desk.locator("#focus-form")).to_have_count(0)
    assert FocusItem.objects.filter(state="done", outcome="Talked").count() == 5


def test_a_reply_that_is_a_page_of_its_own_takes_what_is_typed(morning: Story, desk: Page, server):
    """By the link and the key of a conversation, from an entry's menu, and by its address."""
    thread = Conversation.objects.get(subject="Question 3")
    ways = {
        "link n x": lambda: desk.get_by_role("link", name="Reply").first.click(),
        "key n x": lambda: press(desk, "r"),
        "address n x": lambda: desk.goto(f"{server.url}{thread.customer.get_absolute_url()}replies/"),
    }
    for text, go in ways.items():
        desk.goto(f"{server.url}/conversations/{thread.pk}/")
        go()
        desk.wait_for_url("**/replies/**")
        expect(desk.get_by_label("What you write to them")).to_be_focused()
        desk.get_by_label("What you write to them").fill("")
        writes_in_the_reply(desk, text)


def test_a_promise_that_is_overdue_gets_a_new_date(morning: Story, desk: Page, server):
    """The miss stands; the reason is gone with it."""
    miss_overdue(at=timezone.now())
    refresh_all(at=timezone.now())
    missed = Commitment.objects.get(what="Call 1")
    assert missed.status == "missed"
    desk.goto(f"{server.url}/")
    row(desk, "Owed 1").click()
    is_open(desk, "Owed 1")
    expect(pane(desk).get_by_role("button", name="Mark as kept")).to_be_visible()
    expect(pane(desk)).to_contain_text("Our promise: Call 1")
    pane(desk).get_by_role("link", name="Agree on a new date").click()
    desk.get_by_label("New date").fill(str(firm_today() + timedelta(days=3)))
    desk.get_by_role("button", name="Agree on date").click()
    expect(desk.locator("#messages")).to_contain_text("A new date is agreed on.")
    missed.refresh_from_db()
    assert missed.status == "released"
    assert set(missed.interactions.values_list("kind", flat=True)) == {
        "commitment_made", "commitment_missed", "commitment_released"
    }  # fmt: skip
    assert Commitment.objects.filter(what="Call 1", status="open").exists()


def test_an_answer_on_its_way_leaves_the_address_alone(morning: Story, desk: Page, server):
    thread = Conversation.objects.get(subject="Question 2")
    sent = happens(
        thread.customer, "message", at=timezone.now(), by=morning.sam, direction="outbound", channel="email",
        conversation_id=thread.pk, body="Here it is.",
    )  # fmt: skip
    Outgoing.objects.create(interaction=sent, to=["waits2@example.org"], message_id="<2@x>", queued_at=timezone.now())
    desk.goto(f"{server.url}/conversations/?list=sent&conversation={thread.pk}")
    expect(pane(desk).locator(".outgoing-queued")).to_be_visible()
    address = desk.url
    with desk.expect_response("**/outgoing/"):
        pass
    expect(desk.locator(UNDER_WAY)).to_have_count(0)
    assert desk.url == address
