"""Finding people and adding them: a caller's number, a new customer in one form, the palette, a session that ended."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from customers.models import Customer
from tests.e2e.story import Story
from tests.e2e.test_accessibility import faults
from tests.e2e.test_list import shot
from tests.factories import ContactPointFactory

pytestmark = pytest.mark.browser


def test_a_caller_is_added_with_phone_and_mail_in_one_form(desk: Page, server, story: Story):
    ContactPointFactory(customer=story.loud, kind="phone", value="+49 30 1234567")
    desk.goto(f"{server.url}/customers/new/")
    desk.get_by_label("Name", exact=False).first.fill("Mina Haddad")
    desk.get_by_label("Phone").fill("+49 (0)30 123-45-67")
    likely = desk.locator("#likely")
    expect(likely.get_by_role("link", name="Rolf Brandt")).to_be_visible()
    shot(desk, "new-customer")
    assert not faults(desk)
    desk.get_by_label("Phone").fill("+49 30 7654321")
    expect(likely.get_by_role("link")).to_have_count(0)
    desk.get_by_label("E-mail").fill("mina@haddad.example")
    desk.get_by_text("More about them").click()
    desk.get_by_label("Organisation").fill("Haddad GmbH")
    desk.get_by_role("button", name="Add customer").click()
    expect(desk.get_by_role("heading", name="Mina Haddad")).to_be_visible()
    mina = Customer.objects.get(name="Mina Haddad")
    assert {point.normalised for point in mina.contact_points.all()} == {"+49307654321", "mina@haddad.example"}
    assert (mina.owner, mina.organisation.name) == (story.sam, "Haddad GmbH")


def test_a_pasted_phone_number_finds_whose_it_is(desk: Page, server, story: Story):
    ContactPointFactory(customer=story.loud, kind="phone", value="+49 30 1234567")
    desk.goto(f"{server.url}/search/")
    desk.get_by_role("searchbox", name="Words").fill("030 / 123 45 67")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("region", name="Customers").locator(".person-name")).to_have_text("Rolf Brandt")
    desk.keyboard.press("Control+k")
    desk.keyboard.insert_text("+49 (0)30 1234567")
    expect(desk.locator("#palette [aria-selected=true]")).to_contain_text("Rolf Brandt")


def test_the_palette_acts_on_a_person(desk: Page, server, story: Story):
    desk.goto(f"{server.url}/customers/")
    desk.get_by_role("searchbox", name="Search customers and history").click()
    desk.keyboard.type("ines")
    selected = desk.locator("#palette [aria-selected=true]")
    expect(selected).to_contain_text("Ines Duarte")
    shot(desk, "palette-person")
    assert not faults(desk)
    for label in ("Reply", "Note", "Call"):
        desk.keyboard.press("ArrowRight")
        expect(selected).to_have_text(label)
    desk.keyboard.press("ArrowLeft")
    expect(selected).to_have_text("Note")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(f"{server.url}/customers/{story.champion.pk}/notes/")
    desk.goto(f"{server.url}/customers/")
    desk.keyboard.press("/")
    desk.keyboard.type("ines")
    expect(selected).to_contain_text("Ines Duarte")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Ines Duarte")).to_be_visible()


def test_what_is_typed_into_the_box_on_top_goes_on_in_the_palette(desk: Page, server, story: Story):
    desk.goto(f"{server.url}/wall/")
    desk.get_by_role("searchbox", name="Search customers and history").focus()
    desk.keyboard.type("rolf")
    expect(desk.get_by_role("combobox", name="Where to?")).to_have_value("rolf")
    expect(desk.locator("#palette [aria-selected=true]")).to_contain_text("Rolf Brandt")
    desk.keyboard.press("Escape")
    expect(desk.locator("#palette")).to_be_hidden()


def test_lists_are_walked_by_keys(desk: Page, server, story: Story):
    desk.goto(f"{server.url}/customers/?sort=name")
    names = desk.locator(".list-row .person-name").all_inner_texts()
    desk.keyboard.press("j")
    expect(desk.locator("[data-row]:focus")).to_contain_text(names[0])
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    expect(desk.get_by_text("1 chosen")).to_be_visible()
    desk.keyboard.press("k")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name=names[0])).to_be_visible()
    desk.goto(f"{server.url}/search/?q=module")
    desk.keyboard.press("j")
    expect(desk.locator("[data-row]:focus")).to_have_count(1)


def sign_out(desk: Page) -> None:
    """End the session behind the page's back, as time does."""
    desk.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)


def enter(tab: Page, story: Story) -> None:
    story.sam.set_password("partnership")
    story.sam.save()
    tab.locator("[name=login]").fill(story.sam.email)
    tab.locator("[name=password]").fill("partnership")
    tab.get_by_role("button", name="Sign in", exact=True).click()
    expect(tab.locator(".user-menu")).to_be_visible()
    tab.close()


def test_a_form_sent_after_the_session_ended_comes_back(elsewhere, server, story: Story):
    desk = elsewhere(story.sam)
    desk.goto(f"{server.url}/customers/new/")
    desk.locator("#id_name").fill("Mina Haddad")
    desk.get_by_label("Tags").fill('vip, "Munich, spring"')
    sign_out(desk)
    desk.get_by_role("button", name="Add customer").click()
    expect(desk.get_by_role("heading", name="You have been signed out")).to_be_visible()
    assert not Customer.objects.filter(name="Mina Haddad").exists()
    with desk.context.expect_page() as opened:
        desk.get_by_role("link", name="Sign in", exact=True).click()
    enter(opened.value, story)
    desk.get_by_role("button", name="Send it again").click()
    expect(desk.get_by_role("heading", name="Mina Haddad")).to_be_visible()
    assert Customer.objects.get(name="Mina Haddad").tags == ["vip", "Munich, spring"]


def test_a_part_of_a_page_says_that_the_session_ended_and_works_after_signing_in(elsewhere, server, story: Story):
    desk = elsewhere(story.sam)
    desk.goto(f"{server.url}/customers/{story.champion.pk}/")
    desk.get_by_role("link", name="Record promise").click()
    what = desk.locator("#promises [name=what]")
    what.fill("Send the contract")
    sign_out(desk)
    send = desk.locator("#promises form [type=submit]").first
    send.click()
    message = desk.locator("[data-from=signed-out]")
    expect(message).to_contain_text("You have been signed out")
    expect(what).to_have_value("Send the contract")
    with desk.context.expect_page() as opened:
        message.get_by_role("link").click()
    enter(opened.value, story)
    send.click()
    expect(desk.locator("#promises")).to_contain_text("Send the contract")
    expect(what).to_have_count(0)
