import pytest
from django.contrib import admin
from django.urls import reverse

from partnership.staff.models import Firm
from tests.e2e.story import tell
from tests.factories import PASSWORD, UserFactory, firm_today
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db
OURS = [model for model in admin.site._registry if model._meta.app_label in ("staff", "customers", "interactions")]


@pytest.fixture
def admins(firm):
    """Who has just entered their password again, as the page of a colleague asks."""
    client = signed_in(UserFactory(role="admin", is_staff=True))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


# The firm's page leads to its settings (tests/partnership/staff/firm_settings).
@pytest.mark.parametrize("model", [one for one in OURS if one is not Firm], ids=lambda model: model.__name__)
def test_an_admin_lists_searches_and_opens_each(admins, sam, told_once, model):
    told_once("story", lambda: tell(sam=sam, today=firm_today()))
    changelist = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert admins.get(changelist).status_code == 200
    assert admins.get(changelist, {"q": "ada"}).status_code in (200, 302)
    for row in model.objects.all()[:1]:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
        assert admins.get(url).status_code == 200


def test_every_model_of_ours_is_there():
    histories = {model.pgh_event_model.__name__ for model in OURS if hasattr(model, "pgh_event_model")}
    names = {model.__name__ for model in OURS}
    assert histories <= names
    histories |= {"MailSettingsEvent"}  # the mail server has a page of the settings instead
    assert names - histories == {
        "Firm", "Department", "User", "GoodwillBudget", "Customer", "ContactPoint", "Goal", "CheckIn", "Commitment",
        "Merge", "Interaction", "Conversation", "Settlement", "Attachment", "Deletion", "Outgoing",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["interaction", "attachment", "outgoing"])
def test_rows_come_in_by_their_verbs_alone(admins, name):
    assert admins.get(reverse(f"admin:interactions_{name}_add")).status_code == 403


def test_the_admin_is_not_for_everybody(desk, firm):
    assert desk.get("/admin/").status_code == 302
    support = signed_in(UserFactory(is_staff=True))
    assert support.get(reverse("admin:customers_customer_changelist")).status_code == 403


def test_an_admin_adds_a_colleague_who_can_sign_in(admins, client):
    given = {
        "email": "New@ourfirm.example",
        "name": "New",
        "role": "support",
        "password1": "a-long-way-home",
        "password2": "a-long-way-home",
    }
    assert admins.post(reverse("admin:staff_user_add"), given).status_code == 302
    response = client.post("/accounts/login/", {"login": "new@ourfirm.example", "password": "a-long-way-home"})
    assert response.url == "/"
