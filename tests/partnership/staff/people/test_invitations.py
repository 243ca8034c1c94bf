"""Invitations: by mail or by hand, once, for seven days, for those who cannot sign in yet."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnership.staff.models import AuditRecord, Invitation, User
from partnership.staff.people import invitations
from partnership.staff.people.rules import RefusedError
from tests.factories import PASSWORD, DepartmentFactory, UserFactory
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

NEW = {"name": "Nora New", "password": "a-way-into-the-firm"}
EMAIL = "nora@ourfirm.example"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://crm.example"


def path_in(text: str) -> str:
    found = re.search(r"https://crm\.example(/invitations/\S+?/)", text)
    assert found, text
    return found[1]


def invited(admins, **fields) -> str:
    """The path of the link that was mailed."""
    mail.outbox.clear()
    response = admins.post(reverse("invite"), {"email": EMAIL, "role": "support", **fields})
    assert response.status_code == 302, response.text
    [message] = mail.outbox
    assert message.to == [EMAIL]
    return path_in(message.body)


def test_by_mail_and_in_our_words(admins, admin, firm):
    department = DepartmentFactory()
    path = invited(admins, email="Nora@ourfirm.example", role="manager", department=department.pk)
    message = mail.outbox[0]
    assert firm.name in message.body
    assert admin.name in message.body
    assert "7 days" in message.body
    newcomer = Client()
    page = newcomer.get(path)
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    response = newcomer.post(path, NEW)
    assert response.status_code == 302
    assert newcomer.get("/").status_code == 200
    nora = User.objects.get(email=EMAIL)
    assert (nora.name, nora.role, nora.department, nora.is_staff) == ("Nora New", "manager", department, False)
    assert EmailAddress.objects.get(user=nora).verified
    again = Client()
    again.post("/accounts/login/", {"login": EMAIL, "password": NEW["password"]})
    assert "_auth_user_id" in again.session
    lines = AuditRecord.objects.filter(kind="invitation").order_by("id")
    assert [(line.by, line.facts["what"]) for line in lines] == [(admin, "invited"), (nora, "accepted")]


def test_an_admin_may_open_the_admin_site(admins):
    client = Client()
    client.post(invited(admins, role="admin"), NEW)
    assert User.objects.get(email=EMAIL).is_staff
    assert client.get(reverse("admin:index")).status_code == 200


def test_it_works_once(admins):
    path = invited(admins)
    assert Client().post(path, NEW).status_code == 302
    for client in (Client(), admins):
        assert client.get(path).status_code == 410
        assert client.post(path, {**NEW, "password": "another-password-of-mine"}).status_code == 410
    assert User.objects.get(email=EMAIL).check_password(NEW["password"])


def test_it_expires_after_seven_days(admins):
    path = invited(admins)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(path).status_code == 410
    assert Client().post(path, NEW).status_code == 410
    page = admins.get(reverse("people")).text
    assert "expired" in page
    invitation = Invitation.objects.get()
    assert Invitation.expiry(invitation.invited_at) - invitation.invited_at == timedelta(days=7)


def test_sent_again_it_has_a_new_link(admins):
    old = invited(admins)
    mail.outbox.clear()
    admins.post(reverse("invitation_sending", args=[Invitation.objects.get().pk]))
    new = path_in(mail.outbox[0].body)
    assert Client().get(old).status_code == 410
    assert Client().post(new, NEW).status_code == 302


def test_withdrawn_it_works_no_more(admins):
    path = invited(admins)
    pk = Invitation.objects.get().pk
    admins.post(reverse("invitation_withdrawal", args=[pk]))
    assert Client().post(path, NEW).status_code == 410
    page = admins.post(reverse("invitation_sending", args=[pk]), follow=True)
    assert "accepted or withdrawn" in page.text
    assert not User.objects.filter(email=EMAIL).exists()
    assert invited(admins), "the same person can be invited anew"


def test_only_the_hash_is_kept(admins):
    token = invited(admins).split("/")[2]
    assert token not in str(list(Invitation.objects.values()))
    assert token not in str(list(AuditRecord.objects.values()))


@pytest.mark.parametrize("backend", ["console", "filebased"])
def test_without_a_mail_server_the_link_is_handed_over(admins, settings, backend, caplog, capsys):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    assert "No mail server is set up" in admins.get(reverse("invite")).text
    page = admins.post(reverse("invite"), {"email": EMAIL, "role": "support"}, follow=True)
    path = path_in(page.context["link"])
    assert path in page.text
    assert path not in admins.get(reverse("people")).text, "it is shown once"
    assert "not sent by mail" in page.text
    assert path not in caplog.text + "".join(capsys.readouterr())
    assert Client().post(path, NEW).status_code == 302
    assert not EmailAddress.objects.get(user__email=EMAIL).verified


def test_where_the_mail_server_refuses_it(admins, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = admins.post(reverse("invite"), {"email": EMAIL, "role": "support"}, follow=True)
    assert path_in(page.context["link"])
    assert "was not sent by mail" in page.text


@pytest.mark.parametrize(("password", "says"), [("short", "too short"), ("password1234", "too common"),
                                                ("nora@ourfirm.example", "too similar"), ("", "required")])  # fmt: skip
def test_the_password_is_checked(admins, password, says):
    path = invited(admins)
    page = Client().post(path, {"name": "Nora", "password": password})
    assert page.status_code == 422
    assert says in page.text
    assert not User.objects.filter(email=EMAIL).exists()


@pytest.mark.parametrize("fields", [{"email": "none"}, {"role": "owner"}, {"role": ""}, {"department": "99"}])
def test_what_is_wrong_is_said_at_the_field(admins, fields):
    page = admins.post(reverse("invite"), {"email": EMAIL, "role": "support", **fields})
    assert page.status_code == 422
    assert not Invitation.objects.exists()


def test_whom_nobody_invites(admins, sam):
    gone = UserFactory(is_active=False)
    invited(admins)
    for email, says in ((sam.email.upper(), "can sign in already"), (gone.email, "enable them"),
                        (EMAIL, "invited already")):  # fmt: skip
        page = admins.post(reverse("invite"), {"email": email, "role": "support"})
        assert page.status_code == 422
        assert says in page.text


def test_someone_from_an_import_chooses_a_first_password(admins):
    imported = UserFactory(email=EMAIL, name="Nora Imported", source="crm", external_id="7")
    imported.set_unusable_password()
    imported.save()
    path = invited(admins, role="manager")
    assert "Nora Imported" in Client().get(path).text
    Client().post(path, NEW)
    imported = User.objects.get(pk=imported.pk)
    assert (imported.name, imported.role, imported.ref) == ("Nora New", "manager", "crm:7")
    assert imported.check_password(NEW["password"])


def test_whoever_is_signed_in_signs_out_first(admins, sam):
    path = invited(admins)
    client = signed_in(sam)
    page = client.get(path)
    assert "Sign out first" in page.text
    assert "Sign out first" in client.post(path, NEW).text
    assert not User.objects.filter(email=EMAIL).exists()


@pytest.mark.parametrize("token", ["x", "é", "a" * 500, "%00", "..", "' OR 1=1"])
def test_odd_tokens(client, db, token):
    assert client.get(f"/invitations/{token}/").status_code in (400, 404, 410)


def test_accepted_twice_at_once(transactional_db, at_once, admins):
    token = invited(admins).split("/")[2]

    def accept() -> object:
        try:
            return invitations.accept(token, at=timezone.now(), **NEW)
        except RefusedError as error:
            return error

    answers = at_once(accept, accept)
    assert sorted(type(one).__name__ for one in answers) == ["RefusedError", "User"]
    assert User.objects.filter(email=EMAIL).count() == 1


def test_invited_twice_at_once(transactional_db, at_once, admin):
    def invite() -> object:
        try:
            return invitations.invite(email=EMAIL, role="support", department=None, by=admin, at=timezone.now())
        except RefusedError as error:
            return error

    answers = at_once(invite, invite)
    assert sorted(type(one).__name__ for one in answers) == ["RefusedError", "tuple"]


def test_the_admins_password_is_asked_again(admin):
    client = Client()
    client.post("/accounts/login/", {"login": admin.email, "password": PASSWORD})
    for response in (client.get(reverse("invite")), client.post(reverse("invite"), {"email": EMAIL})):
        assert response.status_code == 302
        assert response.url.startswith("/accounts/reauthenticate/")
