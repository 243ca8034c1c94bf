"""One entry in the browser: its menu, a mail as it was sent, deletion and undo, its history, the wall."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from interactions.models import Interaction
from tests.e2e.story import Story
from tests.e2e.test_accessibility import faults_everywhere
from tests.factories import happens

pytestmark = pytest.mark.browser

MAIL = """<h2>Dear all</h2><p>Pay at <a href="https://evil.example/">www.bank.example</a></p>
<img data-remote-src="https://127.0.0.1:9/x.gif" alt="Banner"><script>document.title = "owned"</script>"""


@pytest.fixture
def letter(story: Story) -> Interaction:
    return happens(
        story.champion, "message", at=timezone.now(), subject="Hello", body="Dear all", html=MAIL, source="mail"
    )


def at(server, row: Interaction, action: str = "") -> str:
    return f"{server.url}/customers/{row.customer_id}/entries/{row.pk}/{action}"


def test_a_mail_as_it_was_sent(desk: Page, server, letter: Interaction):
    desk.goto(f"{server.url}{letter.customer.get_absolute_url()}")
    desk.locator(f"#entry-{letter.pk}").get_by_role("link", name="Show as sent").click()
    mail = desk.frame_locator(f"#entry-{letter.pk} iframe")
    expect(mail.get_by_role("heading", name="Dear all")).to_be_visible()
    expect(mail.get_by_text("[evil.example]")).to_be_visible()
    expect(mail.get_by_text("Banner")).to_be_visible()
    assert mail.locator("img").count() == 0
    desk.route("https://127.0.0.1:9/**", lambda route: route.fulfill(body="", content_type="image/gif"))
    with desk.expect_request("https://127.0.0.1:9/x.gif"):
        mail.get_by_role("link", name="Show pictures").click()
    expect(desk).to_have_url(re.compile(r"show=pictures"))
    assert "owned" not in desk.title()


def test_marking_from_the_menu_without_a_reload(desk: Page, server, letter: Interaction):
    desk.goto(f"{server.url}{letter.customer.get_absolute_url()}")
    desk.evaluate("window.stays = true")
    row = desk.locator(f"#entry-{letter.pk}")
    row.get_by_role("link", name="Actions").click()
    row.get_by_text("Mark as…").click()
    row.get_by_role("button", name="complaint").click()
    expect(row.locator(".entry-head")).to_contain_text("complaint")
    assert desk.evaluate("window.stays")
    letter.refresh_from_db()
    assert letter.kind == "complaint"


def test_deleting_by_mistake_and_undoing_it(desk: Page, server, story: Story):
    row = happens(story.champion, "note", at=timezone.now(), direction="internal", by=story.sam, body="Likes tea")
    desk.goto(at(server, row))
    desk.get_by_role("link", name="Delete").click()
    desk.get_by_label("Why").fill("Not hers")
    desk.get_by_role("button", name="Delete entry").click()
    expect(desk.get_by_text("Not hers")).to_be_visible()
    expect(desk.get_by_text("Likes tea")).to_have_count(0)
    desk.locator(".entry-trace").get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("Likes tea")).to_be_visible()
    assert Interaction.objects.filter(pk=row.pk).exists()


def test_what_opens_and_what_is_empty_is_accessible(desk: Page, server, story: Story, letter: Interaction):
    """The screens themselves are in test_accessibility."""
    desk.goto(f"{server.url}/wall/")
    assert not faults_everywhere(desk)
    desk.goto(at(server, letter, "history/"))
    assert not faults_everywhere(desk)
    desk.goto(f"{server.url}{story.champion.get_absolute_url()}")
    desk.locator(f"#entry-{letter.pk}").get_by_role("link", name="Actions").click()
    desk.get_by_text("Mark as…").click()
    desk.get_by_role("button", name="complaint").wait_for()
    assert not faults_everywhere(desk)
