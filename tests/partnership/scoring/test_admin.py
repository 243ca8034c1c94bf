"""Pins and rule sets in Django's admin."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from partnership.scoring.models import RuleSet, Score, StaleScore, Tier, TierPin
from partnership.scoring.rescoring import rescore_stale
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


def test_the_rules_in_force_cannot_be_edited(admin: Client) -> None:
    url = reverse("admin:scoring_ruleset_change", args=[RuleSet.objects.active().pk])
    assert admin.get(url).status_code == 200
    assert admin.post(url, {"name": "Mine"}).status_code == 403
    assert admin.post(url.replace("change", "delete"), {"post": "yes"}).status_code == 403


def test_scores_are_read_only(admin: Client, ada: Customer) -> None:
    assert admin.get(reverse("admin:scoring_score_changelist")).status_code == 200
    assert admin.post(reverse("admin:scoring_score_change", args=[ada.pk]), {"partnership": 99}).status_code == 403


@pytest.mark.parametrize(("half_lives", "fits"), [((60, 60), True), ((60, 90), False)])
def test_i4_promises_kept_and_missed_share_a_half_life(admin: Client, half_lives: tuple[int, int], fits: bool) -> None:
    draft = RuleSet.objects.create(name="Draft")
    form: dict[str, Any] = {
        "name": "Draft", "doubt": 2, "promise_weight": 0.6, "effort_half": 6, "demand_half": 5, "confidence_half": 2,
        "thin_below": 0.4, "newcomer_days": 180, "margin": 3,
        "rules-TOTAL_FORMS": 3, "rules-INITIAL_FORMS": 0, "tiers-TOTAL_FORMS": 0, "tiers-INITIAL_FORMS": 0,
    }  # fmt: skip
    for number, (sum_, half_life) in enumerate(zip(("kept", "missed", "effort"), (*half_lives, 14), strict=True)):
        rule = {"name": sum_, "position": number, "sum": sum_, "kinds": ["commitment_made"], "points": 1}
        fields = {**rule, "per": "event", "half_life": half_life}
        form |= {f"rules-{number}-{name}": value for name, value in fields.items()}
    page = admin.post(reverse("admin:scoring_ruleset_change", args=[draft.pk]), form)
    assert page.status_code == (302 if fits else 200)
    assert draft.rules.count() == (3 if fits else 0)
    assert fits or "fade alike" in page.content.decode()
