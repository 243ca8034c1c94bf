"""A new firm from nothing: the first page, business hours, mail tested against a real server, the first customer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from customers.models import Customer
from interactions.models import Outgoing
from interactions.tasks import send_outgoing_task
from partnership.staff.mail.transport import FIRM_BACKEND, OUTBOX_BACKEND
from partnership.staff.models import Firm, MailSettings
from tests.browser import Requests
from tests.e2e.test_accessibility import faults_everywhere
from tests.factories import firm_today
from tests.smtp_servers import PASSWORD, USER, make_certificate, smtp_server

pytestmark = pytest.mark.browser

OWN_PASSWORD = "a-long-way-to-our-home"


@pytest.fixture(autouse=True)
def _own_mail(settings, tmp_path, monkeypatch):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.MAIL_SENDER = FIRM_BACKEND, "", ""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(params=[(1440, True), (390, True), (1440, False), (390, False)], ids=str)
def window(request, browser: Browser, server, requests: Requests) -> Iterator[Page]:
    width, has_javascript = request.param
    context = browser.new_context(
        base_url=server.url,
        java_script_enabled=has_javascript,
        viewport={"width": width, "height": 900},
        locale="en-GB",
    )
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()
    requests.wait_for_the_last()


def fits(page: Page) -> bool:
    """Nothing is wider than the screen."""
    width = page.viewport_size["width"]
    return all(
        (box["x"] + box["width"]) <= width for one in page.locator("main form").all() if (box := one.bounding_box())
    )


def test_from_nothing_to_the_first_customer(window: Page, tmp_path, monkeypatch):
    page = window
    begin(page)
    set_hours(page)
    take_holidays(page)
    pem, context = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with smtp_server(tls=context, signs_in=True) as (port, handler):
        set_up_mail(page, port)
        add_customer_and_write(page)
        assert send_outgoing_task() == 1
    assert [envelope.rcpt_tos for envelope in handler.taken] == [["ada@okafor.example"], ["ines@duarte.example"]]
    assert Outgoing.objects.get().status == "sent"


def begin(page: Page) -> None:
    page.goto("/")
    page.get_by_label("The firm's name").fill("Okafor & Co")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_label("Your name").fill("Ada Okafor")
    page.get_by_label("Your e-mail address").fill("ada@okafor.example")
    page.get_by_label("A password").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Email").fill("ada@okafor.example")
    page.get_by_label("Password").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Focus")).to_be_visible()


def set_hours(page: Page) -> None:
    """By keyboard alone: two spans on Monday, copied to the other weekdays; Saturday to midnight."""
    page.goto("/settings/hours/")
    assert fits(page)
    for label, time in [("Monday from", "08:00"), ("Monday to", "12:00")]:
        page.get_by_label(label, exact=True).first.fill(time)
    page.get_by_label("Monday from", exact=True).nth(1).fill("13:00")
    page.get_by_label("Monday to", exact=True).nth(1).fill("16:30")
    page.get_by_role("button", name="Copy to Monday–Friday: Monday").press("Enter")
    expect(page.get_by_text("This is not saved yet.")).to_be_visible()
    page.get_by_label("Saturday from", exact=True).first.fill("10:00")
    page.get_by_label("Saturday to", exact=True).first.fill("00:00")
    page.get_by_role("button", name="Save the hours").last.press("Enter")
    expect(page.get_by_text("The business hours are saved.")).to_be_visible()
    weekday = [["08:00", "12:00"], ["13:00", "16:30"]]
    assert Firm.current().business_hours == {**dict.fromkeys("01234", weekday), "5": [["10:00", "24:00"]]}


def take_holidays(page: Page) -> None:
    page.get_by_label("Country").select_option("DE")
    page.get_by_role("button", name="Show the list").click()
    page.get_by_label("Region").select_option("BY")
    page.get_by_role("button", name="Show the list").click()
    page.get_by_label("Epiphany").uncheck()
    assert fits(page)
    page.get_by_role("button", name="Take these holidays").click()
    expect(page.get_by_label("Christmas Day")).to_be_visible()
    expect(page.get_by_label("Epiphany")).to_have_count(0)
    assert Firm.current().region == "BY"


def set_up_mail(page: Page, port: int) -> None:
    """From the notice where mail is written; a wrong password first."""
    page.goto("/scheduled/")
    page.get_by_role("link", name="Set up the mail server").click()
    page.get_by_label("Password").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Mail", exact=True)).to_be_visible()
    assert fits(page)
    page.get_by_label("Server").fill("127.0.0.1")
    page.get_by_label("Port").fill(str(port))
    page.get_by_label("Encryption").select_option("tls")
    page.get_by_label("User name").fill(USER)
    page.get_by_label("Password").fill("wrong")
    page.get_by_label("Sender’s address").fill("desk@okafor.example")
    page.get_by_role("button", name="Save and send a test").click()
    expect(page.get_by_text("127.0.0.1 did not accept the user name and password.")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Save and send a test").click()
    expect(page.get_by_text("The test is sent: 127.0.0.1 accepted it for ada@okafor.example.")).to_be_visible()
    assert PASSWORD not in page.content()
    assert MailSettings.current().read_password() == PASSWORD


def add_customer_and_write(page: Page) -> None:
    page.goto("/customers/new/")
    page.locator("#id_name").fill("Ines Duarte")
    page.locator("#id_email").fill("ines@duarte.example")
    page.locator("main form .form-actions button").click()
    expect(page.get_by_role("heading", name="Ines Duarte")).to_be_visible()
    page.goto(f"{Customer.objects.get().get_absolute_url()}replies/")
    expect(page.get_by_text("No mail server is set up")).to_have_count(0)
    page.get_by_label("Subject").fill("Welcome")
    page.get_by_label("What you write to them").fill("We are open.")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_text("On its way to ines@duarte.example.")).to_be_visible()


def test_a_pale_colour_is_refused_and_the_nearest_taken(window: Page):
    page = window
    begin(page)
    page.goto("/settings/firm/")
    page.locator("#id_accent").fill("#ffee00")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Save with #").click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    drawn = page.get_by_role("button", name="Save", exact=True).evaluate("one => getComputedStyle(one).backgroundColor")
    accent = Firm.current().accent
    assert drawn == f"rgb({int(accent[1:3], 16)}, {int(accent[3:5], 16)}, {int(accent[5:], 16)})"


@pytest.mark.parametrize("window", [(1440, True)], indirect=True)
@pytest.mark.parametrize("accent", ["", "#9c1f5b"])
def test_no_page_of_the_settings_has_a_fault(window: Page, accent: str, settings):
    page = window
    begin(page)
    Firm.objects.update(accent=accent, country="DE", holidays=[firm_today()])
    page.goto("/settings/mail/")
    page.get_by_label("Password").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Go on").click()
    year = firm_today().year
    found = {}
    for address in ("mail/", "firm/", f"hours/?country=DE&region=BY&year={year}", "terms/"):
        page.goto(f"/settings/{address}")
        found[address] = faults_everywhere(page)
    page.get_by_label("Share of the day").fill("101")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".field-wrong")).to_be_visible()
    found["refused"] = faults_everywhere(page)
    settings.EMAIL_BACKEND = OUTBOX_BACKEND
    page.goto("/settings/outbox/")
    found["outbox"] = faults_everywhere(page)
    assert {address: wrong for address, wrong in found.items() if wrong} == {}
