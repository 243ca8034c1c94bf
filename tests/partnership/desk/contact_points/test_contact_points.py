import pytest

from customers.models import ContactPoint
from customers.templatetags.addresses import breakable
from tests.factories import ContactPointFactory, CustomerFactory

pytestmark = pytest.mark.django_db


def add(client, customer, **given):
    return client.post(f"/customers/{customer.pk}/contact-points/", given)


def test_adding_one(desk):
    ada = CustomerFactory()
    assert add(desk, ada, kind="email", value="Ada@Example.org").url == ada.get_absolute_url()
    assert ContactPoint.objects.get(customer=ada).normalised == "ada@example.org"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "email", "value": "not an address"}, "is not an e-mail address"),
        ({"kind": "phone", "value": "x"}, "is not a phone number"),
        ({"kind": "email", "value": "TAKEN@example.org"}, "Holder has this contact point. A shared one belongs"),
        ({"kind": "pigeon", "value": "coo"}, "Select a valid choice"),
        ({"kind": "email", "value": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_is_said(desk, given, said):
    ContactPointFactory(customer__name="Holder", value="taken@example.org")
    response = add(desk, CustomerFactory(), **given)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert ContactPoint.objects.count() == 1


def test_the_same_twice_is_said(desk):
    ada = CustomerFactory()
    add(desk, ada, kind="email", value="ada@example.org")
    assert add(desk, ada, kind="email", value="ada@example.org").status_code == 422
    assert ContactPoint.objects.count() == 1


def test_who_has_it_is_named_to_who_may_see_them(desk, managers_desk):
    ContactPointFactory(customer__name="Secret", customer__restricted=True, value="taken@example.org")
    ada = CustomerFactory()
    for client, name in ((desk, "Another customer"), (managers_desk, "Secret")):
        page = add(client, ada, kind="email", value="taken@example.org").content.decode()
        assert f"{name} has this contact point." in page


def test_of_two_at_the_same_moment_the_second_is_told(desk, monkeypatch):
    """Neither found the other's before it saved."""
    ContactPointFactory(customer__name="Ben Chu", value="taken@example.org")
    for check in ("full_clean", "validate_unique"):
        monkeypatch.setattr(ContactPoint, check, lambda point, **_: None)
    response = add(desk, CustomerFactory(), kind="email", value="taken@example.org")
    assert response.status_code == 422
    assert "Ben Chu has this contact point." in response.content.decode()
    assert ContactPoint.objects.count() == 1


def test_a_long_address_goes_on_in_the_next_line_at_its_joints(desk):
    ada = ContactPointFactory(value="first.last@some-long-name.example.org").customer
    page = desk.get(f"/customers/{ada.pk}/about/").content.decode()
    assert "first<wbr>.last@<wbr>some-long-name<wbr>.example<wbr>.org</a>" in page
    assert breakable("<b>@x.y") == "&lt;b&gt;@<wbr>x<wbr>.y"
