"""An admin defines a choice, a colleague fills it in, filters the list by it, saves the view and takes it out."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from customers.models import Customer, CustomField
from tests.e2e.story import Story
from tests.e2e.test_accessibility import faults
from tests.factories import UserFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def admin(story: Story, elsewhere: Any) -> Page:
    return elsewhere(UserFactory(name="Ada Okafor", role="admin", is_staff=True))


def define(page: Page, label: str, kind: str, *, choices: str = "") -> None:
    page.goto("/admin/")
    page.get_by_role("main").get_by_role("link", name="Custom fields").click()
    page.get_by_role("link", name="New field").first.click()
    page.get_by_label("Name", exact=True).fill(label)
    page.get_by_label("Type").select_option(label=kind)
    page.get_by_label("New choices").fill(choices)
    assert not faults(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("table").get_by_role("link", name=label)).to_be_visible()


def test_from_the_definition_to_the_file(admin: Page, desk: Page, server: Any, story: Story, tmp_path: Path) -> None:
    define(admin, "Plan", "one of several choices", choices="Gold\nBasic")
    assert not faults(admin)

    desk.goto(f"{server.url}{story.champion.get_absolute_url()}details/")
    desk.get_by_label("Plan").select_option("Gold")
    assert not faults(desk)
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator(".custom-facts")).to_contain_text("Gold")

    desk.goto(f"{server.url}/customers/")
    desk.get_by_text("Custom fields", exact=True).click()
    desk.get_by_role("group", name="Plan").get_by_label("Gold").check()
    expect(desk.get_by_text("1 found", exact=True)).to_be_visible()
    expect(desk.locator("#custom-filters-on")).to_have_text("1 active")
    desk.get_by_text("Columns", exact=True).click()
    desk.locator(".columns-choice").get_by_label("Plan").check()
    desk.get_by_role("button", name="Show these").click()
    expect(desk.get_by_role("columnheader", name="Plan")).to_be_visible()
    expect(desk.locator(".list-row")).to_have_count(1)
    assert not faults(desk)

    desk.get_by_role("link", name="Save this view").click()
    desk.get_by_label("Name").fill("Gold customers")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_role("navigation", name="Saved views").locator("[aria-current]")).to_have_text("Gold customers")
    expect(desk.locator(".list-row")).to_contain_text([story.champion.name])
    desk.get_by_label(f"Choose {story.champion.name}").check()
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Export as CSV").click()
    download.value.save_as(tmp_path / "gold.csv")
    heads, *rows = (tmp_path / "gold.csv").read_text("utf-8-sig").splitlines()
    assert "Plan" in heads.split(",")
    assert len(rows) == 1
    assert ",Gold," in rows[0]


def test_what_an_import_brought_is_defined_and_archived(admin: Page, story: Story) -> None:
    Customer.objects.filter(pk__in=[story.champion.pk, story.loud.pk]).update(attributes={"size": "small"})
    admin.goto("/settings/fields/")
    admin.get_by_role("link", name="Define size").click()
    expect(admin.get_by_label("Type")).to_have_value(CustomField.Type.CHOICE)
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_role("row", name="Size")).to_contain_text("2")
    admin.get_by_role("button", name="Archive Size").click()
    expect(admin.get_by_role("button", name="Use Size again")).to_be_visible()
    assert not faults(admin)


def test_settings_on_a_phone_fold_away_and_lead_on_by_keyboard(story: Story, elsewhere: Any) -> None:
    phone = elsewhere(
        UserFactory(name="Ada Okafor", role="admin", is_staff=True), viewport={"width": 390, "height": 844}
    )
    phone.goto("/settings/fields/")
    nav = phone.get_by_role("navigation", name="Settings")
    expect(nav).to_be_hidden()
    assert not faults(phone)
    phone.locator(".settings-fold > summary").focus()
    phone.keyboard.press("Enter")
    expect(nav.get_by_role("link", name="Custom fields")).to_have_attribute("aria-current", "page")
    nav.get_by_role("link", name="Value rules and tiers").focus()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name="Select rule set to change")).to_be_visible()
    assert not faults(phone)
    expect(phone.get_by_role("link", name="Customers", exact=True).first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_index_and_the_raw_records_are_accessible(story: Story, elsewhere: Any, scheme: str) -> None:
    page = elsewhere(UserFactory(name="Ada Okafor", role="admin", is_staff=True), color_scheme=scheme)
    for address in ("/admin/", "/settings/records/", "/admin/customers/customer/", "/settings/fields/new/"):
        page.goto(address)
        assert not faults(page), address
