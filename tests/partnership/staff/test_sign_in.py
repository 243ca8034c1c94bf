"""Whose sign-in it is: the address of a user and no other, asked at one door, with limits for each visitor."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from partnership.staff.models import User
from partnership.staff.sign_in.mails import begin_address, send_password_link
from partnership.staff.sign_in.visitors import visitor_address
from tests.factories import PASSWORD, UserFactory
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


def sign_in(email: str, password: str = PASSWORD, **headers: str) -> Client | None:
    """A client that is signed in; None where it was refused."""
    client = Client()
    client.post(LOGIN, {"login": email, "password": password}, **headers)
    return client if "_auth_user_id" in client.session else None


@pytest.fixture
def admin(firm):
    return UserFactory(admin=True, role="admin")


@pytest.fixture
def admins(admin):
    """Signed in with a password, and asked for it again just now."""
    client = Client()
    client.post(LOGIN, {"login": admin.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def changed_address(admins: Client, user: User, email: str) -> None:
    url = reverse("admin:staff_user_change", args=[user.pk])
    groups = list(user.groups.values_list("pk", flat=True))
    fields = {"name": user.name, "email": email, "signature": "", "is_active": "on", "groups": groups}
    response = admins.post(url, fields)
    assert response.status_code == 302, response.text
    assert response.url == reverse("admin:staff_user_changelist")


def link_in(message: mail.EmailMessage) -> str:
    found = re.search(r"https?://\S+", message.body)
    assert found
    return found[0]


def test_an_address_that_was_changed_ends_at_once(admins, sam, settings):
    settings.SITE_URL = "https://crm.example"
    old = sam.email
    EmailAddress.objects.create(user=sam, email=old, primary=True, verified=True)  # as an earlier version kept it
    assert sign_in(old)
    send_password_link(old)
    link = link_in(mail.outbox.pop())
    changed_address(admins, sam, "new@ourfirm.example")
    assert sign_in(old) is None
    assert sign_in("new@ourfirm.example")
    [message] = mail.outbox
    assert message.to == ["new@ourfirm.example"]
    mail.outbox.clear()
    send_password_link(old)
    assert mail.outbox == []
    assert "used already or has expired" in Client().get(link.removeprefix("https://crm.example"), follow=True).text


def test_the_new_address_is_confirmed_by_mail(admins, sam, settings):
    settings.SITE_URL = "https://crm.example"
    changed_address(admins, sam, "new@ourfirm.example")
    link = link_in(mail.outbox[0])
    assert link.startswith("https://crm.example/accounts/confirm-email/")
    assert not EmailAddress.objects.get(user=sam).verified
    response = Client().post(link.removeprefix("https://crm.example"))
    assert response.status_code == 302
    assert EmailAddress.objects.get(user=sam).verified
    sam.refresh_from_db()
    assert sam.email == "new@ourfirm.example"


def test_a_link_to_an_address_that_was_changed_again_is_void(sam, settings):
    sam.email = "first@ourfirm.example"
    sam.save()
    begin_address(sam)
    link = link_in(mail.outbox[0]).removeprefix(settings.SITE_URL)
    sam.email = "second@ourfirm.example"
    sam.save()
    begin_address(sam)
    assert "no longer valid" in Client().get(link).text
    Client().post(link)
    sam.refresh_from_db()
    assert sam.email == "second@ourfirm.example"


OURS = {
    "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate",
    "account_change_password", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "account_confirm_email",
    "account_admin_login", "account_admin_password", "account_provider_reauthentication", "account_provider_confirmed",
}  # fmt: skip


def test_of_allauths_pages_only_those_that_we_use():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str) and name.startswith("account_")}
    assert names == OURS
    with pytest.raises(NoReverseMatch):
        reverse("account_email")


@pytest.mark.parametrize("page", ["email", "signup", "password/set", "login/code", "confirm-email", "3rdparty"])
def test_others_are_no_pages(desk, client, page):
    for one in (desk, client):
        assert one.get(f"/accounts/{page}/").status_code == 404
        assert one.post(f"/accounts/{page}/", {"email": "me@evil.example", "action_add": ""}).status_code == 404


def test_whoever_changes_a_sign_in_enters_their_password_again(admin, sam):
    client = Client()
    client.post(LOGIN, {"login": admin.email, "password": PASSWORD})
    for page in (
        reverse("admin:staff_user_change", args=[sam.pk]),
        reverse("admin:staff_user_add"),
        reverse("admin:auth_user_password_change", args=[sam.pk]),
    ):
        for response in (client.get(page), client.post(page, {"email": "x@evil.example"})):
            assert response.status_code == 302
            assert response.url.startswith("/accounts/reauthenticate/")
    wrong = client.post("/accounts/reauthenticate/", {"password": "wrong"})
    assert wrong.status_code == 200
    right = client.post(f"/accounts/reauthenticate/?next={page}", {"password": PASSWORD})
    assert right.status_code in (200, 302)
    assert client.get(reverse("admin:staff_user_change", args=[sam.pk])).status_code == 200


def test_a_forgotten_password_answers_alike(client, sam, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    answers = []
    for email in (sam.email, "nobody@ourfirm.example"):
        response = client.post("/accounts/password/reset/", {"email": email})
        page = re.sub(r'(csrf\w*"?[^>]*value=|csrf[^"]*": *)"\w+"', "", client.get(response.url).text)
        answers.append((response.status_code, response.url, re.sub(r'"\w{64}"', "", page)))
    assert answers[0] == answers[1]
    assert mail.outbox == [], "a worker sends it, so that nobody can tell by the time it takes"


def test_the_link_is_in_our_words_and_leads_to_our_address(sam, firm, settings):
    settings.SITE_URL = "https://crm.example"
    send_password_link(sam.email.upper())
    send_password_link("nobody@ourfirm.example")
    [message] = mail.outbox
    assert firm.name in message.body
    assert "example.com" not in message.body
    link = link_in(message)
    assert link.startswith("https://crm.example/accounts/password/reset/key/")
    client = Client()
    form = client.get(link.removeprefix("https://crm.example"), follow=True)
    new = "a-long-and-new-password"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert sign_in(sam.email, new)


def test_no_link_to_who_has_left(sam):
    sam.is_active = False
    sam.save()
    send_password_link(sam.email)
    assert mail.outbox == []


@pytest.mark.parametrize("backend", ["console", "filebased"])
def test_no_link_goes_where_others_read_it(client, sam, settings, capsys, caplog, backend):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    send_password_link(sam.email)
    begin_address(sam)
    said = "".join(capsys.readouterr()) + caplog.text
    assert "/accounts/" not in said
    assert "no mail server" in said
    assert "No mail server is set up" in client.get("/accounts/password/reset/").text


def test_the_admins_own_doors_lead_to_ours(client, desk, admins):
    assert client.get("/admin/login/?next=/admin/staff/").url == f"{LOGIN}?next=/admin/staff/"
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).url.startswith(LOGIN)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(LOGIN)
    assert desk.get("/admin/login/").status_code == 403
    assert desk.get("/admin/", follow=True).status_code == 403
    assert admins.get("/admin/password_change/").url == "/accounts/password/change/"


def test_ten_guesses_lock_out_their_visitor_alone(sam, settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1", "10.0.0.0/8"]
    for number in range(12):
        sign_in(f"staff{number}@evil.example", "wrong", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert sign_in(sam.email, HTTP_X_FORWARDED_FOR="203.0.113.9") is None
    assert sign_in(sam.email, HTTP_X_FORWARDED_FOR="198.51.100.7")


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "visitor"),
    [
        ("198.51.100.7", "", [], "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", [], "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", ["10.0.0.0/8"], "198.51.100.7"),
        ("10.1.2.3", "203.0.113.9", ["10.0.0.0/8"], "203.0.113.9"),
        ("10.1.2.3", "6.6.6.6, 203.0.113.9", ["10.0.0.0/8"], "203.0.113.9"),
        ("10.1.2.3", "6.6.6.6, 203.0.113.9, 10.9.9.9", ["10.0.0.0/8"], "203.0.113.9"),
        ("10.1.2.3", "nonsense", ["10.0.0.0/8"], "10.1.2.3"),
        ("10.1.2.3", "", ["10.0.0.0/8"], "10.1.2.3"),
        ("", "203.0.113.9", ["unix"], "203.0.113.9"),
        ("", "203.0.113.9", [], "unix"),
        ("::1", "2001:db8::7", ["::1"], "2001:db8::7"),
    ],
)
def test_the_visitors_own_address_counts(rf, settings, remote, forwarded, trusted, visitor):
    settings.TRUSTED_PROXIES = trusted
    given = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert visitor_address(rf.get("/", REMOTE_ADDR=remote, **given)) == visitor


@pytest.mark.parametrize(("password", "accepted"), [("short-one11", False), ("password1234", False),
                                                    ("four-words-of-ours", True)])  # fmt: skip
def test_passwords_are_long_and_not_common(sam, password, accepted):
    client = Client()
    client.post(LOGIN, {"login": sam.email, "password": PASSWORD})
    fields = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    client.post("/accounts/password/change/", fields)
    assert bool(sign_in(sam.email, password)) == accepted


def test_after_signing_out_the_browser_has_kept_nothing(desk):
    for page in ("/", "/customers/", "/profile/"):
        assert "no-store" in desk.get(page).headers["Cache-Control"]
        assert "camera=()" in desk.get(page).headers["Permissions-Policy"]
    signed = signed_in(User.objects.get())
    signed.post("/accounts/logout/")
    assert signed.get("/customers/").status_code == 302
