"""Two customers merged and parted again, in a browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.story import Story
from tests.factories import CustomerFactory, UserFactory, happens, noon

pytestmark = pytest.mark.browser


def test_two_are_merged_and_parted_again(page: Page, server, signed_in, story: Story):
    twin = CustomerFactory(name="I. Duarte", about="Likes tea", tags=["cohort-4"])
    happens(twin, "praise", at=noon(story.champion.since), body="You saved my week")
    desk = signed_in(UserFactory(name="Kim Berg", role="manager"))
    desk.goto(f"{server.url}/customers/{story.champion.pk}/")
    desk.get_by_label("More about this customer").click()
    desk.get_by_role("link", name="Merge with…").click()
    desk.get_by_label("Name or address of the other record").fill("Duarte")
    desk.get_by_role("button", name="Find").click()
    desk.get_by_role("link", name="Compare with I. Duarte").click()
    expect(desk.get_by_role("heading", name="Are they the same customer?")).to_be_visible()
    expect(desk.get_by_role("row", name="Tags")).to_contain_text("cohort-3, cohort-4")
    desk.get_by_role("button", name="Merge them").click()
    expect(desk.get_by_text("I. Duarte was merged into Ines Duarte on")).to_be_visible()

    desk.goto(f"{server.url}/customers/{twin.pk}/")
    expect(desk.get_by_role("heading", name="Ines Duarte", level=1)).to_be_visible()
    expect(desk.locator("#messages")).to_contain_text("I. Duarte was merged into Ines Duarte")
    desk.get_by_label("More about this customer").click()
    desk.get_by_role("link", name="History").click()
    desk.get_by_role("link", name="I. Duarte → Ines Duarte").click()
    desk.get_by_role("link", name="Undo the merge").click()
    expect(desk.get_by_role("heading", name="Undo this merge?")).to_be_visible()
    desk.get_by_role("button", name="Undo the merge").click()
    expect(desk.locator("#messages")).to_contain_text("The merge is undone.")
    desk.goto(f"{server.url}/customers/{twin.pk}/")
    expect(desk.get_by_role("heading", name="I. Duarte", level=1)).to_be_visible()
