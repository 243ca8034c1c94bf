"""Presets: all valid, each made into a draft, one chosen on the first run."""

import pytest

from partnership.scoring.models import RuleSet, Run, ValueRule
from partnership.scoring.rules.presets import PRESETS, create_from_preset
from partnership.scoring.rules.validation import find_overlaps, find_problems
from tests.factories import UserFactory
from tests.partnership.staff.test_first_run import GIVEN

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", PRESETS)
def test_each_is_sound_and_says_why(name):
    draft = create_from_preset(name, by=UserFactory())
    rules, tiers = list(draft.rules.all()), list(draft.tiers.all())
    assert find_problems(draft, rules, tiers) == []
    assert find_overlaps(rules) == []
    assert {rule.sum for rule in rules} == set(ValueRule.Sum.values)
    assert len(tiers) == 5
    assert sum(tier.for_newcomers for tier in tiers) == 1
    best_first = sorted((tier for tier in tiers if not tier.for_newcomers), key=lambda tier: -tier.rank)
    assert [tier.response_hours for tier in best_first] == sorted(tier.response_hours for tier in best_first)
    assert draft.status == "draft"
    assert (draft.doubt, draft.balance_doubt) == (2, 8)
    assert len(str(PRESETS[name].reasons)) > 100


def test_the_standard_one_is_what_a_firm_begins_with():
    fields = ("name", "sum", "kinds", "direction", "points", "per", "daily_cap", "half_life", "payload", "payload_key")
    active, again = RuleSet.objects.active(), create_from_preset("standard", by=None)
    assert (active.name, again.name) == ("Standard", "Standard 2")
    assert (active.doubt, active.balance_doubt) == (again.doubt, again.balance_doubt)
    assert list(active.rules.values_list(*fields)) == list(again.rules.values_list(*fields))


def test_a_name_is_given_once():
    assert [create_from_preset("coach", by=None).name for _ in range(3)] == ["Coach", "Coach 2", "Coach 3"]
    with pytest.raises(KeyError):
        create_from_preset("circus", by=None)


def test_it_is_chosen_on_the_first_run(client):
    page = client.get("/welcome/").content.decode()
    assert all(f'value="{name}"' in page for name in PRESETS)
    assert client.post("/welcome/", {**GIVEN, "rules-preset": "law_office"}).status_code == 302
    active = RuleSet.objects.active()
    assert (active.name, active.why) == ("Law office", "Chosen when the firm was set up.")
    assert RuleSet.objects.get(name="Standard").status == "retired"
    assert Run.objects.get().kind == "rescore"


@pytest.mark.parametrize("chosen", [{}, {"rules-preset": "standard"}])
def test_the_standard_one_is_in_force_already(client, chosen):
    assert client.post("/welcome/", {**GIVEN, **chosen}).status_code == 302
    assert RuleSet.objects.get().name == "Standard"
    assert not Run.objects.exists()


def test_what_is_no_preset_is_refused(client):
    assert client.post("/welcome/", {**GIVEN, "rules-preset": "circus"}).status_code == 422
    assert RuleSet.objects.get().name == "Standard"
