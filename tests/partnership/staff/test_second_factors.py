"""A second factor: set up, asked for, required of a role, lost and reset."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.contrib.auth.models import Group
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import get_resolver, reverse

from partnership.staff import tasks
from partnership.staff.models import ADMIN, AuditRecord, Firm, User
from partnership.staff.sign_in.second_factors.resetting import reset_second_factor
from tests.factories import PASSWORD, CustomerFactory, UserFactory
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

LOGIN, SECOND, SECURITY = "/accounts/login/", "/accounts/second-factor/", "/profile/security/"


def code_of(secret: str, *, later: int = 0) -> str:
    """What an authenticator app shows now, or `later` steps of 30 seconds from now."""
    return format_hotp_value(hotp_value(secret, sorted(counters())[1] + later))


def with_app(user: User) -> str:
    """Give the user an authenticator app. Return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def entered(user: User) -> Client:
    """A client whose user entered their password just now, and once more."""
    client = Client()
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def told(django_capture_on_commit_callbacks: Any) -> Any:
    """told(call) → the mails that the worker would send for what the call changed."""

    def notices(call: Any) -> list[str]:
        tasks.send_owed_mails_task()  # of what was done before
        with django_capture_on_commit_callbacks(execute=True):  # allauth says it once the change is committed
            call()
        mail.outbox.clear()
        tasks.send_owed_mails_task()
        return [str(message.body) for message in mail.outbox]

    return notices


@pytest.fixture
def admin(firm: Firm) -> User:
    return UserFactory(admin=True, role=ADMIN, name="Ada Admin")


def requires(*roles: str) -> None:
    Firm.objects.update(second_factor_roles=list(roles))


def test_an_app_is_set_up_and_asked_for(sam, told):
    client = entered(sam)
    page = client.get("/profile/security/app/").text
    assert "data:image/svg+xml;base64," in page
    [secret] = re.findall(r"<code[^>]*>(\w+)</code>", page)
    wrong = client.post("/profile/security/app/", {"code": "000000"})
    assert "wrong or was used before" in wrong.text
    [notice] = told(lambda: client.post("/profile/security/app/", {"code": code_of(secret)}))
    assert "A second factor was added" in notice
    codes = re.findall(r"\b\d{8}\b", client.get("/profile/security/recovery-codes/").text)
    assert len(codes) == 10
    assert not re.findall(r"\b\d{8}\b", client.get("/profile/security/recovery-codes/").text), "they are shown once"

    again = Client()
    assert again.post(LOGIN, {"login": sam.email, "password": PASSWORD}).url == SECOND
    assert not is_signed_in(again)
    assert "Second factor" in again.get(SECOND).text
    again.post(SECOND, {"code": "123456"})
    assert not is_signed_in(again)
    assert AuditRecord.objects.get(kind="failed_sign_in").facts == {"factor": "totp"}
    again.post(SECOND, {"code": code_of(secret)})
    assert is_signed_in(again)

    by_code = Client()
    by_code.post(LOGIN, {"login": sam.email, "password": PASSWORD})
    [notice] = told(lambda: by_code.post(SECOND, {"code": codes[3]}))
    assert "A recovery code was used" in notice
    assert is_signed_in(by_code)
    twice = Client()
    twice.post(LOGIN, {"login": sam.email, "password": PASSWORD})
    twice.post(SECOND, {"code": codes[3]})
    assert not is_signed_in(twice)


@pytest.mark.parametrize("later", [-1, 0, 1])
def test_a_code_counts_once_as_long_as_it_counts_at_all(sam, later):
    secret = with_app(sam)
    code = code_of(secret, later=later)
    for is_first in (True, False):
        client = Client()
        client.post(LOGIN, {"login": sam.email, "password": PASSWORD})
        client.post(SECOND, {"code": code})
        assert is_signed_in(client) == is_first
        # allauth itself remembers it for 30 seconds only
        cache.delete(f"allauth.mfa.totp.used?user={sam.pk}&code={code}")


def test_codes_can_be_guessed_but_a_few_times(sam):
    secret = with_app(sam)
    client = Client()
    client.post(LOGIN, {"login": sam.email, "password": PASSWORD})
    for number in range(12):
        client.post(SECOND, {"code": f"{number:06}"})
    client.post(SECOND, {"code": code_of(secret)})
    assert not is_signed_in(client)


