"""What staff members say of themselves."""

from datetime import date

import pytest

from partnership.staff.models import User
from tests.factories import UserFactory
from tests.partnership.staff.test_photo_field import picture

pytestmark = pytest.mark.django_db
URL = "/profile/"


def test_photo_signature_and_absence(desk, sam, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cover = UserFactory(name="Ben Chu")
    given = {"signature": "Sam Rivera\nOur Firm", "away_from": "2031-02-01", "away_to": "2031-02-09"}
    assert desk.post(URL, {**given, "cover": cover.pk, "photo": picture()}).url == URL
    saved = User.objects.get(pk=sam.pk)
    assert saved.photo.name.endswith(".webp")
    assert saved.signature.splitlines() == ["Sam Rivera", "Our Firm"]
    assert (saved.away_from, saved.away_to, saved.cover) == (date(2031, 2, 1), date(2031, 2, 9), cover)
    assert saved.name == "Sam Rivera"
    page = desk.get(URL).content.decode()
    assert saved.photo.url in page
    assert f'<option value="{cover.pk}" selected>' in page
    assert 'href="/profile/"' in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"away_to": "2031-02-09"}, "Choose the first day too"),
        ({"away_from": "2031-02-09", "away_to": "2031-02-01"}, "The last day is before the first"),
        ({"cover": "me"}, "Select a valid choice"),
        ({"cover": "gone"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said(desk, sam, wrong, said):
    people = {"me": sam, "gone": UserFactory(is_active=False)}
    given = {name: people[value].pk if value in people else value for name, value in wrong.items()}
    answer = desk.post(URL, {"signature": "Sam", **given})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not User.objects.get(pk=sam.pk).signature
