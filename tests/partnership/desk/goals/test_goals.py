from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import CheckIn, Goal
from interactions.models import Interaction
from tests.factories import CustomerFactory, goal

pytestmark = pytest.mark.django_db


@pytest.fixture
def clients(sam):
    return goal(CustomerFactory(), "Ten clients", at=timezone.now(), by=sam, baseline=0, target=10, unit="clients")


def test_setting_a_goal(desk):
    customer = CustomerFactory()
    given = {
        "title": "Ten clients",
        "why": "Leave the day job",
        "baseline": "2",
        "target": "10",
        "due_on": "2031-01-01",
    }
    assert desk.post(f"/customers/{customer.pk}/goals/", given).url == customer.get_absolute_url()
    aim = Goal.objects.get(customer=customer)
    assert (aim.title, aim.baseline, aim.target, aim.status) == ("Ten clients", 2, 10, "active")
    assert aim.interactions.get().kind == "goal_set"


@pytest.mark.parametrize("wrong", [{"title": ""}, {"title": "x", "target": "many"}, {"title": "x", "due_on": "never"}])
def test_a_goal_that_makes_no_sense_is_not_set(desk, wrong):
    customer = CustomerFactory()
    assert desk.post(f"/customers/{customer.pk}/goals/", wrong).status_code == 422
    assert not Goal.objects.exists()


def test_a_check_in_moves_the_goal(desk, sam, clients):
    desk.post(f"/goals/{clients.pk}/check-ins/", {"value": "6", "note": "Two more"})
    clients.refresh_from_db()
    assert (clients.current, clients.progress) == (Decimal(6), 60)
    assert CheckIn.objects.get().by == sam
    assert "6 of 10 clients" in desk.get(clients.customer.get_absolute_url()).content.decode()


def test_an_empty_check_in_is_refused(desk, clients):
    response = desk.post(f"/goals/{clients.pk}/check-ins/", {})
    assert response.status_code == 422
    assert "Say how far it is" in response.content.decode()


@pytest.mark.parametrize(("what", "status"), [("achievement", "achieved"), ("dropping", "dropped")])
def test_closing_a_goal_once_and_again(desk, clients, what, status):
    desk.post(f"/goals/{clients.pk}/{what}/")
    clients.refresh_from_db()
    assert clients.status == status
    assert "already" in desk.post(f"/goals/{clients.pk}/{what}/", follow=True).content.decode()
    assert Interaction.objects.filter(kind=f"goal_{status}").count() == 1


def test_goals_of_who_cannot_be_seen_are_not_there(desk, sam):
    hidden = goal(CustomerFactory(restricted=True), "Secret", at=timezone.now(), by=sam)
    for what in ("check-ins", "achievement", "dropping"):
        assert desk.post(f"/goals/{hidden.pk}/{what}/", {"value": "1"}).status_code == 404
    assert desk.get(f"/goals/{hidden.pk}/achievement/").status_code == 404
    assert desk.get(f"/goals/{hidden.pk}/dropping/").status_code == 404


def test_dropping_asks_first(desk, clients):
    assert "Drop this goal?" in desk.get(f"/goals/{clients.pk}/dropping/").content.decode()
    clients.refresh_from_db()
    assert clients.status == "active"


def test_a_goal_that_began_at_nothing_says_so(desk, clients):
    page = desk.get(clients.customer.get_absolute_url()).content.decode()
    assert "of 10 clients, from 0" in page
