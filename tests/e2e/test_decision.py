"""Deciding on a refund in a real browser: a no with an alternative."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from interactions.models import Interaction, Outgoing
from tests.e2e.story import Story
from tests.e2e.test_accessibility import faults_everywhere
from tests.factories import ConversationFactory, happens

pytestmark = pytest.mark.browser


@pytest.fixture
def refund(story: Story) -> Interaction:
    ines = story.champion
    thread = ConversationFactory(customer=ines, subject="The evening course")
    happens(ines, "mistake", at=timezone.now(), by=story.sam, direction="outbound", body="We sent the wrong bill.")
    return happens(ines, "message", at=timezone.now(), conversation_id=thread.pk, subject="The evening course",
                   body="I could not come. May I have my money back?", amount="90.00", currency="EUR")  # fmt: skip


def test_a_no_with_an_alternative(desk: Page, server, story: Story, refund: Interaction, visit: Callable[[str], None]):
    visit(f"/customers/{refund.customer_id}/entries/{refund.pk}/")
    desk.get_by_text("Mark as…").click()
    desk.get_by_role("button", name="refund request").click()
    desk.locator("#timeline, .timeline").get_by_role("link", name="Decide on it").click()
    expect(desk.get_by_role("heading", name="They ask for a refund")).to_be_visible()
    expect(desk.get_by_text("Open recovery of a mistake of ours")).to_be_visible()
    assert not faults_everywhere(desk)
    desk.get_by_role("navigation", name="Your answer").get_by_role("link", name="Decline").click()
    desk.get_by_label("Why we decline").fill("The place was **kept free** for you.")
    desk.get_by_role("button", name="Decline").click()
    expect(desk.locator(".errorlist")).to_have_text("This field is required.")
    desk.get_by_label("What we offer instead").fill("The same course in June, without paying again.")
    desk.get_by_role("button", name="Preview").click()
    expect(desk.locator(".composer-preview strong")).to_have_text("kept free")
    assert not faults_everywhere(desk)
    assert not Outgoing.objects.exists()
    desk.get_by_role("button", name="Decline").click()
    expect(desk.get_by_role("heading", name="declined")).to_be_visible()
    mail = Outgoing.objects.get()
    assert (mail.to, mail.interaction.kind, mail.interaction.author) == (["ines@example.org"], "decline", story.sam)
    assert not faults_everywhere(desk)
    visit(story.champion.get_absolute_url())
    expect(desk.locator("#timeline")).to_contain_text(re.compile(r"\bdecline\b"))


def test_a_mistake_is_owned_and_seen_to(desk: Page, story: Story, visit: Callable[[str], None]):
    visit(story.loud.get_absolute_url())
    desk.locator("#composer summary").click()
    desk.get_by_role("navigation", name="What to write").get_by_role("link", name="Mistake of ours").click()
    desk.get_by_label("What happened").fill("Nobody came to the lesson.")
    desk.get_by_role("button", name="Record mistake of ours").click()
    desk.locator("#open-recoveries").get_by_role("link", name="Recovery open since").click()
    desk.get_by_label("What we did about it").fill("Called, and came the next day.")
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator("#messages")).to_contain_text("Saved.")
    assert not faults_everywhere(desk)
    visit("/recoveries/")
    assert not faults_everywhere(desk)
    assert list(Interaction.objects.filter(kind="recovery").values_list("body", flat=True)) == [
        "Called, and came the next day."
    ]


@pytest.fixture
def visit(desk: Page, server) -> Callable[[str], None]:
    desk.route("**/news/**", lambda route: route.fulfill(status=204))
    return lambda address: desk.goto(f"{server.url}{address}") and None
