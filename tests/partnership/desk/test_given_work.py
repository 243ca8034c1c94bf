"""Work goes to whoever may see the customer, everywhere by one rule; nobody hides a customer from their owner."""

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.lookups import colleagues_for, restriction_obstacle, work_obstacle
from customers.models import Customer
from interactions.actions.conversations import assign_conversation, hand_over_conversation
from interactions.errors import ActionRefused
from partnership.notifications.models import Notification
from partnership.notifications.notify import notify
from partnership.recoveries.actions import hand_recovery_over
from partnership.recoveries.models import Recovery
from partnership.staff.audit import history_author
from partnership.staff.models import User
from tests.factories import ConversationFactory, CustomerFactory, UserFactory, happens
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def people(firm):
    """By what they are."""
    people = {
        "owner": UserFactory(name="Olga Owner"),
        "other": UserFactory(name="Otto Other"),
        "manager": UserFactory(name="Mara Manager", role="manager"),
        "admin": UserFactory(name="Adam Admin", role="admin"),
        "superuser": UserFactory(name="Susi Super", admin=True),
        "without a role": UserFactory(name="Nora None"),
        "left": UserFactory(name="Leo Left", is_active=False),
    }
    people["without a role"].groups.clear()
    return people


@pytest.fixture
def customer(people):
    return CustomerFactory(owner=people["owner"])


def test_work_on_a_customer(people, customer):
    chosen = {"owner", "other", "manager", "admin", "superuser"}
    assert set(colleagues_for(customer)) == {people[name] for name in chosen}
    assert {name for name, user in people.items() if not work_obstacle(user, customer.pk)} == chosen


def test_work_on_a_restricted_customer(people, customer):
    Customer.objects.update(restricted=True)
    customer.refresh_from_db()
    chosen = {"owner", "manager", "admin", "superuser"}
    assert set(colleagues_for(customer)) == {people[name] for name in chosen}
    assert {name for name, user in people.items() if not work_obstacle(user, customer.pk)} == chosen


@pytest.mark.parametrize(("whom", "says"), [("without a role", "has no role"), ("left", "has left"),
                                            ("other", "may not see this customer")])  # fmt: skip
def test_no_work_goes_to_who_may_not_see_them(people, customer, whom, says):
    Customer.objects.update(restricted=whom == "other")
    customer.refresh_from_db()
    to, by = people[whom], people["manager"]
    thread = ConversationFactory(customer=customer)
    happens(customer, "mistake", at=NOW, by=by, direction="outbound", body="The wrong bill")
    for give in (
        lambda: assign_conversation(thread, to=to, by=by, at=NOW),
        lambda: hand_over_conversation(thread, to=to, summary="s", by=by, at=NOW),
        lambda: hand_recovery_over(Recovery.objects.get(), to=to, by=by, at=NOW),
    ):
        with pytest.raises(ActionRefused, match=says):
            give()
    told = notify(kind=Notification.Kind.MENTION, users=[to], customer=customer, at=NOW, key="k", by=by, text="t")
    assert told == 0


@pytest.mark.parametrize("whom", ["without a role", "left"])
def test_nobody_without_a_role_becomes_an_owner(people, customer, whom):
    client = signed_in(people["manager"])
    chosen = {"name": customer.name, "kind": "person", "lifecycle": "active", "owner": people[whom].pk}
    assert client.post(reverse("edit_customer", args=[customer.pk]), chosen).status_code == 422
    bulk = {"pk": customer.pk, "sure": "1", "owner": people[whom].pk}
    assert client.post(reverse("bulk", args=["assign"]), bulk).status_code == 422
    customer.refresh_from_db()
    assert customer.owner == people["owner"]


def taken_over(customer: Customer, by: User, to: User) -> None:
    with history_author(by):
        Customer.objects.filter(pk=customer.pk).update(owner=to)
    customer.refresh_from_db()


def test_who_takes_a_customer_over_cannot_hide_them_from_their_owner(people, customer):
    other, owner, manager = people["other"], people["owner"], people["manager"]
    assert restriction_obstacle(customer, owner) == ""
    assert "Only the owner or a manager" in restriction_obstacle(customer, other)
    taken_over(customer, other, other)
    assert "took this customer over from Olga Owner" in restriction_obstacle(customer, other)
    fields = {"name": customer.name, "kind": "person", "lifecycle": "active", "owner": other.pk, "restricted": "on"}
    refused = signed_in(other).post(reverse("edit_customer", args=[customer.pk]), fields)
    assert refused.status_code == 422
    customer.refresh_from_db()
    assert not customer.restricted
    assert restriction_obstacle(customer, manager) == ""


def test_whom_a_colleague_was_given_they_may_hide(people, customer):
    taken_over(customer, people["owner"], people["other"])
    assert restriction_obstacle(customer, people["other"]) == ""


def test_who_takes_over_from_a_colleague_who_left_may_hide(people, customer):
    taken_over(customer, people["other"], people["other"])
    User.objects.filter(pk=people["owner"].pk).update(is_active=False)
    assert restriction_obstacle(customer, people["other"]) == ""
