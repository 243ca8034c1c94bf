"""The list of one's sessions, how they end, and the firm's time without activity."""

from typing import Any
from unittest import mock

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as RedisGoneError

from customers.models import Customer
from partnership.staff.models import AuditRecord, Firm, User
from partnership.staff.sign_in.mails import send_password_link
from partnership.staff.sign_in.sessions.listing import describe_device
from tests.factories import PASSWORD, CustomerFactory, UserFactory
from tests.partnership.conftest import signed_in
from tests.partnership.staff.test_sign_in import link_in

pytestmark = pytest.mark.django_db

SECURITY, LOGIN = "/profile/security/", "/accounts/login/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


def sign_in(user: User, browser: str = FIREFOX, **more: Any) -> Client:
    client = Client(headers={"user-agent": browser})
    client.post(LOGIN, {"login": user.email, "password": PASSWORD}, **more)
    assert "_auth_user_id" in client.session
    return client


def passes(client: Client, *, minutes: float) -> None:
    """Let so much time go by without activity."""
    session = client.session
    session["seen_at"] -= minutes * 60
    session.save()


class TestList:
    def test_where_and_when(self, sam):
        phone, here = sign_in(sam, PHONE), sign_in(sam)
        page = here.get(SECURITY).text
        assert "Firefox on Linux" in page
        assert "Safari on iPhone" in page
        assert page.index("Firefox on Linux") < page.index("This session") < page.index("Safari on iPhone")
        assert "from 127.0.0.1" in page
        phone.post("/accounts/logout/")
        assert "Safari on iPhone" not in here.get(SECURITY).text

    def test_one_is_ended(self, sam):
        phone, here = sign_in(sam, PHONE), sign_in(sam)
        theirs = UserSession.objects.get(user_agent=PHONE)
        assert here.post(reverse("session_ending", args=[theirs.pk])).url == SECURITY
        assert phone.get("/customers/").url.startswith(LOGIN)
        assert here.get("/customers/").status_code == 200
        assert AuditRecord.objects.get(kind="sessions").by == sam

    def test_all_others_are_ended(self, sam):
        others, here = [sign_in(sam, PHONE), sign_in(sam)], sign_in(sam)
        here.post(reverse("other_sessions_ending"))
        assert [client.get("/customers/").status_code for client in [*others, here]] == [302, 302, 200]
        assert AuditRecord.objects.get(kind="sessions").facts == {"sessions": 2}

    def test_a_colleagues_is_not_found(self, sam, manager):
        theirs = sign_in(manager)
        session = UserSession.objects.get(user=manager)
        assert sign_in(sam).post(reverse("session_ending", args=[session.pk])).status_code == 404
        assert theirs.get("/customers/").status_code == 200

    def test_a_new_password_ends_all_others(self, sam):
        other, here = sign_in(sam), sign_in(sam)
        new = "a-long-and-new-password"
        here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
        assert other.get("/customers/").status_code == 302
        page = here.get(SECURITY).text
        assert page.count("Firefox on Linux") == 1

    @pytest.mark.parametrize(("language", "words"), [("en", "Hello Sam Rivera"), ("de", "Guten Tag Sam Rivera")])
    def test_a_forgotten_password_ends_all(self, sam, settings, mailoutbox, language, words):
        """The mail is in the firm's language, from our address, in our words."""
        settings.DEFAULT_FROM_EMAIL = "partnership@ourfirm.example"
        Firm.objects.update(language=language)
        client = sign_in(sam)
        send_password_link(sam.email)
        [message] = mailoutbox
        assert "partnership@ourfirm.example" in message.from_email
        assert "Our Firm" in message.body
        assert words.split()[0] in message.body
        anyone, new = Client(), "a-long-and-new-password"
        form = anyone.get(link_in(message).removeprefix(settings.SITE_URL), follow=True)
        anyone.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
        assert client.get("/customers/").url.startswith(LOGIN)

    def test_the_page_opens_without_redis(self, sam):
        client = sign_in(sam)
        gone = mock.Mock(side_effect=RedisGoneError("gone"))
        broken = dict.fromkeys(("get", "set", "has_key"), gone)
        with mock.patch.multiple(type(cache._connections["default"]), **broken):  # type: ignore[attr-defined]
            assert "Firefox on Linux" in client.get(SECURITY).text
        assert gone.called

    @pytest.mark.parametrize("address", ["", "fe80::1%eth0"])
    def test_any_visitor_can_sign_in(self, sam, address):
        """Through a socket of this machine there is no address, and the database keeps none with a zone."""
        sign_in(sam, REMOTE_ADDR=address)

    @pytest.mark.parametrize(
        ("user_agent", "device"),
        [
            (FIREFOX, "Firefox on Linux"),
            (PHONE, "Safari on iPhone"),
            ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
            ("Mozilla/5.0 (Linux; Android 16) AppleWebKit Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
            ("curl/8.0", "Unknown browser"),
            ("", "Unknown browser"),
        ],
    )
    def test_devices_in_words(self, user_agent, device):
        assert describe_device(user_agent) == device


class TestIdle:
    def test_it_ends_after_the_firms_time(self, sam):
        Firm.objects.update(idle_minutes=30)
        client = sign_in(sam)
        passes(client, minutes=29)
        assert client.get("/customers/").status_code == 200
        passes(client, minutes=31)
        assert client.get("/customers/").url == f"{LOGIN}?next=/customers/"
        assert "nothing happened for a while" in client.get(LOGIN).text
        assert client.get("/customers/").status_code == 302

    def test_twelve_hours_where_nobody_said_otherwise(self, sam):
        client = sign_in(sam)
        passes(client, minutes=719)
        assert client.get("/customers/").status_code == 200
        passes(client, minutes=721)
        assert client.get("/customers/").status_code == 302

    def test_no_time_where_none_is_set(self, sam):
        Firm.objects.update(idle_minutes=None)
        client = sign_in(sam)
        passes(client, minutes=20_000)
        assert client.get("/customers/").status_code == 200

    def test_a_form_loses_nothing(self, sam):
        client = sign_in(sam)
        passes(client, minutes=721)
        answer = client.post("/customers/new/", {"name": "Ada <b>"})
        assert answer.status_code == 401
        assert "Ada &lt;b&gt;" in answer.text
        assert not Customer.objects.exists()

    def test_htmx_is_told(self, sam):
        client = sign_in(sam)
        passes(client, minutes=721)
        answer = client.post(f"/customers/{CustomerFactory().pk}/notes/", {"body": "x"}, headers={"HX-Request": "true"})
        assert answer.status_code == 401

    def test_what_a_page_asks_by_itself_is_no_activity(self, sam):
        client = sign_in(sam)
        customer = CustomerFactory(owner=sam)
        for ask in (
            lambda: client.get("/notifications/unread/", headers={"HX-Request": "true"}),
            lambda: client.get("/", headers={"HX-Request": "true", "Quiet": "true"}),
            lambda: client.get(reverse("news", args=[customer.pk])),
        ):
            passes(client, minutes=200)
            assert ask().status_code != 302
        passes(client, minutes=200)
        assert client.get("/customers/").status_code == 302

    def test_the_admin_site_too(self, firm):
        client = sign_in(UserFactory(admin=True, role="admin"))
        passes(client, minutes=721)
        assert client.get("/admin/").status_code == 302

    def test_activity_is_noted_once_a_minute(self, sam):
        client = sign_in(sam)
        before = UserSession.objects.get().last_seen_at
        client.get("/customers/")
        assert UserSession.objects.get().last_seen_at == before
        passes(client, minutes=2)
        client.get("/customers/")
        assert UserSession.objects.get().last_seen_at > before

    def test_a_session_of_before_is_listed_from_now_on(self, sam):
        client = signed_in(sam)
        session = client.session
        del session["seen_at"]
        session.save()
        assert client.get("/customers/").status_code == 200
        assert UserSession.objects.get().user == sam

    @pytest.mark.parametrize(
        ("minutes", "accepted"), [("30", True), ("", True), ("4", False), ("-1", False), ("x", False)]
    )
    def test_admins_set_it(self, firm, minutes, accepted):
        client = sign_in(UserFactory(admin=True, role="admin"))
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        answer = client.post("/settings/sign-in/", {"idle_minutes": minutes})
        assert (answer.status_code == 302) == accepted
        if accepted:
            assert Firm.current().idle_minutes == (int(minutes) if minutes else None)
