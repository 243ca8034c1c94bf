from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from customers.models import Customer
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture(size=(900, 600), form="JPEG", **more):
    made = BytesIO()
    Image.new("RGB", size, "teal").save(made, form, **more)
    return SimpleUploadedFile("me.jpg", made.getvalue(), content_type="image/jpeg")


def save(client, customer, **given):
    return client.post(
        f"/customers/{customer.pk}/details/", {"name": "Ada", "kind": "person", "lifecycle": "active", **given}
    )


def test_a_photo_becomes_a_small_square_of_pixels_alone(desk):
    ada, exif = CustomerFactory(name="Ada"), Image.Exif()
    exif[0x010E] = "taken at home"
    assert save(desk, ada, photo=picture(exif=exif)).status_code == 302
    ada.refresh_from_db()
    with ada.photo.open() as file, Image.open(file) as kept:
        assert (kept.format, kept.size, len(kept.getexif())) == ("WEBP", (400, 400), 0)
    response = desk.get(ada.photo.url)
    assert response.headers["Content-Type"] == "image/webp"
    assert response.getvalue()  # reading to the end closes the file
    assert ada.photo.url in desk.get(ada.get_absolute_url()).content.decode()
    save(desk, ada)
    assert Customer.objects.get(pk=ada.pk).photo == ada.photo
    save(desk, ada, **{"photo-clear": "on"})
    assert not Customer.objects.get(pk=ada.pk).photo


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "That is no picture"),
        (b"\x89PNG\r\n\x1a\nbroken", "That is no picture"),
        (b"GIF89a" + b"\0" * (8 * 2**20), "too large"),
    ],
)
def test_what_is_no_picture_is_refused(desk, content, said):
    ada = CustomerFactory(name="Ada")
    response = save(desk, ada, photo=SimpleUploadedFile("me.png", content, content_type="image/png"))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Customer.objects.get(pk=ada.pk).photo


def test_too_many_pixels_are_never_unpacked(desk):
    ada = CustomerFactory(name="Ada")
    made = BytesIO()
    Image.new("1", (12_000, 12_000)).save(made, "PNG")
    response = save(desk, ada, photo=SimpleUploadedFile("me.png", made.getvalue(), content_type="image/png"))
    assert response.status_code == 422
