import pytest

from customers.models import ContactPoint
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
        ({"kind": "email", "value": "TAKEN@example.org"}, "Another customer has this contact point"),
        ({"kind": "pigeon", "value": "coo"}, "Select a valid choice"),
        ({"kind": "email", "value": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_is_said(desk, given, said):
    ContactPointFactory(value="taken@example.org")
    response = add(desk, CustomerFactory(), **given)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert ContactPoint.objects.count() == 1


def test_the_same_twice_is_said(desk):
    ada = CustomerFactory()
    add(desk, ada, kind="email", value="ada@example.org")
    assert add(desk, ada, kind="email", value="ada@example.org").status_code == 422
    assert ContactPoint.objects.count() == 1
