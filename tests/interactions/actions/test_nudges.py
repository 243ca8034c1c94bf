"""Modesty: the firm's ceiling on nudges holds for whoever pushes here, and what an import tells is taken as it was."""

from datetime import timedelta

import pytest

from interactions.errors import ActionRefused
from interactions.imports.history import import_records
from interactions.models import Interaction
from partnership.staff.models import Firm
from tests.factories import CustomerFactory, FirmFactory, UserFactory, happens
from tests.strategies import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(db):
    return FirmFactory()


@pytest.fixture
def sam(firm):
    return UserFactory(name="Sam Rivera")


@pytest.fixture
def ada(firm):
    return CustomerFactory(name="Ada")


def push(customer, by, *, days=0, **more):
    return happens(customer, "nudge", at=NOON - timedelta(days=days), direction="outbound", by=by, **more)


def test_beyond_the_ceiling_a_nudge_is_refused_and_says_when_the_next_is_possible(ada, sam):
    push(ada, sam, days=20)
    push(ada, sam, days=3)
    with pytest.raises(ActionRefused, match=r"had 2 nudges within 30 days.*possible from 25 January 2026"):
        push(ada, sam)
    assert Interaction.objects.count() == 2
    push(ada, sam, days=-10)  # that very day
    push(CustomerFactory(), sam)


def test_a_nudge_of_an_earlier_day_counts_those_that_followed(ada, sam):
    push(ada, sam, days=3)
    push(ada, sam, days=2)
    with pytest.raises(ActionRefused, match="our ceiling"):
        push(ada, sam, days=10)


def test_no_nudges_at_all(ada, sam):
    Firm.objects.update(nudge_ceiling=0)
    with pytest.raises(ActionRefused, match="allows no nudges at all"):
        push(ada, sam)


def test_delivered_twice_it_is_one(ada, sam):
    Firm.objects.update(nudge_ceiling=1)
    assert push(ada, sam, external_id="once") == push(ada, sam, external_id="once")


def test_what_they_push_and_what_others_are_told_is_no_nudge_of_ours(ada, sam):
    Firm.objects.update(nudge_ceiling=0)
    happens(ada, "nudge", at=NOON, direction="inbound", by=sam)
    happens(ada, "message", at=NOON, direction="outbound", by=sam)


def test_who_asked_not_to_be_contacted_is_not_nudged(sam, firm):
    with pytest.raises(ActionRefused, match="not to be contacted"):
        push(CustomerFactory(do_not_contact=True), sam)


def test_an_import_tells_of_the_past(firm):
    told = [{"type": "customer", "ref": "crm:0", "name": "Ada"}]
    told += [
        {"type": "interaction", "ref": f"crm:{number}", "customer": "crm:0", "occurred_at": "2026-01-02T10:00:00Z",
         "channel": "email", "direction": "outbound", "kind": "nudge", "body": "Go on"}
        for number in range(1, 6)
    ]  # fmt: skip
    assert import_records(told, at=NOON).refused == 0
    assert Interaction.objects.filter(kind="nudge").count() == 5
