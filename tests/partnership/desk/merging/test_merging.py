"""Merging two customers and undoing it, on the pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Merge
from interactions.merging.merging import merge_customers
from interactions.models import Kind
from partnership.staff.models import User
from tests.factories import (
    ContactPointFactory,
    CustomerFactory,
    OrganisationFactory,
    UserFactory,
    firm_today,
    goal,
    happens,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim() -> User:
    return UserFactory(role="manager", name="Kim Berg")


@pytest.fixture
def manager(client: Client, kim: User) -> Client:
    client.force_login(kim)
    return client


@pytest.fixture
def ada() -> Customer:
    return CustomerFactory(name="Ada Okafor", about="Founder")


@pytest.fixture
def twin(kim: User) -> Customer:
    twin = CustomerFactory(name="A. Okafor", about="Likes tea", preferred_name="Ada")
    ContactPointFactory(customer=twin, value="okafor@example.org")
    happens(twin, Kind.PRAISE, at=timezone.now(), body="You saved my week")
    goal(twin, "Ten clients", at=timezone.now(), by=kim)
    return twin


def test_the_comparison_says_which_of_two_renewals_stays(manager: Client, ada: Customer, twin: Customer) -> None:
    comparison = reverse("new_merge", args=[ada.pk, twin.pk])
    Customer.objects.filter(pk=twin.pk).update(renews_on="2027-03-03", renewal_amount="1200")
    shown = manager.get(comparison).content.decode()
    assert "<strong>3 Mar 2027</strong>" in shown
    assert "<strong>1,200.00</strong>" in shown
    assert "Both have a renewal" not in shown
    Customer.objects.filter(pk=ada.pk).update(renews_on="2027-01-01")
    shown = manager.get(comparison).content.decode()
    assert "Both have a renewal: that of Ada Okafor stays" in shown
    assert "<strong>1 Jan 2027</strong>" in shown
    assert "<strong>1,200.00</strong>" not in shown


def test_a_customer_is_found_compared_merged_and_parted_again(manager: Client, ada: Customer, twin: Customer) -> None:
    page = manager.get(reverse("customer", args=[ada.pk])).content.decode()
    choice = reverse("merge_choice", args=[ada.pk])
    assert choice in page
    comparison = reverse("new_merge", args=[ada.pk, twin.pk])
    found = manager.get(choice, {"q": "okafor"}).content.decode()
    assert comparison in found
    assert reverse("new_merge", args=[ada.pk, ada.pk]) not in found
    shown = manager.get(comparison).content.decode()
    for words in ("Likes tea", "okafor@example.org", "2 entries of the timeline", "1 goal", "1 way to reach them"):
        assert words in shown
    assert Merge.objects.count() == 0

    done = manager.post(comparison, follow=True)
    made = Merge.objects.get()
    assert done.redirect_chain == [(reverse("merge", args=[made.pk]), 302)]
    assert "A. Okafor was merged into Ada Okafor on" in done.content.decode()
    assert "You saved my week" in manager.get(reverse("customer", args=[ada.pk])).content.decode()

    undoing = reverse("merge_undoing", args=[made.pk])
    assert undoing in done.content.decode()
    assert "Undo this merge?" in manager.get(undoing).content.decode()
    parted = manager.post(undoing, follow=True).content.decode()
    assert "The merge is undone." in parted
    assert undoing not in parted
    assert twin.interactions.count() == 2
    again = manager.post(undoing, follow=True).content.decode()
    assert "This merge is already undone." in again


def test_what_differs_is_told_beside_what_it_will_be(manager: Client, ada: Customer, twin: Customer) -> None:
    context = manager.get(reverse("new_merge", args=[ada.pk, twin.pk])).context
    told = {line.name: (line.survivor, line.absorbed, line.result) for line in context["preview"].differing}
    assert told["About"] == ("Founder", "Likes tea", "Founder")
    assert told["What to call them"] == ("", "Ada", "Ada")
    assert "Kind" in {line.name for line in context["preview"].matching}
    ada.refresh_from_db()
    assert ada.preferred_name == ""


def test_why_two_cannot_be_merged_is_said_before_and_after(manager: Client, ada: Customer) -> None:
    firm = OrganisationFactory(name="Okafor & Daughters")
    url = reverse("new_merge", args=[firm.pk, ada.pk])
    assert b"Merge them" not in manager.get(url).content
    refused = manager.post(url)
    assert refused.status_code == 409
    assert "A person can&#x27;t be merged into an organisation" in refused.content.decode()
    assert not Merge.objects.exists()


@pytest.mark.parametrize("page", ["customer", "customer_history", "timeline", "why"])
def test_old_addresses_lead_to_the_survivor_and_say_so(
    manager: Client, kim: User, ada: Customer, twin: Customer, page: str
) -> None:
    merge_customers(survivor=ada, absorbed=twin, by=kim, at=timezone.now())
    answer = manager.get(reverse(page, args=[twin.pk]), follow=True)
    assert answer.redirect_chain == [(reverse(page, args=[ada.pk]), 302)]
    day = firm_today()
    said = f"A. Okafor was merged into Ada Okafor on {day.day} {day:%b %Y} by Kim Berg."
    assert said in manager.get(reverse("customer", args=[twin.pk]), follow=True).content.decode()


def test_old_addresses_of_entries_lead_there_too(manager: Client, kim: User, ada: Customer, twin: Customer) -> None:
    row = twin.interactions.get(kind=Kind.PRAISE)
    merge_customers(survivor=ada, absorbed=twin, by=kim, at=timezone.now())
    answer = manager.get(reverse("entry", args=[twin.pk, row.pk]), follow=True)
    assert "You saved my week" in answer.content.decode()
    assert manager.post(reverse("entry_pin", args=[twin.pk, row.pk])).status_code == 404


def test_nobody_is_led_to_whom_they_may_not_see(client: Client, kim: User, ada: Customer, twin: Customer) -> None:
    Customer.objects.filter(pk=ada.pk).update(restricted=True)
    made = merge_customers(survivor=ada, absorbed=twin, by=kim, at=timezone.now())
    client.force_login(UserFactory())
    for url in (reverse("customer", args=[twin.pk]), reverse("merge", args=[made.pk])):
        assert client.get(url).status_code == 404


def test_merges_stand_in_the_history_of_both(manager: Client, ada: Customer, twin: Customer) -> None:
    manager.post(reverse("edit_customer", args=[twin.pk]), {"name": "A. Okafor", "kind": "person"})
    manager.post(reverse("new_merge", args=[ada.pk, twin.pk]))
    made = Merge.objects.get()
    history = told(manager, ada)
    assert ("merge", made.pk, "A. Okafor → Ada Okafor", "Kim Berg") in history
    assert any(model == "customer" and pk == twin.pk for model, pk, *_ in history)
    manager.post(reverse("merge_undoing", args=[made.pk]))
    for customer in (ada, twin):
        assert [one[0] for one in told(manager, customer)].count("merge") == 2


def told(client: Client, customer: Customer) -> list[tuple[Any, ...]]:
    events = client.get(reverse("customer_history", args=[customer.pk])).context["events"]
    return [(event.model, event.pk, event.title, event.who) for event in events]