CHANGES = [
    "/profile/security/app/", "/profile/security/app/removal/", "/profile/security/passkeys/new/",
    "/profile/security/passkeys/{pk}/name/", "/profile/security/passkeys/{pk}/removal/",
    "/profile/security/recovery-codes/", "/profile/security/recovery-codes/new/",
]  # fmt: skip


@pytest.mark.parametrize("page", CHANGES)
def test_who_changes_a_factor_enters_their_password_again(sam, page):
    with_app(sam)
    if page == "/profile/security/app/":
        Authenticator.objects.all().delete()
    passkey = Authenticator.objects.create(user=sam, type="webauthn", data={"name": "Laptop", "credential": {}})
    Authenticator.objects.create(user=sam, type="recovery_codes", data={"seed": "0" * 80, "used_mask": 0})
    client, url = signed_in(sam), page.format(pk=passkey.pk)
    for response in (client.get(url), client.post(url, {})):
        if response.status_code != 405:  # codes are shown, never sent
            assert response.status_code == 302
            assert response.url.startswith("/accounts/reauthenticate/")


def test_a_colleagues_passkey_is_not_found(sam, manager):
    passkey = Authenticator.objects.create(user=manager, type="webauthn", data={"name": "Laptop", "credential": {}})
    client = entered(sam)
    for page in ("name", "removal"):
        url = f"/profile/security/passkeys/{passkey.pk}/{page}/"
        assert {client.get(url).status_code, client.post(url, {"name": "Mine"}).status_code} == {404}


OURS = {
    "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_list_webauthn", "mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
}  # fmt: skip


def test_of_allauths_pages_only_those_that_we_use():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str) and name.startswith("mfa_")}
    assert names == OURS


def test_secrets_of_others_are_in_no_list_of_the_admin(admin):
    client = entered(admin)
    for model in ("mfa/authenticator", "usersessions/usersession"):
        assert client.get(f"/admin/{model}/").status_code == 404


class TestRequired:
    """Of a role that must have a second factor, who has none opens nothing else."""

    def test_pages_lead_to_setting_one_up(self, sam):
        requires("support")
        client = entered(sam)
        for page in ("/", "/customers/", "/profile/", "/settings/sign-in/", "/accounts/password/change/"):
            assert client.get(page).url == SECURITY, page
        page = client.get(SECURITY).text
        assert "Your role requires a second factor" in page
        assert 'class="nav-main"' not in page
        assert client.get("/profile/security/app/").status_code == 200
        assert client.get("/profile/security/passkeys/new/").status_code == 200
        assert client.post("/accounts/logout/").status_code == 302

    def test_the_admin_site_too(self, admin):
        requires("admin")
        client = entered(admin)
        for page in ("/admin/", "/admin/staff/firm/1/change/", "/admin/jsi18n/", "/admin/login/"):
            response = client.get(page)
            assert response.status_code in (302, 403)
            assert response.status_code == 403 or response.url in (SECURITY, "/admin/"), page
        answer = client.post("/admin/staff/firm/1/change/", {"name": "Mine now"})
        assert answer.status_code == 403
        assert Firm.current().name == "Our Firm"

    def test_htmx_is_told_and_gets_no_page_to_put_in(self, sam):
        requires("support")
        customer = CustomerFactory(owner=sam)
        client = signed_in(sam, hx_request="true")
        for answer in (client.get("/notifications/unread/"), client.post(f"/customers/{customer.pk}/notes/", {})):
            assert answer.status_code == 403
            assert answer.headers["Second-Factor"] == "required"
            assert not answer.content

    def test_a_form_loses_nothing(self, sam):
        requires("support")
        answer = signed_in(sam).post("/customers/new/", {"name": "Ada <b>", "password1": "hush"})
        assert answer.status_code == 403
        assert "Ada &lt;b&gt;" in answer.text
        assert "hush" not in answer.text
        assert "Set up a second factor first" in answer.text

    def test_who_has_one_goes_on(self, sam):
        requires("support")
        secret = with_app(sam)
        client = Client()
        client.post(LOGIN, {"login": sam.email, "password": PASSWORD})
        client.post(SECOND, {"code": code_of(secret)})
        assert client.get("/customers/").status_code == 200

    def test_other_roles_go_on(self, sam, manager):
        requires("manager", "admin")
        assert signed_in(sam).get("/customers/").status_code == 200
        assert signed_in(manager).get("/customers/").url == SECURITY

    def test_a_superuser_counts_as_admin(self, firm):
        requires("admin")
        user = UserFactory(admin=True)
        user.groups.clear()
        assert signed_in(user).get("/customers/").url == SECURITY

    def test_the_last_one_stays(self, sam):
        requires("support")
        with_app(sam)
        passkey = Authenticator.objects.create(user=sam, type="webauthn", data={"name": "Laptop", "credential": {}})
        client = signed_in(sam)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        client.post("/profile/security/app/removal/")
        assert [one.type for one in Authenticator.objects.all()] == ["webauthn"]
        client.post(f"/profile/security/passkeys/{passkey.pk}/removal/")
        assert Authenticator.objects.filter(pk=passkey.pk).exists()
        assert "before you remove this one" in client.get(SECURITY).text
        requires()
        client.post(f"/profile/security/passkeys/{passkey.pk}/removal/")
        assert not Authenticator.objects.exists()


