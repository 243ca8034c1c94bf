from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from partnership.staff.first_run import AlreadySetUpError, is_setup_pending, set_up
from partnership.staff.models import Firm, User
from tests.factories import UserFactory

GIVEN = {
    "firm-name": "Okafor & Co",
    "firm-timezone": "Africa/Lagos",
    "firm-currency": "NGN",
    "firm-language": "en",
    "firm-own_domains": "Okafor.example, @mail.okafor.example",
    "you-name": "Ada Okafor",
    "you-email": "Ada@Okafor.example",
    "you-password": "a-long-way-home",
}


@pytest.mark.django_db
def test_an_empty_firm_leads_here_and_one_form_sets_it_up(client):
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/welcome/"
    assert client.post("/welcome/", GIVEN).url == "/accounts/login/"
    firm, ada = Firm.objects.get(), User.objects.get()
    assert (firm.name, firm.timezone, firm.currency) == ("Okafor & Co", "Africa/Lagos", "NGN")
    assert firm.own_domains == ["okafor.example", "mail.okafor.example"]
    assert (ada.is_staff, ada.is_superuser, ada.roles) == (True, True, {"admin", "manager"})
    signed_in = client.post("/accounts/login/", {"login": "ada@okafor.example", "password": GIVEN["you-password"]})
    assert signed_in.url == "/"
    assert client.get("/").status_code == 200


@pytest.mark.django_db
def test_there_is_no_second_first_run(client):
    UserFactory()
    assert client.get("/welcome/").url == "/accounts/login/"
    assert client.post("/welcome/", GIVEN).url == "/accounts/login/"
    assert not User.objects.filter(is_superuser=True).exists()
    assert client.get("/accounts/login/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"firm-name": ""}, "This field is required"),
        ({"firm-timezone": "Middle/Earth"}, "Select a valid choice"),
        ({"firm-currency": "euro"}, "at most 3 characters"),
        ({"firm-currency": "eur"}, "Three capital letters"),
        ({"you-email": "ada"}, "Enter a valid email address"),
        ({"you-password": "password"}, "too common"),
        ({"you-password": "short"}, "too short"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(client, wrong, said):
    response = client.post("/welcome/", {**GIVEN, **wrong})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not User.objects.exists()
    assert not Firm.objects.exists()


@pytest.mark.django_db
def test_staff_that_an_import_brought_keeps_nobody_out(client):
    UserFactory(email="ada@okafor.example", password="!unusable")
    User.objects.update(password="")
    assert is_setup_pending()
    client.post("/welcome/", GIVEN)
    ada = User.objects.get()
    assert (ada.name, ada.is_superuser, ada.check_password(GIVEN["you-password"])) == ("Ada Okafor", True, True)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_becomes_the_administrator():
    def attempt(number: int) -> str:
        try:
            person = {"name": "X", "email": f"x{number}@example.org", "password": "a-long-way"}
            set_up(firm=Firm(name=f"Firm {number}"), at=timezone.now(), **person)
        except AlreadySetUpError:
            return "late"
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == ["late", "late", "late", "made"]
    assert User.objects.count() == Firm.objects.count() == 1


@pytest.mark.django_db
def test_a_form_of_another_site_is_refused():
    assert Client(enforce_csrf_checks=True).post("/welcome/", GIVEN).status_code == 403
