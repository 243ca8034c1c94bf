"""A manager pins a tier on the customer's page: with a reason, until a day; it shows wherever the tier shows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from partnership.scoring.engine.rescoring import rescore
from partnership.scoring.models import RuleSet, Score, StaleScore, TierPin
from partnership.scoring.rules.activation import activate_rule_set, copy_rule_set
from partnership.scoring.trials.runs import continue_runs
from tests.factories import CustomerFactory, firm_today

pytestmark = pytest.mark.django_db
MARK = 'title="Pinned by a manager"'


@pytest.fixture
def today():
    return firm_today()


@pytest.fixture
def ada(sam):
    customer = CustomerFactory(owner=sam)
    rescore([customer.pk], at=timezone.now())
    return customer


def given(today, **more):
    tier = RuleSet.objects.active().tiers.get(name="Champion")
    return {"tier": tier.pk, "reason": "They built the place with us", "until": today + timedelta(days=30), **more}


def test_a_manager_sets_changes_and_lifts_it(managers_desk, manager, ada, today):
    url = f"/customers/{ada.pk}/pin/"
    assert "Pin the tier" in managers_desk.get(f"/customers/{ada.pk}/").content.decode()
    assert managers_desk.get(url).status_code == 200
    assert managers_desk.post(url, given(today)).url == f"/customers/{ada.pk}/"
    pin = TierPin.objects.get()
    assert (pin.tier.name, pin.reason, pin.by) == ("Champion", "They built the place with us", manager)
    assert StaleScore.objects.filter(customer=ada).exists()
    page = managers_desk.get(f"/customers/{ada.pk}/").content.decode()
    assert "They built the place with us" in page
    managers_desk.post(url, given(today, until=today))
    assert TierPin.objects.get().until == today
    assert "Lift the pin?" in managers_desk.get(f"{url}removal/").content.decode()
    assert TierPin.objects.exists()
    managers_desk.post(f"{url}removal/")
    assert not TierPin.objects.exists()
    again = managers_desk.post(f"{url}removal/", follow=True)
    assert "The pin is gone already." in again.content.decode()


def test_it_shows_wherever_the_tier_shows(desk, managers_desk, ada, today):
    assert MARK not in desk.get("/customers/").content.decode()
    managers_desk.post(f"/customers/{ada.pk}/pin/", given(today))
    rescore([ada.pk], at=timezone.now())
    score = Score.objects.select_related("tier").get(customer=ada)
    assert (score.tier.name, score.pinned) == ("Champion", True)
    for url in ("/customers/", f"/customers/?q={ada.name}", f"/customers/{ada.pk}/"):
        assert MARK in desk.get(url).content.decode(), url
    assert "Change the pin" not in desk.get(f"/customers/{ada.pk}/").content.decode()
    rescore([ada.pk], at=timezone.now() + timedelta(days=31))
    assert MARK not in desk.get("/customers/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": " "}, "This field is required"),
        ({"tier": 0}, "Select a valid choice"),
        ({"until": ""}, "This field is required"),
        ({"until": "2020-01-01"}, "This day is over"),
        ({"until": "2199-01-01"}, "a year at most"),
    ],
)
def test_what_is_wrong_is_said(managers_desk, ada, today, wrong, said):
    response = managers_desk.post(f"/customers/{ada.pk}/pin/", given(today, **wrong))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not TierPin.objects.exists()


def test_it_is_not_for_support(desk, ada, today):
    assert desk.post(f"/customers/{ada.pk}/pin/", given(today)).status_code == 403
    assert desk.post(f"/customers/{ada.pk}/pin/removal/").status_code == 403
    assert not TierPin.objects.exists()


def other_names(**tiers):
    """Activate rules in which tiers are what is given: another name, or None for gone."""
    former = RuleSet.objects.active()
    draft = copy_rule_set(rule_set=former, name="Other names", by=None)
    matches = {}
    for name, new in tiers.items():
        draft.tiers.filter(name=name).update(name=new or f"New {name}")
        matches[former.tiers.get(name=name).pk] = draft.tiers.get(name=new) if new else None
    activate_rule_set(rule_set=draft, why="To try", by=None, at=timezone.now(), tiers=matches)
    continue_runs()


def test_under_other_rules_it_is_what_the_tier_is_called_now(managers_desk, ada, today):
    managers_desk.post(f"/customers/{ada.pk}/pin/", given(today))
    other_names(Champion="Star")
    page = managers_desk.get(f"/customers/{ada.pk}/").content.decode()
    assert "Star until" in page
    assert "Champion until" not in page
    assert Score.objects.get(customer=ada).tier.name == "Star"
    assert "selected>Star<" in managers_desk.get(f"/customers/{ada.pk}/pin/").content.decode()
    assert "“Star”, is pinned" in managers_desk.get(f"/customers/{ada.pk}/why/").content.decode()


def test_it_ends_with_its_tier(managers_desk, ada, today):
    managers_desk.post(f"/customers/{ada.pk}/pin/", given(today))
    other_names(Champion=None)
    page = managers_desk.get(f"/customers/{ada.pk}/").content.decode()
    assert MARK not in page
    assert "Pin the tier" in page
    assert "is pinned by" not in managers_desk.get(f"/customers/{ada.pk}/why/").content.decode()
