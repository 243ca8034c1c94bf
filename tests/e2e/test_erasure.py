"""A customer erased in a browser: counted first, confirmed, gone from search and boards, with a certificate."""

import pytest
from playwright.sync_api import Page, expect

from interactions.models import Erasure
from tests.e2e.story import Story
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.browser


def test_erased_with_a_certificate(page: Page, server, signed_in, story: Story, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    name = story.champion.name
    desk = signed_in(UserFactory(name="Alma Berg", role="admin"))
    desk.goto(f"{server.url}/customers/{story.champion.pk}/")
    desk.get_by_label("More about this customer").click()
    desk.get_by_role("link", name="Their data").click()
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Save everything as a file").click()
    assert download.value.suggested_filename.endswith(".zip")

    desk.get_by_role("link", name="Erase this customer…").click()
    desk.locator("input[type=password]").fill(PASSWORD)
    desk.locator("input[type=password]").press("Enter")
    expect(desk.get_by_role("heading", name="Erase this customer")).to_be_visible()
    expect(desk.get_by_role("row", name="Entries whose text is erased")).to_be_visible()
    desk.get_by_label("Reason").fill(f"{name} asked for it")
    desk.get_by_label("Type the customer's name").fill("Somebody else")
    desk.get_by_role("button", name="Erase for good").click()
    expect(desk.get_by_text("This names them")).to_be_visible()
    expect(desk.get_by_text("This is another name")).to_be_visible()
    desk.get_by_label("Reason").fill("Asked by letter")
    desk.get_by_label("Type the customer's name").fill(name)
    desk.get_by_role("button", name="Erase for good").click()

    expect(desk.get_by_role("row", name="Reason")).to_contain_text("Asked by letter")
    expect(desk.get_by_role("row", name="By", exact=False).filter(has_text="Alma Berg")).to_be_visible()
    expect(desk.locator("main")).to_contain_text("Backups made until")
    expect(desk.locator("main")).not_to_contain_text(name)
    assert Erasure.objects.get().finished_at is not None
    for path in (f"/customers/?q={name}", f"/search/?q={name}", "/health/", "/health/movers/", "/"):
        desk.goto(f"{server.url}{path}")
        expect(desk.get_by_role("link", name=name)).to_have_count(0)
    desk.goto(f"{server.url}/customers/{story.champion.pk}/")
    expect(desk.get_by_role("heading", name="Erased customer", level=1)).to_be_visible()
