import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from interactions.models import Attachment
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
