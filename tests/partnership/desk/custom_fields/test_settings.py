"""Admins define fields, edit their choices without losing values, and archive instead of deleting."""

import pytest

from customers.models import CustomField
from tests.factories import CustomerFactory, UserFactory
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def admins(firm):
    return signed_in(UserFactory(role="admin", is_staff=True))


def text_of(response):
    return " ".join(response.content.decode().split())


def given(**fields):
    return {"label": "Plan", "type": "choice", "applies_to": "", "position": 0, "new_options": "Gold\nBasic", **fields}


def test_a_field_is_defined(admins):
    assert admins.post("/settings/fields/new/", given()).url == "/settings/fields/"
    field = CustomField.objects.get()
    assert (field.key, field.type, field.options) == (
        "plan", "choice", [{"value": "Gold", "label": "Gold"}, {"value": "Basic", "label": "Basic"}],
    )  # fmt: skip
    page = text_of(admins.get("/settings/fields/"))
    assert "Plan" in page
    assert "One of several choices" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"label": ""}, "required"),
        ({"new_options": ""}, "at least one choice"),
        ({"new_options": "Gold\ngold"}, "the same name"),
        ({"new_options": "x" * 61}, "at most 60"),
        ({"new_options": "\n".join(map(str, range(101)))}, "at most 100"),
        ({"type": "text", "unit": "km"}, "Only a number has a unit"),
        ({"type": "circle"}, "valid choice"),
        ({"label": "★"}, "Enter a key"),
        ({"label": "Other", "key": "plan"}, "Another field has this key"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(admins, fields, said):
    CustomField.objects.create(key="plan", label="There already")
    response = admins.post("/settings/fields/new/", given(label="New one") | fields)
    assert response.status_code == 422
    assert said in text_of(response)
    assert CustomField.objects.count() == 1


def test_a_renamed_choice_keeps_its_customers(admins, fields):
    ada = CustomerFactory(attributes={"plan": "gold"})
    field = fields["plan"]
    sent = {
        "label": "Plan", "applies_to": "", "position": 0, "option-0": "Premium", "option-1": "Basic",
        "option-1-retired": "on", "new_options": "Gold\nSilver",
    }  # fmt: skip
    assert admins.post(f"/settings/fields/{field.pk}/", sent).status_code == 302
    field.refresh_from_db()
    assert field.options == [
        {"value": "gold", "label": "Premium"}, {"value": "basic", "label": "Basic", "retired": True},
        {"value": "Gold 2", "label": "Gold"}, {"value": "Silver", "label": "Silver"},
    ]  # fmt: skip
    assert "Premium" in text_of(admins.get(f"/customers/{ada.pk}/about/"))


def test_the_type_stays_once_customers_have_values(admins, fields):
    CustomerFactory(attributes={"motto": "Onward"})
    field = fields["motto"]
    assert "define a new field" in text_of(admins.get(f"/settings/fields/{field.pk}/"))
    sent = {"label": "Slogan", "type": "number", "applies_to": "", "position": 3}
    assert admins.post(f"/settings/fields/{field.pk}/", sent).status_code == 302
    field.refresh_from_db()
    assert (field.label, field.type) == ("Slogan", "text")


def test_archived_it_is_nowhere_and_back_with_its_values(admins, fields):
    ada = CustomerFactory(attributes={"motto": "Onward"})
    assert "Onward" in text_of(admins.get(f"/customers/{ada.pk}/about/"))
    field = fields["motto"]
    for _twice in range(2):
        assert admins.post(f"/settings/fields/{field.pk}/archiving/").url == "/settings/fields/"
    assert "Onward" not in text_of(admins.get(f"/customers/{ada.pk}/about/"))
    assert "Motto" not in text_of(admins.get(f"/customers/{ada.pk}/details/"))
    ada.refresh_from_db()
    assert ada.attributes == {"motto": "Onward"}
    assert "Use Motto again" in text_of(admins.get("/settings/fields/"))
    admins.post(f"/settings/fields/{field.pk}/restoration/")
    assert "Onward" in text_of(admins.get(f"/customers/{ada.pk}/about/"))


@pytest.mark.parametrize(
    ("values", "type_", "options"),
    [
        ([True, False], "yes_no", ""),
        ([1, 2.5], "number", ""),
        (["2026-01-01", "2025-12-31"], "date", ""),
        (["a", "b", "a"], "choice", "a\nb"),
        ([["a"], ["a", "b"]], "choices", "a\nb"),
        (["one", "two"], "text", ""),
        (["x" * 300], "long_text", ""),
    ],
)
def test_a_key_that_came_with_an_import_is_offered_with_its_type(admins, values, type_, options):
    for value in values:
        CustomerFactory(attributes={"old_key": value})
    page = text_of(admins.get("/settings/fields/"))
    assert "Not defined yet" in page
    assert "/settings/fields/new/?key=old_key" in page
    form = admins.get("/settings/fields/new/?key=old_key").context["form"]
    assert (form["label"].value(), form["key"].value(), form["type"].value()) == ("Old key", "old_key", type_)
    assert (form["new_options"].value() or "") == options


def test_defined_it_is_no_longer_listed_as_not_defined(admins, fields):
    CustomerFactory(attributes={"plan": "gold"})
    assert "Not defined yet" not in text_of(admins.get("/settings/fields/"))


@pytest.mark.parametrize("key", ["", "x" * 61, "none", "★", "a&b=c"])
def test_odd_keys_open_the_form(admins, key):
    assert admins.get("/settings/fields/new/", {"key": key}).status_code == 200


def test_only_admins_define_fields(fields, manager):
    desk = signed_in(manager)
    assert desk.get("/settings/fields/").status_code == 403
    assert desk.post("/settings/fields/new/", given()).status_code == 403
