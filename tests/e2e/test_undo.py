"""What was done is taken back by the message at the screen's edge, wherever one stands."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from customers.models import Commitment, Customer, Goal
from interactions.models import Conversation, Interaction
from partnership.desk.models import Draft, WallPost
from partnership.scoring.models import TierPin
from tests.e2e.story import Story
from tests.factories import ConversationFactory, UserFactory, firm_today, happens

pytestmark = pytest.mark.browser


def undo(desk: Page, said: str) -> None:
    """Press Undo in the message that says so, and wait for the page that tells it is done."""
    message = desk.locator("#messages .alert").filter(has_text=said)
    message.get_by_role("button", name="Undo").click()
    expect(message).to_have_count(0)
    expect(desk.locator("#messages .alert").first).to_be_visible()


def at(server, customer: Customer, what: str = "") -> str:
    return f"{server.url}{customer.get_absolute_url()}{what}"


def test_a_promise_kept_and_one_released(desk: Page, server, story: Story):
    ours = Commitment.objects.get(what="Read the draft offer")
    desk.goto(at(server, story.champion))
    desk.get_by_role("button", name="Mark as kept: Read the draft offer").click()
    undo(desk, "marked as kept")
    expect(desk.get_by_role("button", name="Mark as kept: Read the draft offer")).to_be_visible()
    ours.refresh_from_db()
    assert ours.status == "open"
    desk.get_by_label("More about: Read the draft offer").click()
    desk.get_by_role("link", name="Release", exact=True).click()
    desk.get_by_role("button", name="Release promise").click()
    undo(desk, "released")
    ours.refresh_from_db()
    assert (ours.status, ours.interactions.count()) == ("open", 1)


def test_a_goal_below_its_target_is_asked_for_and_taken_back(desk: Page, server, story: Story):
    desk.goto(at(server, story.champion))
    desk.get_by_role("link", name="Mark as achieved: First ten paying clients").click()
    goals = desk.locator("#goals")
    expect(goals).to_contain_text("They are at 6 of 10 clients. Mark as achieved anyway?")
    goals.get_by_role("button", name="Mark as achieved").click()
    undo(desk, "Congratulate them")
    expect(desk.get_by_role("link", name="Mark as achieved: First ten paying clients")).to_be_visible()
    assert Goal.objects.get().status == "active"


def test_a_thread_split_joined_and_moved(desk: Page, server, story: Story):
    thread = story.loud.conversations.get()
    middle = thread.interactions.order_by("occurred_at")[4]
    desk.goto(f"{at(server, story.loud)}entries/{middle.pk}/")
    desk.locator(".entry-step").filter(has_text="Split the conversation here").locator("summary").click()
    desk.get_by_role("button", name="Split the conversation here").click()
    expect(desk).to_have_url(re.compile("/conversations/"))
    undo(desk, "a conversation of its own")
    expect(desk).to_have_url(f"{server.url}/conversations/{thread.pk}/")
    assert Conversation.objects.filter(customer=story.loud).count() == 1
    other = ConversationFactory(customer=story.loud, subject="Another matter")
    desk.goto(f"{server.url}/conversations/{thread.pk}/joining/")
    desk.get_by_label("Join it to").select_option(str(other.pk))
    desk.get_by_role("button", name="Join").click()
    undo(desk, "conversations are joined")
    thread.refresh_from_db()
    assert (thread.joined_into, thread.interactions.count()) == (None, 9)
    desk.goto(f"{server.url}/conversations/{thread.pk}/move/?q=Ines")
    desk.get_by_role("button", name="Move it to Ines Duarte").click()
    undo(desk, "moved to Ines Duarte")
    thread.refresh_from_db()
    assert thread.customer == story.loud


def test_taking_over_and_giving_back(desk: Page, server, story: Story):
    thread = story.loud.conversations.get()
    Conversation.objects.update(assignee=UserFactory(name="Mara Lind"))
    desk.goto(f"{server.url}/conversations/{thread.pk}/")
    desk.get_by_role("button", name="Take over").click()
    bar = desk.get_by_role("region", name="This conversation")
    expect(bar).to_contain_text("Sam Rivera")
    undo(desk, "Assigned to you")
    expect(bar.locator("dd").filter(has_text="Mara Lind")).to_be_visible()


@pytest.mark.parametrize("action", ["Add tag", "Assign owner"])
def test_many_customers_changed(desk: Page, server, story: Story, action: str):
    before = list(Customer.objects.order_by("pk").values("owner", "tags"))
    desk.goto(f"{server.url}/customers/")
    for name in ("Ines Duarte", "Rolf Brandt"):
        desk.get_by_label(f"Choose {name}").check()
    desk.get_by_role("button", name=action).click()
    if action == "Add tag":
        desk.get_by_label("Tag").fill("vip")
    desk.get_by_role("button", name="Change 2 customers").click()
    undo(desk, "2 customers changed")
    expect(desk.locator("#messages")).to_contain_text("2 customers are as before.")
    assert list(Customer.objects.order_by("pk").values("owner", "tags")) == before


def test_an_entry_deleted_pinned_and_on_the_wall(desk: Page, server, story: Story):
    row = happens(story.champion, "note", at=timezone.now(), direction="internal", by=story.sam, body="Likes tea")
    url = f"{at(server, story.champion)}entries/{row.pk}/"
    desk.goto(f"{url}deletion/")
    desk.get_by_label("Why").fill("Not hers")
    desk.get_by_role("button", name="Delete entry").click()
    undo(desk, "The entry is deleted")
    expect(desk.get_by_text("Likes tea")).to_be_visible()
    desk.goto(at(server, story.champion))
    line = desk.locator(f"#entry-{row.pk}")
    line.get_by_role("link", name="Actions").click()
    line.get_by_role("button", name="Pin on top").click()
    expect(desk.locator("#pinned-entries")).to_contain_text("Likes tea")
    undo(desk, "It is pinned on top")
    expect(desk.locator("#pinned-entries")).not_to_contain_text("Likes tea")
    desk.goto(f"{url}wall/")
    desk.get_by_role("button", name="Share").click()
    undo(desk, "It is on the wall")
    assert not WallPost.objects.exists()
    assert Interaction.objects.filter(pk=row.pk, pinned=False).exists()


def test_a_pinned_tier(page: Page, server, signed_in, story: Story):
    desk = signed_in(UserFactory(role="manager"))
    desk.goto(at(server, story.champion))
    desk.get_by_role("link", name="Pin the tier").click()
    pin = desk.locator("#pin")
    pin.get_by_label("Tier").select_option(label="Champion")
    pin.get_by_label("Why").fill("They built it with us")
    pin.get_by_role("button", name="Pin").click()
    undo(desk, "Pinned.")
    expect(desk.get_by_role("link", name="Pin the tier")).to_be_visible()
    assert not TierPin.objects.exists()


def test_what_the_page_counts_is_true_after_every_act(desk: Page, server, story: Story):
    """The head and the right column follow what was done in other parts of the page."""
    desk.goto(at(server, story.owed))
    owed = desk.locator("#overdue-promises")
    expect(owed).to_contain_text("We owe 1 promise past its date")
    expect(desk.locator("#customer-facts")).to_contain_text("never contacted")
    desk.get_by_role("button", name="Mark as kept: Send the corrected invoice").click()
    expect(owed).not_to_contain_text("We owe")
    desk.goto(f"{at(server, story.owed)}calls/")
    desk.get_by_label("What was said").fill("She is happy")
    desk.get_by_role("button", name="Log call").click()
    today = firm_today()
    expect(desk.locator("#customer-facts")).to_contain_text(f"last contacted {today.day} ")


def test_two_windows_of_one_draft(desk: Page, server, story: Story):
    url = f"{at(server, story.champion)}notes/"
    other = desk.context.new_page()
    for window in (desk, other):
        window.goto(url)
    other.locator("#composer textarea").first.fill("From the other window")
    expect(other.locator(".composer-state")).to_have_text("Draft saved")
    desk.locator("#composer textarea").first.fill("From this window")
    conflict = desk.locator(".composer-conflict")
    expect(conflict).to_contain_text("You wrote this in another window at")
    assert Draft.objects.get().fields["body"] == "From the other window"
    conflict.get_by_role("button", name="Keep what stands here").click()
    expect(conflict).to_have_count(0)
    expect(desk.locator(".composer-state")).to_have_text("Draft saved")
    assert Draft.objects.get().fields["body"] == "From this window"
    other.locator("#composer textarea").first.fill("From the other window again")
    other.locator(".composer-conflict").get_by_role("link", name="Show the other text").click()
    expect(other.locator("#composer textarea").first).to_have_value("From this window")
    other.close()


def test_my_promises_and_my_drafts(desk: Page, server, story: Story):
    saved_at = timezone.now() - timedelta(hours=1)
    Draft.objects.create(
        user=story.sam, customer=story.loud, tab="notes", fields={"body": "Half a word"}, saved_at=saved_at
    )
    desk.goto(f"{server.url}/promises/")
    desk.get_by_role("button", name="Mark as kept: Read the draft offer").click()
    expect(desk.get_by_role("button", name="Mark as kept: Read the draft offer")).to_have_count(0)
    undo(desk, "marked as kept")
    expect(desk.get_by_role("button", name="Mark as kept: Read the draft offer")).to_be_visible()
    desk.goto(f"{server.url}/drafts/")
    desk.get_by_role("button", name="Discard the draft").click()
    undo(desk, "The draft is discarded")
    expect(desk.get_by_text("Half a word")).to_be_visible()