class TestSettings:
    URL = "/settings/sign-in/"

    def test_who_has_none_cannot_require_one(self, admin):
        client = entered(admin)
        answer = client.post(self.URL, {"second_factor_roles": ["admin"]})
        assert answer.status_code == 422
        assert "You have no second factor yourself" in answer.text
        assert Firm.current().second_factor_roles == []

    def test_who_has_one_can(self, admin, sam):
        client = entered(admin)
        with_app(admin)
        answer = client.post(self.URL, {"second_factor_roles": ["admin", "support"]})
        assert answer.status_code == 302
        assert Firm.current().second_factor_roles == ["admin", "support"]
        assert "Missing, required" in client.get(self.URL).text
        assert client.post(self.URL, {"second_factor_roles": ["owner"]}).status_code == 422

    def test_it_asks_for_the_password_again(self, admin):
        client = signed_in(admin)
        assert client.get(self.URL).url.startswith("/accounts/reauthenticate/")
        assert client.post(self.URL, {}).url.startswith("/accounts/reauthenticate/")

    def test_the_firms_page_of_the_admin_leaves_it_alone(self, admin):
        page = entered(admin).get("/admin/staff/firm/1/change/").text
        assert "second_factor_roles" not in page


class TestReset:
    def url(self, user: User) -> str:
        return reverse("second_factor_reset", args=[user.pk])

    def test_a_lost_factor(self, admin, sam, told):
        with_app(sam)
        theirs, client = Client(), entered(admin)
        theirs.force_login(sam)
        assert "Reset the second factor of Sam Rivera?" in client.get(self.url(sam)).text
        [notice] = told(lambda: client.post(self.url(sam)))
        assert "An administrator removed all second factors" in notice
        assert not Authenticator.objects.filter(user=sam).exists()
        assert is_signed_in(entered(sam))

    def test_it_ends_their_sessions(self, admin, sam):
        theirs = entered(sam)
        with_app(sam)
        assert theirs.get("/customers/").status_code == 200
        reset_second_factor(user=sam, by=admin)
        assert theirs.get("/customers/").url.startswith(LOGIN)

    def test_nobody_resets_their_own(self, admin):
        with_app(admin)
        client = signed_in(admin)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert client.post(self.url(admin)).url == SECURITY
        assert Authenticator.objects.filter(user=admin).exists()

    def test_it_asks_for_the_password_again(self, admin, sam):
        with_app(sam)
        assert signed_in(admin).post(self.url(sam)).url.startswith("/accounts/reauthenticate/")
        assert Authenticator.objects.exists()

    def test_it_is_the_admins_alone(self, sam, manager):
        with_app(sam)
        assert signed_in(manager).post(self.url(sam)).status_code == 403
        sam.groups.set(Group.objects.filter(name="manager"))
        assert signed_in(sam).post(self.url(manager)).status_code == 403

    def test_on_the_command_line_where_no_admin_is_left(self, admin, capsys):
        with_app(admin)
        call_command("reset_second_factor", admin.email.upper())
        assert not Authenticator.objects.exists()
        for email in (admin.email, "nobody@ourfirm.example"):
            with pytest.raises(CommandError):
                call_command("reset_second_factor", email)
