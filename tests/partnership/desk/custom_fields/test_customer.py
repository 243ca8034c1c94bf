"""Custom fields on a customer's form, page and history."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from tests.factories import CustomerFactory, OrganisationFactory
from tests.partnership.desk.forms_on_pages import filled_in

pytestmark = pytest.mark.django_db


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def edit(desk):
    """edit(customer, **fields) → the answer to the form sent with these fields changed."""

    def send(customer, fields):
        url = f"/customers/{customer.pk}/details/"
        return desk.post(url, filled_in(desk.get(url), url, **fields))

    return send


def test_a_colleague_fills_them_in(edit, desk, name):
    ada = CustomerFactory(attributes={"unknown": [1]})
    sent = {
        name("plan"): "gold", name("seats"): "1,250.5", name("signed_on"): "2026-03-31", name("newsletter"): "no",
        name("interests"): ["tax", "law"], name("motto"): "Onward", name("site"): "firm.example",
        name("story"): "One\r\nTwo",
    }  # fmt: skip
    assert edit(ada, sent).status_code == 302
    ada.refresh_from_db()
    assert ada.attributes == {
        "unknown": [1], "plan": "gold", "seats": 1250.5, "signed_on": "2026-03-31", "newsletter": False,
        "interests": ["law", "tax"], "motto": "Onward", "site": "https://firm.example", "story": "One\r\nTwo",
    }  # fmt: skip
    page = text_of(desk.get(f"/customers/{ada.pk}/about/"))
    for shown in ("Gold", "1,250.5 seats", "31 Mar 2026", "Law, Tax", "Onward", 'href="https://firm.example"'):
        assert shown in page


def test_what_is_emptied_is_gone(edit, name):
    ada = CustomerFactory(attributes={"plan": "gold", "seats": 3, "interests": ["law"]})
    assert edit(ada, {name("plan"): "", name("seats"): "", name("interests"): None}).status_code == 302
    ada.refresh_from_db()
    assert ada.attributes == {}


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("plan", "silver", "valid choice"),
        ("seats", "many", "Write a number"),
        ("seats", "1" + "0" * 15, "from"),
        ("signed_on", "soon", "Enter a day"),
        ("motto", "x" * 501, "at most 500"),
        ("site", "javascript:alert(1)", "valid URL"),
        ("site", "ftp://firm.example", "begins with https"),
        ("newsletter", "perhaps", "valid choice"),
    ],
)
def test_what_does_not_fit_is_said_at_the_field(edit, name, key, value, said):
    ada = CustomerFactory()
    response = edit(ada, {name(key): value})
    assert response.status_code == 422
    assert said in text_of(response)
    ada.refresh_from_db()
    assert ada.attributes == {}


@pytest.mark.parametrize("stored", [[], "gold", 7, {"plan": ["gold"], "seats": "many", "signed_on": 5}])
def test_values_that_do_not_fit_stay_until_they_are_edited(edit, desk, name, stored):
    ada = CustomerFactory(attributes=stored)
    assert desk.get(f"/customers/{ada.pk}/about/").status_code == 200
    assert edit(ada, {"role": "Cook"}).status_code == 302
    ada.refresh_from_db()
    assert (ada.role, ada.attributes) == ("Cook", stored)


def test_a_field_for_organisations_is_theirs_alone(edit, desk, fields, name):
    fields["seats"].applies_to = "organisation"
    fields["seats"].is_required = True
    fields["seats"].save()
    ada, firm = CustomerFactory(), OrganisationFactory()
    assert "Seats" not in text_of(desk.get(f"/customers/{ada.pk}/details/"))
    assert edit(ada, {"role": "Cook"}).status_code == 302
    response = edit(firm, {})
    assert response.status_code == 422
    assert "This field is required" in text_of(response)
    assert edit(firm, {name("seats"): "9"}).status_code == 302


def test_what_must_be_filled_in_is_asked_for_at_once(desk, fields, name):
    for key, applies_to in (("plan", ""), ("seats", "organisation")):
        fields[key].is_required, fields[key].applies_to = True, applies_to
        fields[key].save()
    url = "/customers/new/"
    page = desk.get(url)
    assert {name("plan"), name("seats")} <= {field.name for field in page.context["form"].first_fields}
    refused = desk.post(url, filled_in(page, url, name="Ada"))
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {name("plan")}
    assert desk.post(url, filled_in(page, url, name="Ada", **{name("plan"): "gold"})).status_code == 302
    sent = {"name": "Firm", "kind": "organisation", name("plan"): "gold"}
    assert desk.post(url, filled_in(page, url, **sent)).context["form"].errors.keys() == {name("seats")}
    assert Customer.objects.get(name="Ada").attributes == {"plan": "gold"}


def test_a_retired_choice_stays_with_who_has_it(desk, fields, name):
    fields["plan"].options[0]["retired"] = True
    fields["plan"].save()
    ada, other = CustomerFactory(attributes={"plan": "gold"}), CustomerFactory()
    offered = [
        dict(desk.get(f"/customers/{one.pk}/details/").context["form"].fields[name("plan")].choices)
        for one in (ada, other)
    ]
    assert ["gold" in choices for choices in offered] == [True, False]


def test_two_colleagues_at_once_lose_nothing(desk, name):
    ada = CustomerFactory(attributes={"motto": "Onward", "seats": 3})
    url = f"/customers/{ada.pk}/details/"
    form = desk.get(url)
    Customer.objects.filter(pk=ada.pk).update(attributes={"motto": "Upward", "seats": 3})
    assert desk.post(url, filled_in(form, url, **{name("seats"): "4"})).status_code == 302
    ada.refresh_from_db()
    assert ada.attributes == {"motto": "Upward", "seats": 4}
    Customer.objects.filter(pk=ada.pk).update(attributes={"motto": "Sideways", "seats": 4})
    refused = desk.post(url, filled_in(form, url, **{name("motto"): "Downward"}))
    assert refused.status_code == 422
    assert "Save again to replace it with yours" in text_of(refused)


def test_the_history_says_the_labels(edit, desk, name):
    ada = CustomerFactory(attributes={"plan": "gold", "unknown": 1})
    edit(ada, {name("plan"): "basic"})
    edit(ada, {name("seats"): "1200", name("motto"): "x" * 400})
    page = text_of(desk.get(f"/customers/{ada.pk}/history/"))
    assert "Plan" in page
    assert "Basic" in page
    assert "Seats, Motto" in page or "Motto, Seats" in page
    assert "1,200 seats" in page
    assert "unknown" not in page


def test_no_statement_more_for_the_page(desk, fields):
    ada = CustomerFactory(attributes={"plan": "gold", "seats": 3})
    desk.get(f"/customers/{ada.pk}/about/")
    with CaptureQueriesContext(connection) as shown:
        desk.get(f"/customers/{ada.pk}/about/")
    assert not [query for query in shown.captured_queries if "customers_customfield" in query["sql"]]
