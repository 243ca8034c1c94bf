"""The mail server's settings, and a test that names the step that fails; against real servers on loopback."""

import logging

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.urls import reverse

from partnership.core.mailing import send
from partnership.staff.mail.backend import FirmBackend
from partnership.staff.mail.encryption import decrypt, encrypt
from partnership.staff.mail.sender import automatic_sender, sender_address
from partnership.staff.mail.transport import FIRM_BACKEND, MailServer, Transport, mail_server, mail_transport
from partnership.staff.models import AuditRecord, Firm, MailSettings
from tests.factories import PASSWORD as OWN_PASSWORD
from tests.factories import UserFactory
from tests.partnership.conftest import signed_in
from tests.processes import free_port
from tests.smtp_servers import PASSWORD, USER, make_certificate, smtp_server

pytestmark = pytest.mark.django_db

URL = "/settings/mail/"


@pytest.fixture(autouse=True)
def _own_server(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.MAIL_SENDER = FIRM_BACKEND, "", ""


@pytest.fixture
def admin(firm):
    return UserFactory(admin=True, role="admin", email="admin@ourfirm.example")


@pytest.fixture
def desk(admin, client):
    """The administrator's, whose password was asked for just now."""
    client.post("/accounts/login/", {"login": admin.email, "password": OWN_PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": OWN_PASSWORD})
    return client


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    pem, context = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    return context


def given(**more):
    fields = {"host": "127.0.0.1", "port": "25", "security": "none", "user": "", "password": ""}
    return {**fields, "mail_name": "Our Firm", "mail_address": "desk@ourfirm.example", **more}


def page_after(desk, **more):
    """Save and send a test; the page afterwards."""
    response = desk.post(URL, given(test="1", **more), follow=True)
    assert response.status_code == 200, response.context["server_form"].errors
    return " ".join(response.text.split())


def test_without_encryption_it_arrives_with_a_caution(desk, caplog):
    with smtp_server() as (port, handler):
        page = page_after(desk, port=str(port))
    assert "The test is sent: 127.0.0.1 accepted it for admin@ourfirm.example." in page
    assert "The connection is not encrypted" in page
    [envelope] = handler.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("desk@ourfirm.example", ["admin@ourfirm.example"])
    assert b"From: Our Firm <desk@ourfirm.example>" in envelope.content
    assert "The test is sent" not in desk.get(URL).text


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_encrypted_and_signed_in(desk, certificate, security):
    with smtp_server(**{security: certificate}, signs_in=True) as (port, handler):
        page = page_after(desk, port=str(port), security=security, user=USER, password=PASSWORD)
    assert "The test is sent" in page
    assert len(handler.taken) == 1


def test_the_saved_password_is_used_by_all_mail(desk, certificate):
    with smtp_server(tls=certificate, signs_in=True) as (port, handler):
        desk.post(URL, given(port=str(port), security="tls", user=USER, password=PASSWORD))
        desk.post(URL, given(port=str(port), security="tls", user=USER, mail_name="Another"))
        assert mail_transport() is Transport.SERVER
        send(EmailMessage("Hello", "x", automatic_sender(Firm.current()), ["ada@example.org"]))
    [envelope] = handler.taken
    assert b"From: Another <desk@ourfirm.example>" in envelope.content


def test_a_wrong_password_is_named_as_such(desk, certificate):
    with smtp_server(tls=certificate, signs_in=True) as (port, _handler):
        page = page_after(desk, port=str(port), security="tls", user=USER, password="wrong")
    assert "127.0.0.1 did not accept the user name and password." in page
    assert "535 5.7.8" in page


def test_no_sign_in_is_offered(desk):
    with smtp_server() as (port, _handler):
        page = page_after(desk, port=str(port), user=USER, password=PASSWORD)
    assert "offers no sign-in on this connection" in page


def test_a_name_that_is_not_found(desk):
    assert "The name nowhere.invalid was not found." in page_after(desk, host="nowhere.invalid")


def test_a_port_that_is_closed(desk):
    page = page_after(desk, port=str(port := free_port()))
    assert f"127.0.0.1 refused the connection to port {port}." in page
    assert "Connection refused" in page


def test_a_server_without_starttls(desk):
    with smtp_server() as (port, _handler):
        assert f"offers no STARTTLS on port {port}." in page_after(desk, port=str(port), security="starttls")


def test_tls_at_a_port_without_it(desk):
    with smtp_server() as (port, _handler):
        assert "could not be encrypted" in page_after(desk, port=str(port), security="tls")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_for_another_name(desk, tmp_path, monkeypatch, security):
    pem, context = make_certificate(tmp_path, "other.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with smtp_server(**{security: context}) as (port, _handler):
        page = page_after(desk, port=str(port), security=security)
    assert "The certificate of 127.0.0.1 was not accepted" in page
    assert "not valid for" in page


def test_a_sender_that_is_refused(desk):
    with smtp_server() as (port, _handler):
        page = page_after(desk, port=str(port), mail_address="stranger@elsewhere.example")
    assert "did not accept stranger@elsewhere.example as the sender." in page
    assert "553 5.7.1 you are not one of ours" in page


def test_a_recipient_that_is_refused(desk, admin):
    admin.email = "nobody@ourfirm.example"
    admin.save()
    with smtp_server() as (port, _handler):
        page = page_after(desk, port=str(port))
    assert "did not accept nobody@ourfirm.example as the recipient." in page
    assert "550 5.1.1 no such user here" in page


def test_the_password_is_nowhere_in_clear(desk, caplog):
    caplog.set_level(logging.DEBUG)
    with smtp_server() as (port, _handler):
        page = page_after(desk, port=str(port), user=USER, password=PASSWORD)
    assert PASSWORD not in page + desk.get(URL).text + caplog.text
    assert PASSWORD not in repr(mail_server())
    MailSettings.objects.update(port=26)
    with connection.cursor() as cursor:
        for table in ("staff_mailsettings", "staff_mailsettingsevent", "staff_firmevent", "django_session"):
            cursor.execute(f"SELECT string_agg(row::text, ' ') FROM {table} row")
            assert PASSWORD not in str(cursor.fetchone()[0]), table
        cursor.execute("SELECT count(*) FROM staff_mailsettingsevent")
        assert cursor.fetchone()[0]
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name='staff_mailsettingsevent'")
        assert "password" not in {name for (name,) in cursor.fetchall()}
    assert mail_server().password == PASSWORD


def test_the_firms_log_says_what_was_changed_and_no_password(desk, admin):
    desk.post(URL, given(host="mail.example", user=USER, password=PASSWORD))
    desk.post(URL, given(host="mail.example", user=USER))
    line = AuditRecord.objects.get(kind="setting", about="Mail server")
    assert line.by == admin
    assert line.facts["mail_server"] == {"from": "", "to": "mail.example:25"}
    assert line.facts["user_name"] == {"from": "", "to": USER}
    assert PASSWORD not in str(line.facts)
    assert line.facts["password"] == "changed"
    assert AuditRecord.objects.filter(kind="setting", facts__has_key="mail_address").exists()


def test_another_secret_key_asks_for_the_password_again(desk, settings):
    desk.post(URL, given(user=USER, password=PASSWORD))
    saved = MailSettings.current()
    settings.SECRET_KEY = "another"
    assert saved.read_password() is None
    assert mail_server().password == ""
    assert decrypt(encrypt("x", purpose="a"), purpose="b") is None
    assert decrypt("nonsense", purpose="a") is None


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"host": ""}, "host", "Enter the name of the mail server."),
        ({"host": "mail server"}, "host", "no server’s name"),
        ({"host": "http://mail.example/"}, "host", "no server’s name"),
        ({"port": "0"}, "port", "1"),
        ({"port": "70000"}, "port", "65535"),
        ({"port": "smtp"}, "port", "whole number"),
        ({"security": "ssl"}, "security", "ssl"),
        ({"password": "x"}, "user", "Enter the user name"),
        ({"user": "x"}, "password", "Enter the password"),
        ({"mail_address": "desk"}, "mail_address", "valid"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(desk, changed, field, words):
    response = desk.post(URL, given(**changed))
    assert response.status_code == 422
    errors = {**response.context["server_form"].errors, **response.context["sender_form"].errors}
    assert words in " ".join(errors[field])
    assert MailSettings.current() is None


def test_a_saved_password_goes_to_no_other_server(desk):
    desk.post(URL, given(user=USER, password=PASSWORD))
    for changed in ({"host": "evil.example"}, {"port": "26"}, {"user": "another"}):
        response = desk.post(URL, given(**{"user": USER, **changed}))
        assert response.status_code == 422
        assert "enter the password again" in str(response.context["server_form"].errors["password"])
    desk.post(URL, given())
    assert MailSettings.current().password == ""


def test_the_environment_wins_and_is_shown(desk, settings):
    desk.post(URL, given(host="saved.example"))
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_USER = "env.example", 2525, "envuser"
    settings.EMAIL_HOST_PASSWORD, settings.MAIL_SENDER = "env secret", "The Firm <env@ourfirm.example>"
    assert mail_server() == MailServer("env.example", 2525, "", "envuser", "env secret")
    page = desk.get(URL).text
    for shown in ("env.example", "2525", "envuser", "EMAIL_HOST", "env@ourfirm.example", "DEFAULT_FROM_EMAIL"):
        assert shown in page
    assert "env secret" not in page
    assert 'name="host"' not in page
    assert 'name="mail_address"' not in page
    assert automatic_sender(Firm.current()) == "The Firm <env@ourfirm.example>"
    with smtp_server() as (port, handler):
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_USER = "127.0.0.1", port, ""
        assert "The test is sent" in desk.post(URL, {"test": "1"}, follow=True).text
    assert len(handler.taken) == 1


def test_under_whose_address_mail_leaves(firm, settings):
    assert sender_address(Firm(name="x")) == "partnership@localhost"
    assert sender_address(Firm(own_addresses=["a@b.example"])) == "a@b.example"
    assert sender_address(Firm(own_addresses=["a@b.example"], mail_address="c@d.example")) == "c@d.example"


def test_whoever_changes_the_server_enters_their_password_again(admin, sam):
    forced = signed_in(admin)
    for response in (forced.get(URL), forced.post(URL, given())):
        assert response.status_code == 302
        assert "/reauthenticate/" in response.url
    assert MailSettings.current() is None
    assert signed_in(sam).get(URL).status_code == 403


def test_the_notice_leads_administrators_there(desk):
    assert f'href="{URL}"' in desk.get(reverse("scheduled")).text


def test_a_connection_that_fails_is_closed(firm):
    with smtp_server() as (port, _handler):
        backend = FirmBackend(server=MailServer("127.0.0.1", port, "starttls"))
        with pytest.raises(OSError, match="STARTTLS"):
            backend.open()
    assert backend.connection is None
