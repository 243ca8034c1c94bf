"""The page that erases, and its certificates."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from interactions.models import Erasure
from interactions.personal_data.worker import continue_erasures
from partnership.desk.personal_data import erasure_preview, erasure_views
from partnership.desk.web.statement_timeout import TooSlowError
from tests.factories import PASSWORD, ContactPointFactory, CustomerFactory, UserFactory, happens
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

GIVEN = {"reason": "Asked by letter", "everywhere": "on", "confirmation": "ada okafor"}


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def admin(firm):
    return UserFactory(name="Alma Admin", role="admin")


@pytest.fixture
def desk_of_admin(admin) -> Client:
    client = signed_in(admin)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def ada(firm) -> Customer:
    customer = CustomerFactory(name="Ada Okafor")
    ContactPointFactory(customer=customer, value="ada.okafor@example.org")
    happens(customer, "message", at=timezone.now(), body="My words")
    return customer


def url(customer: Customer) -> str:
    return reverse("customer_erasure", args=[customer.pk])


def test_the_password_is_asked_for_first(admin, ada):
    client = signed_in(admin)
    for answer in (client.get(url(ada)), client.post(url(ada), GIVEN)):
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/reauthenticate/")
    assert not Erasure.objects.exists()


def test_the_page_counts_and_names_what_goes(desk_of_admin, ada):
    ben = CustomerFactory(name="Ben")
    happens(ben, "message", at=timezone.now(), subject="From Ada Okafor", body="Hello")
    happens(ben, "message", at=timezone.now(), subject="Of Ada alone", body="Hello")
    page = desk_of_admin.get(url(ada)).content.decode()
    for text in ("Entries whose text is erased", "ada.okafor@example.org", "Ada Okafor", "From Ada Okafor"):
        assert text in page
    assert "Of Ada alone" not in page


def test_erased_with_a_certificate(desk_of_admin, admin, ada):
    answer = desk_of_admin.post(url(ada), GIVEN, follow=True)
    erasure = Erasure.objects.get()
    assert answer.redirect_chain == [(reverse("erasure", args=[erasure.pk]), 302)]
    assert erasure.finished_at
    for path in (reverse("erasure", args=[erasure.pk]), reverse("erasure_file", args=[erasure.pk])):
        text = desk_of_admin.get(path).content.decode()
        for said in ("Asked by letter", "Alma Admin", erasure.digest, str(erasure.uid), "Backups made until"):
            assert said in text
        assert "Okafor" not in text
    assert "Asked by letter" in desk_of_admin.get(reverse("erasures")).content.decode()
    assert desk_of_admin.get(url(ada)).content.decode().count("erased already") == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("reason", "", "required"),
        ("reason", "Ada Okafor asked", "This names them"),
        ("reason", "ADA.OKAFOR@example.org wrote", "This names them"),
        ("confirmation", "Ben", "This is another name"),
        ("confirmation", "", "required"),
    ],
)
def test_what_is_refused_at_the_field(desk_of_admin, ada, field, value, said):
    answer = desk_of_admin.post(url(ada), {**GIVEN, field: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Erasure.objects.exists()


def test_another_of_the_same_name_is_said(desk_of_admin, ada):
    page = desk_of_admin.get(url(ada)).content.decode()
    assert "Others bear this name" not in page
    assert 'name="everywhere"' in page
    assert "checked" in page
    CustomerFactory(name="Ada Okafor")
    page = desk_of_admin.get(url(ada)).content.decode()
    assert "Others bear this name: Ada Okafor" in page


def test_a_long_history_is_left_to_a_worker(desk_of_admin, ada, monkeypatch):
    monkeypatch.setattr(erasure_views, "_AT_ONCE", 0)
    page = desk_of_admin.post(url(ada), GIVEN, follow=True).content.decode()
    assert "Not yet" in page
    ada.refresh_from_db()
    assert ada.name == "Erased customer"
    assert not ada.contact_points.exists()
    assert "under way" in desk_of_admin.get(reverse("erasures")).content.decode()
    assert continue_erasures(clock=timezone.now) == 1
    assert "Not yet" not in desk_of_admin.get(reverse("erasure", args=[Erasure.objects.get().pk])).content.decode()


def test_managers_may_not(managers_desk, ada):
    for path in (url(ada), reverse("erasures")):
        assert managers_desk.get(path).status_code == 403
    assert managers_desk.post(url(ada), GIVEN).status_code == 403
    assert "Erase" not in managers_desk.get(reverse("customer_data", args=[ada.pk])).content.decode()


def test_certificates_by_the_page(desk_of_admin, admin, monkeypatch):
    monkeypatch.setattr(erasure_views, "_PAGE", 2)
    now = timezone.now()
    for number in range(3):
        Erasure.objects.create(asked_at=now, by=admin, reason=f"Reason {number}", salt="00", finished_at=now)
    first = desk_of_admin.get(reverse("erasures")).content.decode()
    assert "Reason 0" not in first
    after = first.partition("?before=")[2].partition('"')[0]
    assert "Reason 0" in desk_of_admin.get(reverse("erasures") + f"?before={after}").content.decode()
    assert desk_of_admin.get(reverse("erasures") + "?before=x").status_code == 400


def test_too_many_entries_to_look_through_are_said(desk_of_admin, ada, monkeypatch):
    def too_slow():
        raise TooSlowError

    monkeypatch.setattr(erasure_preview, "statement_timeout", too_slow)
    assert "There are too many entries to list" in desk_of_admin.get(url(ada)).content.decode()
    desk_of_admin.post(url(ada), GIVEN)
    assert Erasure.objects.get().finished_at
