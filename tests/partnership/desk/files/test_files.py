from hashlib import sha256
from io import BytesIO

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from interactions.models import Attachment
from partnership.desk.files import previews
from partnership.desk.files.views import NO_PREVIEW
from tests.factories import CustomerFactory, UserFactory, happens

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def status(client, url):
    response = client.get(url)
    response.getvalue()  # reading to the end closes the file
    return response.status_code


def attached(customer, name, content_type, content=b"content"):
    row = happens(customer, "message", at=timezone.now())
    file = Attachment(interaction=row, name=name, content_type=content_type, size=len(content), sha256="0" * 64)
    file.file.save(name, ContentFile(content))
    file.file.close()
    return file


@pytest.mark.parametrize(
    ("name", "content_type", "served", "disposition"),
    [
        ("cat.png", "image/png", "image/png", "inline"),
        ("plan.pdf", "application/pdf", "application/octet-stream", "attachment"),
        ("page.html", "text/html", "application/octet-stream", "attachment"),
        ("draw.svg", "image/svg+xml", "application/octet-stream", "attachment"),
    ],
)
def test_a_file_is_served_sealed(desk, name, content_type, served, disposition):
    file = attached(CustomerFactory(), name, content_type)
    response = desk.get(f"/attachments/{file.pk}/")
    assert response.getvalue() == b"content"
    assert response["Content-Type"] == served
    assert response["Content-Disposition"].startswith(f'{disposition}; filename="{name}"')
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_files_are_for_who_may_see_the_customer(desk, managers_desk, client):
    file = attached(CustomerFactory(restricted=True), "secret.pdf", "application/pdf")
    url = f"/attachments/{file.pk}/"
    assert (status(desk, url), status(managers_desk, url), status(client, url)) == (404, 200, 302)


def test_a_file_that_is_gone_from_disk_is_not_found(desk):
    file = attached(CustomerFactory(), "gone.pdf", "application/pdf")
    file.file.storage.delete(file.file.name)
    assert desk.get(f"/attachments/{file.pk}/").status_code == 404


def test_faces_of_customers_and_staff(desk, client):
    ada, secret, mara = CustomerFactory(), CustomerFactory(restricted=True), UserFactory()
    for whose in (ada, secret, mara):
        whose.photo.save(f"{type(whose).__name__}{whose.pk}.svg", ContentFile(b"<svg/>"))
        whose.photo.close()
    for whose in (ada, mara):
        response = desk.get(whose.photo.url)
        assert response.getvalue() == b"<svg/>"
        assert response["Content-Type"] == "image/svg+xml"
        assert "sandbox" in response["Content-Security-Policy"]
    assert desk.get(secret.photo.url).status_code == 404
    assert client.get(ada.photo.url).status_code == 302


@pytest.mark.parametrize("path", ["faces/none.svg", "../secret_key", "attachments/2024/01/plan.pdf"])
def test_nothing_else_of_the_media_folder_is_served(desk, path):
    assert desk.get(f"/media/{path}").status_code == 404


def picture(mode="RGB", size=(900, 600), kind="PNG"):
    drawn = BytesIO()
    Image.new(mode, size).save(drawn, kind)
    return drawn.getvalue()


def sheet():
    document, drawn = pypdfium2.PdfDocument.new(), BytesIO()
    document.new_page(595, 842)
    document.save(drawn)
    return drawn.getvalue()


def previewed(client, customer, name, content_type, content):
    file = attached(customer, name, content_type, content)
    Attachment.objects.filter(pk=file.pk).update(sha256=sha256(content).hexdigest(), size=len(content))
    return client.get(f"/attachments/{file.pk}/preview/")


@pytest.mark.parametrize(
    ("name", "content_type", "content", "size"),
    [
        ("cat.png", "image/png", picture(), (480, 320)),
        ("cat.gif", "image/gif", picture("P", (50, 40), "GIF"), (50, 40)),
        ("clear.webp", "image/webp", picture("RGBA", (100, 960), "WEBP"), (50, 480)),
        ("plan.pdf", "application/pdf", sheet(), (340, 480)),
    ],
)
def test_pictures_and_pdfs_have_a_preview(desk, name, content_type, content, size):
    response = previewed(desk, CustomerFactory(), name, content_type, content)
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert Image.open(BytesIO(response.content)).size == size
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"].startswith("private")


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("image/png", b"no picture"),
        ("image/png", picture()[:400]),
        ("image/png", picture("1", (20_000, 20_000))),
        ("application/pdf", b"%PDF-1.7 broken"),
        ("application/pdf", picture()),
        ("image/jpeg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
        ("text/html", b"<script>alert(1)</script>"),
    ],
)
def test_what_cannot_be_drawn_is_a_sheet_of_paper(desk, content_type, content):
    response = previewed(desk, CustomerFactory(), "odd", content_type, content)
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    assert response.content == NO_PREVIEW


def test_a_preview_is_drawn_once(desk, monkeypatch):
    content = picture()
    first = previewed(desk, CustomerFactory(), "cat.png", "image/png", content)
    broken = previewed(desk, CustomerFactory(), "bad.png", "image/png", b"broken")
    monkeypatch.setattr(previews, "_draw", lambda _file: pytest.fail("drawn again"))
    assert previewed(desk, CustomerFactory(), "same.png", "image/png", content).content == first.content
    assert previewed(desk, CustomerFactory(), "bad.png", "image/png", b"broken").content == broken.content


def test_a_preview_is_for_who_may_see_the_customer(desk, managers_desk, client):
    file = attached(CustomerFactory(restricted=True), "cat.png", "image/png", picture())
    url = f"/attachments/{file.pk}/preview/"
    assert (status(desk, url), status(managers_desk, url), status(client, url)) == (404, 200, 302)
    assert managers_desk.post(url).status_code == 405


def test_a_preview_of_a_file_that_is_gone_is_not_found(desk):
    file = attached(CustomerFactory(), "gone.png", "image/png", picture())
    file.file.storage.delete(file.file.name)
    assert desk.get(f"/attachments/{file.pk}/preview/").status_code == 404


@pytest.mark.parametrize(
    "name", ['"><script>alert(1)</script>.png', "a\r\nSet-Cookie: x=1.png", "../../etc/passwd", "‮gnp.exe", "ü" * 255]
)
def test_a_hostile_name_stays_a_name(desk, name):
    file = attached(CustomerFactory(), "plain.png", "image/png", picture())
    Attachment.objects.filter(pk=file.pk).update(name=name)
    response = desk.get(f"/attachments/{file.pk}/")
    response.getvalue()
    said = response["Content-Disposition"]
    assert said.startswith("inline")
    assert "\r" not in said
    assert "\n" not in said
    assert not response.cookies


@pytest.mark.parametrize("name", ["two\r\nX-Header: lines.png", "../../etc/passwd", "\u202egnp.exe", "\0", "<b>.png"])
def test_a_file_of_an_odd_name(desk, name):
    file = attached(CustomerFactory(), "plan.png", "image/png")
    Attachment.objects.filter(pk=file.pk).update(name=name.replace("\0", "\x01"))
    response = desk.get(f"/attachments/{file.pk}/")
    response.getvalue()
    assert response.status_code == 200
    assert "X-Header" not in response.headers
    assert not set("\r\n\u202e/") & set(response["Content-Disposition"])
