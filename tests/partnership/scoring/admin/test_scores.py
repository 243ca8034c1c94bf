"""Scores and pins in Django's admin."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from partnership.scoring.engine.rescoring import rescore_stale
from partnership.scoring.models import Score, StaleScore, Tier, TierPin
from tests.factories import UserFactory
from tests.strategies import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(UserFactory(admin=True))
    return client


@pytest.fixture
def ada() -> Customer:
    ada = Customer.objects.create(name="Ada")
    rescore_stale(at=NOON)
    return ada


def pin(admin: Client, customer: Customer, url: str = "", **fields: Any) -> None:
    tier = Tier.objects.get(rule_set__status="active", name="Champion")
    form = {"customer": customer.pk, "tier": tier.pk, "reason": "She built the place.", "until": str(DAY), **fields}
    assert admin.post(url or reverse("admin:scoring_tierpin_add"), form).status_code == 302


def shown(customer: Customer) -> str:
    rescore_stale(at=NOON)
    return Score.objects.select_related("tier").get(customer=customer).tier.name


def test_a_pin_shows_at_the_next_look_and_goes_with_its_deletion(admin: Client, ada: Customer) -> None:
    pin(admin, ada)
    one = TierPin.objects.get()
    assert one.by is not None
    assert shown(ada) == "Champion"
    admin.post(reverse("admin:scoring_tierpin_delete", args=[one.pk]), {"post": "yes"})
    assert shown(ada) == "Getting to know each other"


def test_a_pin_that_moves_to_another_customer_leaves_the_first(admin: Client, ada: Customer) -> None:
    pin(admin, ada)
    eve = Customer.objects.create(name="Eve")
    pin(admin, eve, reverse("admin:scoring_tierpin_change", args=[TierPin.objects.get().pk]))
    assert (shown(ada), shown(eve)) == ("Getting to know each other", "Champion")


def test_pins_deleted_together(admin: Client, ada: Customer) -> None:
    pin(admin, ada)
    chosen = {"action": "delete_selected", "_selected_action": [TierPin.objects.get().pk], "post": "yes"}
    admin.post(reverse("admin:scoring_tierpin_changelist"), chosen)
    assert not TierPin.objects.exists()
    assert shown(ada) == "Getting to know each other"


def test_a_pinned_customer_can_be_deleted(ada: Customer, admin: Client) -> None:
    pin(admin, ada)
    ada.delete()
    assert not StaleScore.objects.exists()


def test_scores_are_read_only(admin: Client, ada: Customer) -> None:
    assert admin.get(reverse("admin:scoring_score_changelist")).status_code == 200
    assert admin.post(reverse("admin:scoring_score_change", args=[ada.pk]), {"partnership": 99}).status_code == 403
