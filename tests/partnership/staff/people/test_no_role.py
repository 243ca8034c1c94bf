"""Nobody without a role is left alone with it: they are told whom to ask, and the admins are told of them, once."""

import pytest
from django.test import Client
from django.urls import reverse

from partnership.notifications.models import Notification
from partnership.staff.models import User
from tests.factories import PASSWORD, UserFactory
from tests.partnership.conftest import signed_in
from tests.partnership.staff.people.conftest import entered

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora(admin):
    nora = UserFactory(name="Nora None")
    nora.groups.clear()
    return nora


def sign_in(user):
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


@pytest.mark.parametrize("path", ["/", "/customers/", "/settings/people/"])
def test_they_are_told_whom_to_ask(nora, admin, path):
    UserFactory(role="admin", name="Di Gone", is_active=False)
    page = sign_in(nora).get(path)
    assert page.status_code == 403
    assert "ask an admin" in page.text
    assert admin.email in page.text
    assert "Di Gone" not in page.text


def test_the_admins_get_one_notice(nora, admin, sam):
    for _ in range(3):
        sign_in(nora)
    sign_in(sam)
    notice = Notification.objects.get(kind="no_role")
    assert notice.user == admin
    assert "Nora None" in notice.text
    admins = signed_in(admin)
    assert "without a role has signed in" in admins.get(reverse("notifications")).text
    assert admins.get(reverse("notification", args=[notice.pk])).url == reverse("person", args=[nora.pk])


def test_with_a_role_every_page_opens(nora, admin):
    client = sign_in(nora)
    entered(admin).post(reverse("person_role", args=[nora.pk]), {"role": "support"})
    assert client.get("/customers/").status_code == 200


def test_the_admin_site_adds_nobody_without_a_role(admin):
    admins = entered(UserFactory(admin=True))
    fields = {"email": "new@ourfirm.example", "name": "Nel", "password1": PASSWORD, "password2": PASSWORD}
    assert admins.post(reverse("admin:staff_user_add"), fields).status_code == 200
    assert not User.objects.filter(name="Nel").exists()
    assert admins.post(reverse("admin:staff_user_add"), {**fields, "role": "manager"}).status_code == 302
    assert User.objects.get(name="Nel").role == "manager"
