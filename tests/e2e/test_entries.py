"""One entry in the browser: its menu, a mail as it was sent, deletion and undo, its history, the wall."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from interactions.actions.entries import edit_entry
from interactions.models import Interaction
from partnership.desk.wall import share
from tests.e2e.story import Story
from tests.e2e.test_accessibility import faults
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
    desk.get_by_role("button", name="Delete it").click()
    expect(desk.get_by_text("Not hers")).to_be_visible()
    expect(desk.get_by_text("Likes tea")).to_have_count(0)
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("Likes tea")).to_be_visible()
    assert Interaction.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_screen_is_accessible(desk: Page, server, story: Story, letter: Interaction, scheme: str, width: int):
    desk.emulate_media(color_scheme=scheme)
    desk.set_viewport_size({"width": width, "height": 900})
    note = happens(story.champion, "note", at=timezone.now(), direction="internal", by=story.sam, body="Likes tea")
    found = {"empty wall": faults_at(desk, f"{server.url}/wall/")}
    found["no history"] = faults_at(desk, at(server, note, "history/"))
    edit_entry(note, by=story.sam, body="Likes coffee")
    share(letter, words="Read this", by=story.sam, at=timezone.now())
    for action in ("", "edit/", "deletion/", "history/", "wall/"):
        found[action or "entry"] = faults_at(desk, at(server, note, action))
    found["mail"] = faults_at(desk, at(server, letter, "?show=sent"))
    found["wall"] = faults_at(desk, f"{server.url}/wall/")
    found["history of all"] = faults_at(desk, f"{server.url}{story.champion.get_absolute_url()}history/")
    desk.goto(f"{server.url}{story.champion.get_absolute_url()}")
    desk.locator(f"#entry-{letter.pk}").get_by_role("link", name="Actions").click()
    desk.get_by_role("button", name="complaint").wait_for()
    found["menu"] = faults(desk)
    assert not {name: wrong for name, wrong in found.items() if wrong}


def faults_at(page: Page, address: str) -> list[str]:
    page.goto(address)
    return faults(page)
