"""Who the firm is: refused at the field in plain words, shown on every page, in mail and on prints."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from interactions.mailboxes.outgoing_mail import write_mail
from interactions.tasks import send_outgoing_task
from partnership.notifications.digest import send_digests
from partnership.notifications.notify import notify
from partnership.staff.firm_settings.accent import _contrast, is_legible, nearest_legible, style_sheet
from partnership.staff.models import Firm, Preferences
from tests.factories import ContactPointFactory, CustomerFactory, UserFactory
from tests.partnership.conftest import signed_in

URL = "/settings/firm/"


@pytest.fixture
def admins(firm, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return signed_in(UserFactory(admin=True, role="admin"))


def fields(**more):
    return {
        "name": "Our Firm", "accent": "", "country": "DE", "timezone": "Europe/Berlin", "language": "en",
        "currency": "EUR", "own_addresses": "", "own_domains": "ourfirm.example", **more,
    }  # fmt: skip


def picture(size=(900, 300), kind="PNG", mode="RGBA"):
    drawn = BytesIO()
    Image.new(mode, size, "red").save(drawn, kind)
    return SimpleUploadedFile(f"logo.{kind.lower()}", drawn.getvalue())


@pytest.mark.django_db
def test_it_is_saved(admins):
    given_ = fields(
        name="Another", country="AT", timezone="Europe/Vienna", language="de", currency="CHF", accent="9C1F5B",
        own_addresses="Desk@a.example, help@a.example", own_domains="@a.example\nb.example",
    )  # fmt: skip
    assert admins.post(URL, given_).status_code == 302
    firm = Firm.current()
    assert (firm.name, firm.country, firm.timezone, firm.language) == ("Another", "AT", "Europe/Vienna", "de")
    assert (firm.currency, firm.accent) == ("CHF", "#9c1f5b")
    assert firm.own_addresses == ["desk@a.example", "help@a.example"]
    assert firm.own_domains == ["a.example", "b.example"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"name": ""}, "name", "Enter the name of the firm."),
        ({"currency": "EURO"}, "currency", "3 characters"),
        ({"currency": "eur"}, "currency", "Three capital letters"),
        ({"currency": "XYZ"}, "currency", "XYZ is no currency: write a code such as EUR or USD."),
        ({"timezone": "Europe/Nowhere"}, "timezone", "not one of the available choices"),
        ({"country": "ZZ"}, "country", "not one of the available choices"),
        ({"language": "xx"}, "language", "not one of the available choices"),
        ({"accent": "green"}, "accent", "Write the colour as # and six digits"),
        ({"accent": "#ffee00"}, "accent", "#ffee00 is too pale to be read. The nearest that can be read is #"),
        ({"own_addresses": "desk@a.example\ndesk"}, "own_addresses", "desk is no e-mail address"),
        ({"own_domains": "a.example, not a domain"}, "own_domains", "not a domain is no domain"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(admins, changed, field, words):
    response = admins.post(URL, fields(**changed))
    assert response.status_code == 422
    assert words in " ".join(response.context["form"].errors[field])
    assert list(response.context["form"].errors) == [field]
    assert Firm.current().name == "Our Firm"


@pytest.mark.django_db
def test_the_nearest_legible_colour_is_one_press_away(admins):
    nearest = nearest_legible("#ffee00")
    assert f'value="{nearest}"' in admins.post(URL, fields(accent="#ffee00")).text
    admins.post(URL, fields(accent=["#ffee00", nearest]))
    assert Firm.current().accent == nearest


@pytest.mark.django_db
def test_every_page_has_the_firms_colour_and_none_without_one(admins, client):
    assert "/firm/colour/" not in admins.get("/customers/").text
    admins.post(URL, fields(accent="#9c1f5b"))
    assert "/firm/colour/9c1f5b.css" in admins.get("/customers/").text
    sheet = client.get("/firm/colour/9c1f5b.css")
    assert "light-dark(#9c1f5b, #" in sheet.text
    assert "immutable" in sheet.headers["Cache-Control"]
    for none in ("9c1f5", "zzzzzz", "9c1f5b0"):
        assert client.get(f"/firm/colour/{none}.css").status_code == 404


colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours)
def test_the_nearest_is_legible_and_a_legible_one_stays(colour):
    nearest = nearest_legible(colour)
    assert is_legible(nearest)
    assert nearest_legible(nearest) == nearest
    assert (nearest == colour) == is_legible(colour)


@given(colours.filter(is_legible))
def test_in_light_and_in_dark_it_has_contrast(colour):
    found = dict(line.strip(" ;").split(": ") for line in style_sheet(colour).splitlines() if line.startswith("  "))
    light, button = found["--tblr-primary"][len("light-dark(") : -1].split(", ")
    _light, link = found["--tblr-link-color"][len("light-dark(") : -1].split(", ")
    assert _contrast(light, "#ffffff") >= 4.5
    assert _contrast(button, "#ffffff") >= 4.5
    assert _contrast(button, "#2b2724") >= 2.9
    assert _contrast(link, "#2b2724") >= 4.5


@pytest.mark.django_db
def test_a_logo_is_made_small_and_shown_in_the_header_and_on_prints(admins):
    ada = CustomerFactory()
    assert "/firm/logo/" not in admins.get("/customers/").text
    assert admins.get("/firm/logo/").status_code == 302
    admins.post(URL, fields(logo=picture()))
    logo = Firm.current().logo
    assert logo.name.endswith(".png")
    with logo.open("rb") as file:
        assert Image.open(file).size == (480, 160)
    for page in ("/customers/", URL, f"{reverse('timeline', args=[ada.pk])}?print=1"):
        assert f"/firm/logo/?v={logo.name}" in admins.get(page).text
    answer = admins.get("/firm/logo/")
    assert answer.headers["Content-Type"] == "image/png"
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    admins.post(URL, fields())
    assert Firm.current().logo == logo
    admins.post(URL, fields(**{"logo-clear": "on"}))
    assert not Firm.current().logo


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"no picture", b"\x89PNG\r\n\x1a\n broken", b"<svg onload='alert(1)'/>"])
def test_what_is_no_picture_is_refused(admins, content):
    response = admins.post(URL, fields(logo=SimpleUploadedFile("logo.png", content)))
    assert response.status_code == 422
    assert "no picture that can be shown" in str(response.context["form"].errors["logo"])


@pytest.mark.django_db
def test_a_logo_heads_mail(admins, sam):
    admins.post(URL, fields(logo=picture()))
    ada = CustomerFactory()
    now = timezone.now()
    Preferences.objects.create(user=sam, digest="hourly")
    notify(kind="mention", users=[sam], customer=ada, at=now - timedelta(minutes=1), key="news", text="see")
    send_digests(at=now)
    write_mail(
        customer=ada, to=ContactPointFactory(customer=ada, value="ada@example.org"), body="Here.", subject="Hello",
        by=sam, at=now, external_id=str(uuid4()),
    )  # fmt: skip
    send_outgoing_task()
    assert len(mail.outbox) == 2
    for message in mail.outbox:
        parts = {part.get_content_type(): part for part in message.message().walk()}
        assert "cid:logo" in parts["text/html"].get_payload(decode=True).decode()
        assert parts["image/png"]["Content-ID"] == "<logo>"
        assert parts["image/png"].get_content_disposition() == "inline"


@pytest.mark.django_db
def test_a_logo_whose_file_is_lost_stops_no_mail(admins, sam):
    admins.post(URL, fields(logo=picture()))
    firm = Firm.current()
    firm.logo.storage.delete(firm.logo.name)
    ada = CustomerFactory()
    write_mail(
        customer=ada, to=ContactPointFactory(customer=ada, value="ada@example.org"), body="Here.", subject="Hello",
        by=sam, at=timezone.now(), external_id=str(uuid4()),
    )  # fmt: skip
    assert send_outgoing_task() == 1
    assert admins.get("/firm/logo/").status_code == 404


@pytest.mark.django_db
def test_the_admins_page_of_the_firm_leads_here(admins):
    for page in ("/admin/staff/firm/", "/admin/staff/firm/1/change/"):
        response = admins.get(page)
        assert (response.status_code, response.url) == (302, URL)


@pytest.mark.django_db
def test_terms_and_limits(admins):
    url = "/settings/terms/"
    given_ = {"terms": "Refunds within 30 days.", "nudge_ceiling": 3, "survey_ceiling": 2, "partnership_share": 60,
              "minutes_per_message": 7, "delivery_kinds": ["meeting", "call"]}  # fmt: skip
    assert admins.post(url, given_).status_code == 302
    firm = Firm.current()
    assert (firm.terms, firm.nudge_ceiling, firm.survey_ceiling) == ("Refunds within 30 days.", 3, 2)
    assert (firm.partnership_share, firm.minutes_per_message) == (60, 7)
    assert firm.delivery_kinds == ["meeting", "call"]
    for changed in ({"partnership_share": 101}, {"nudge_ceiling": -1}, {"delivery_kinds": ["nap"]},
                    {"minutes_per_message": "x"}):  # fmt: skip
        response = admins.post(url, {**given_, **changed})
        assert response.status_code == 422
        assert list(response.context["form"].errors) == list(changed)
    admins.post(url, {name: value for name, value in given_.items() if name != "delivery_kinds"})
    assert Firm.current().delivery_kinds == []


@pytest.mark.django_db
def test_one_page_leaves_the_fields_of_others_alone(admins):
    Firm.objects.update(terms="Ours", business_hours={"0": [["08:00", "12:00"]]})
    admins.post(URL, fields(name="Another"))
    assert (Firm.current().terms, Firm.current().business_hours) == ("Ours", {"0": [["08:00", "12:00"]]})
