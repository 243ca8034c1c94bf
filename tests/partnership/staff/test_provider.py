"""Signing in at the firm's provider by OpenID Connect: a real one, on this machine."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user
from django.test import Client
from django.urls import get_resolver

from partnership.staff.models import AuditRecord, Firm, User
from tests.factories import PASSWORD, UserFactory
from tests.identity_provider import messages_of, through, trust
from tests.partnership.conftest import signed_in
from tests.partnership.staff.test_second_factors import SECOND, code_of, with_app
from tests.processes import free_port

pytestmark = pytest.mark.django_db

LOGIN, SECURITY, BEGIN = "/accounts/login/", "/profile/security/", "/accounts/oidc/firm-id/login/"


def who(client: Client) -> Any:
    return get_user(client)  # type: ignore[arg-type]


@pytest.fixture
def ada(firm: Firm) -> User:
    return UserFactory(admin=True, role="admin", email="ada@ourfirm.example", name="Ada Admin")


def test_a_colleague_whose_address_is_verified(provider, sam):
    client = Client()
    assert "Sign in with Firm ID" in client.get(LOGIN).text
    answer = through(client, "sam-1", begin=f"{BEGIN}?next=/customers/")
    assert answer.url == "/customers/"
    assert who(client) == sam
    assert client.get("/customers/").status_code == 200
    sam.refresh_from_db()
    assert sam.has_usable_password(), "the password stays"
    assert AuditRecord.objects.filter(kind="sign_in").latest("id").facts == {"provider": "Firm ID"}


def test_later_by_the_subject_alone(provider, sam):
    through(Client(), "sam-1")
    sam.email = "sam.rivera@ourfirm.example"
    sam.save()
    other = UserFactory(email="sam@ourfirm.example")
    client = Client()
    through(client, "sam-1")
    assert who(client) == sam != other
    assert SocialAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("sub", "words"),
    [
        ("stranger", "Nobody here signs in with your address at Firm ID"),
        ("sam-unverified", "Firm ID has not verified your e-mail address"),
        ("sam-silent", "Firm ID has not verified your e-mail address"),
        ("", "Firm ID did not let you in, or you cancelled"),
    ],
)
def test_nobody_else_and_nobody_is_signed_up(provider, sam, sub, words):
    client = Client()
    assert through(client, sub).url == LOGIN
    assert who(client).is_anonymous
    assert words in messages_of(client, LOGIN)
    assert User.objects.count() == 1
    assert not SocialAccount.objects.exists()


def test_who_has_left_stays_out(provider, sam):
    through(Client(), "sam-1")
    User.objects.update(is_active=False)
    client = Client()
    through(client, "sam-1")
    assert who(client).is_anonymous
    SocialAccount.objects.all().delete()
    through(client, "sam-1")
    assert who(client).is_anonymous


def test_nobody_ties_another_identity_to_their_own(provider, sam):
    client = signed_in(sam)
    assert through(client, "stranger", begin=f"{BEGIN}?process=connect").url == SECURITY
    assert not SocialAccount.objects.exists()
    assert who(client) == sam


def test_an_answer_that_nobody_asked_for(provider, sam):
    client = Client()
    for query in ("", "?code=1", "?code=1&state=x", "?error=server_error&state=x"):
        answer = client.get(f"{BEGIN}callback/{query}")
        assert answer.status_code == 302
        assert answer.url == LOGIN
    assert "did not work" in messages_of(client, LOGIN)


def test_a_provider_that_is_away(firm, sam, settings):
    trust(settings, f"http://127.0.0.1:{free_port()}")
    client = Client()
    assert client.get(BEGIN).url == LOGIN
    assert "Firm ID cannot be reached" in messages_of(client, LOGIN)
    client.post(LOGIN, {"login": sam.email, "password": PASSWORD})
    assert who(client) == sam


def test_without_one_there_is_no_page(sam, client):
    assert "oidc" not in client.get(LOGIN).text
    for page in (BEGIN, f"{BEGIN}callback/?code=1"):
        assert client.get(page).status_code == 404
    assert signed_in(sam).get("/accounts/reauthenticate/provider/").status_code == 404


def test_of_allauths_pages_only_those_that_we_use():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert {name for name in names if name.startswith("openid")} == {"openid_connect_login", "openid_connect_callback"}
    assert not {name for name in names if name.startswith("socialaccount")}


class TestPasswords:
    @pytest.fixture(autouse=True)
    def _none(self, provider, settings):
        settings.PASSWORDS_ALLOWED = False

    def test_they_let_nobody_in_where_they_are_not_allowed(self, sam):
        client = Client()
        page = client.get(LOGIN).text
        assert 'name="password"' not in page
        assert "passkey" not in page
        client.post(LOGIN, {"login": sam.email, "password": PASSWORD})
        assert who(client).is_anonymous
        assert client.get("/accounts/passkey/").status_code == 404
        through(client, "sam-1")
        assert who(client) == sam

    def test_then_the_provider_asks_again_before_a_change(self, ada):
        client = Client()
        through(client, "ada-1")
        there = client.get("/settings/sign-in/")
        assert there.url.startswith("/accounts/reauthenticate/provider/?next=")
        answer = through(client, "ada-1", begin=there.url)
        landed = client.get(answer.url)
        assert landed.url == "/settings/sign-in/"
        assert client.get(landed.url).status_code == 200

    def test_somebody_else_there_does_not_count(self, ada, sam):
        for sub in ("ada-1", "sam-1"):
            through(Client(), sub)
        client = Client()
        through(client, "ada-1")
        there = client.get("/settings/sign-in/")
        assert through(client, "sam-1", begin=there.url).url == SECURITY
        assert who(client) == ada
        assert client.get("/settings/sign-in/").status_code == 302


class TestSecondFactor:
    def test_ours_is_asked_for(self, provider, sam):
        secret = with_app(sam)
        client = Client()
        assert through(client, "sam-1").url == SECOND
        assert who(client).is_anonymous
        client.post(SECOND, {"code": code_of(secret)})
        assert who(client) == sam

    def test_the_providers_counts_where_the_firm_says_so(self, provider, sam):
        with_app(sam)
        Firm.objects.update(trusts_provider_factor=True, second_factor_roles=["support"])
        client = Client()
        through(client, "sam-1")
        assert who(client) == sam
        Authenticator.objects.all().delete()
        assert client.get("/customers/").status_code == 200
        by_password = Client()
        by_password.post(LOGIN, {"login": sam.email, "password": PASSWORD})
        assert by_password.get("/customers/").url == SECURITY

    def test_and_does_not_where_it_says_nothing(self, provider, sam):
        Firm.objects.update(second_factor_roles=["support"])
        client = Client()
        through(client, "sam-1")
        assert client.get("/customers/").url == SECURITY

    def test_the_admin_says_so_and_is_not_locked_out(self, provider, ada):
        client = Client()
        through(client, "ada-1")
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert "The second factor of Firm ID counts" in client.get("/settings/sign-in/").text
        wrong = client.post("/settings/sign-in/", {"second_factor_roles": ["admin"]})
        assert wrong.status_code == 422
        right = client.post("/settings/sign-in/", {"second_factor_roles": ["admin"], "trusts_provider_factor": "on"})
        assert right.status_code == 302
        assert client.get("/admin/").status_code == 200
