"""The page of a rule set: only drafts can be edited, and errors are shown at their fields."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Customer
from partnership.scoring.models import RuleSet, Tier, ValueRule
from partnership.scoring.rules.activation import activate_rule_set
from tests.factories import UserFactory, happens
from tests.partnership.conftest import signed_in
from tests.partnership.scoring.admin.conftest import a_rule, address, errors_of, page_of, place_of
from tests.strategies import NOON

pytestmark = pytest.mark.django_db


def save(admin: Client, draft: RuleSet, changes: dict[str, Any] | None = None, **more: Any) -> Any:
    return admin.post(address(draft), {**page_of(draft, **more), **(changes or {})})


def test_a_page_sent_back_as_it_was_changes_nothing(admin: Client, draft: RuleSet) -> None:
    before = list(draft.rules.values()), list(draft.tiers.values())
    assert save(admin, draft).status_code == 302
    assert (list(draft.rules.values()), list(draft.tiers.values())) == before


def test_each_rule_says_what_it_means(admin: Client, draft: RuleSet) -> None:
    page = admin.get(address(draft)).content.decode()
    assert "Each promise kept by them in time counts 1 toward commitment" in page


def test_rules_and_tiers_change_places(admin: Client, draft: RuleSet) -> None:
    partner, champion = place_of(draft, "Partner"), place_of(draft, "Champion")
    first, second = place_of(draft, "Promise kept"), place_of(draft, "Promise kept late")
    changes = {
        f"{partner}-rank": 4, f"{champion}-rank": 3, f"{first}-position": 9, f"{second}-position": 0,
        f"{first}-name": "Promise kept late", f"{second}-name": "Promise kept",
    }  # fmt: skip
    assert save(admin, draft, changes).status_code == 302
    assert list(draft.tiers.values_list("name", flat=True))[-2:] == ["Champion", "Partner"]
    assert draft.rules.get(name="Promise kept").payload == "has"


def test_the_mark_of_newcomers_moves(admin: Client, draft: RuleSet) -> None:
    page = page_of(draft)
    del page[f"{place_of(draft, 'Getting to know each other')}-for_newcomers"]
    page[f"{place_of(draft, 'Customer')}-for_newcomers"] = "on"
    assert admin.post(address(draft), page).status_code == 302
    assert [tier.name for tier in draft.tiers.filter(for_newcomers=True)] == ["Customer"]


def test_the_mark_of_newcomers_moves_from_a_tier_that_goes(admin: Client, draft: RuleSet) -> None:
    """Also when the new tier is saved before the other is deleted."""
    draft.tiers.filter(for_newcomers=True).update(rank=9)
    page = page_of(draft)
    page |= {f"{place_of(draft, 'Getting to know each other')}-DELETE": "on",
             f"{place_of(draft, 'Customer')}-for_newcomers": "on"}  # fmt: skip
    assert admin.post(address(draft), page).status_code == 302
    assert [tier.name for tier in draft.tiers.filter(for_newcomers=True)] == ["Customer"]
    assert draft.tiers.count() == 4


def test_one_tier_is_for_newcomers(admin: Client, draft: RuleSet) -> None:
    place = place_of(draft, "Customer")
    wrong = errors_of(save(admin, draft, {f"{place}-for_newcomers": "on"}))
    assert [*wrong] == [f"{place}-for_newcomers"]


WRONG_RULES = [
    ({"points": 0}, "points", "above zero"),
    ({"points": -1}, "points", "above zero"),
    ({"half_life": 0}, "half_life", "greater than or equal"),
    ({"daily_cap": 0}, "daily_cap", "leave it empty"),
    ({"shared_cap": "busy"}, "daily_cap", "enter points a day"),
    ({"payload": "has"}, "payload_key", "Enter a payload key"),
    ({"payload_key": "days_late"}, "payload", "clear the key"),
    ({"payload": "equals", "payload_key": "grade"}, "payload_value", "Enter the value"),
    ({"payload": "at_least", "payload_key": "grade", "payload_value": "many"}, "payload_value", "numbers"),
    ({"payload_value": "A"}, "payload_value", "No value is compared"),
    ({"per": "number"}, "number_key", "Enter the payload key"),
    ({"number_key": "pages"}, "number_key", "No number is counted"),
    ({"per": "unit"}, "currency", "three letters"),
    ({"amount_at_least": 100}, "currency", "three letters"),
    ({"amount_at_least": 100, "currency": "euros"}, "currency", "at most 3"),
    ({"amount_at_least": 100, "currency": "eur"}, "currency", "three letters"),
    ({"currency": "EUR"}, "currency", "No money is counted"),
    ({"kinds": []}, "kinds", "required"),
    ({"kinds": ["gesture"]}, "kinds", "not one of the available"),
    ({"kinds": ["complaint"]}, "kinds", "only count toward demand"),
    ({"sum": "missed", "kinds": ["work_done"]}, "kinds", "never hurts"),
    ({"sum": ""}, "sum", "required"),
    ({"name": "Refund"}, "__all__", "duplicate"),
]


@pytest.mark.parametrize(("fields", "where", "what"), WRONG_RULES, ids=lambda given: str(given)[:40])
def test_what_is_wrong_with_a_rule_is_said_at_its_field(
    admin: Client, draft: RuleSet, fields: dict[str, Any], where: str, what: str
) -> None:
    """Each database constraint is among them: none raises a server error, or an error without a field."""
    page = save(admin, draft, new_rules=[a_rule(**fields)])
    assert page.status_code == 200
    wrong = errors_of(page)
    if where == "__all__":
        assert any(what in text for texts in wrong.values() for text in texts)
    else:
        assert [*wrong] == [f"rules-10-{where}"]
        assert what in wrong[f"rules-10-{where}"][0]
    assert not ValueRule.objects.filter(rule_set=draft, name="New").exists()


def test_every_constraint_of_a_rule_is_among_the_wrong_ones(draft: RuleSet) -> None:
    """Break each constraint in the database, to see that the form reports it."""
    names = {one.name for one in ValueRule._meta.constraints}
    assert names == {
        "scoring_valuerule_name", "scoring_valuerule_positive", "scoring_valuerule_payload_key",
        "scoring_valuerule_payload_value", "scoring_valuerule_compares_numbers", "scoring_valuerule_number_key",
        "scoring_valuerule_money_has_a_currency", "scoring_valuerule_shared_cap_is_a_cap",
    }, "a new constraint needs words in models/contradictions.py, and a line in WRONG_RULES"  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [("doubt", 0), ("promise_weight", 1.5), ("promise_weight", -1), ("effort_half", -2), ("demand_half", 0),
     ("confidence_half", 0), ("doubt", 0.001), ("balance_doubt", 0),
     ("balance_doubt", 1.2), ("name", "Standard")],
)  # fmt: skip
def test_what_is_wrong_with_a_constant_is_said_at_its_field(
    admin: Client, draft: RuleSet, field: str, value: float
) -> None:
    page = save(admin, draft, {field: value})
    assert page.status_code == 200
    assert [*errors_of(page)] == [field]


@pytest.mark.parametrize("half_life", [90, 59.9])
def test_i4_promises_kept_and_missed_share_a_half_life(admin: Client, draft: RuleSet, half_life: float) -> None:
    place = f"{place_of(draft, 'Promise missed')}-half_life"
    page = save(admin, draft, {place: half_life})
    assert "fade alike" in errors_of(page)[place][0]
    assert draft.rules.get(name="Promise missed").half_life == 60


def test_rules_that_share_a_cap_are_alike(admin: Client, draft: RuleSet) -> None:
    alike = {"daily_cap": 2, "shared_cap": "busy"}
    first, second = a_rule(name="One", **alike), a_rule(name="Two", kinds=["goal_achieved"], **alike)
    wrong = errors_of(save(admin, draft, new_rules=[first, {**second, "half_life": 30}]))
    assert [*wrong] == ["rules-11-half_life"]
    assert save(admin, draft, new_rules=[first, second]).status_code == 302


def test_the_lowest_tier_is_for_everybody(admin: Client, draft: RuleSet) -> None:
    place = place_of(draft, "Transactional")
    assert [*errors_of(save(admin, draft, {f"{place}-partnership": 10}))] == [f"{place}-partnership"]
    gone = {f"{place_of(draft, tier.name)}-DELETE": "on" for tier in draft.tiers.all()}
    assert "lowest tier" in errors_of(save(admin, draft, gone))["tiers"][0]


def test_what_counts_one_thing_twice_is_warned_of_with_an_example(admin: Client, draft: RuleSet) -> None:
    eve = Customer.objects.create(name="Eve Adeyemi")
    happens(eve, "attendance", at=NOON)
    again = a_rule(name="Came", kinds=["attendance"], direction="inbound")
    page = admin.post(address(draft), {**page_of(draft, new_rules=[again]), "_continue": "1"}, follow=True)
    [warning] = [str(one) for one in page.context["messages"] if one.level_tag == "warning"]
    assert "“Doing their part” and “Came”" in warning
    assert "attendance of 15 Jan 2026, Eve Adeyemi" in warning


def test_sets_in_force_and_before_are_kept(admin: Client, draft: RuleSet, standard: RuleSet, ada: Any) -> None:
    activate_rule_set(rule_set=draft, why="Try it", by=ada, at=NOON)
    for kept in (standard, draft):
        kept = RuleSet.objects.get(pk=kept.pk)
        page = admin.get(address(kept))
        assert page.status_code == 200
        assert "Save" not in page.content.decode().split("submit-row")[-1].split("</div>")[0]
        before = list(kept.rules.values())
        place = place_of(kept, "Refund")
        sent = {**page_of(kept), "name": "Mine", f"{place}-points": 9, f"{place}-DELETE": "on"}
        answer = admin.post(address(kept), sent, follow=True)
        assert answer.redirect_chain == [(address(kept), 302)]
        assert [str(one) for one in answer.context["messages"]] == [
            f"Nothing was saved: “{kept}” is no longer a draft. Copy it, and edit the copy."
        ]
        assert admin.post(address(kept, "delete"), {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": [kept.pk], "post": "yes"}
        assert admin.post(reverse("admin:scoring_ruleset_changelist"), chosen).status_code == 403
        assert list(kept.rules.values()) == before
        assert RuleSet.objects.filter(pk=kept.pk, name=kept.name).exists()


def test_a_crafted_form_reaches_no_rule_of_another_set(admin: Client, draft: RuleSet, standard: RuleSet) -> None:
    theirs = standard.rules.get(name="Refund")
    place = place_of(draft, "Refund")
    save(admin, draft, {f"{place}-id": theirs.pk, f"{place}-points": 99})
    save(admin, draft, {f"{place}-rule_set": standard.pk, f"{place}-points": 99})
    assert {rule.points for rule in ValueRule.objects.filter(name="Refund")} == {1}


def test_a_draft_is_deleted_with_what_was_tried_on_it(admin: Client, draft: RuleSet) -> None:
    run = draft.runs.create(kind="preview", status="done", asked_at=NOON, result={})
    assert admin.post(address(draft, "delete"), {"post": "yes"}).status_code == 302
    assert not RuleSet.objects.filter(pk=draft.pk).exists()
    assert not type(run).objects.filter(pk=run.pk).exists()


def test_a_draft_under_trial_is_not_deleted(admin: Client, draft: RuleSet) -> None:
    draft.runs.create(kind="preview", status="running", asked_at=NOON)
    assert admin.post(address(draft, "delete"), {"post": "yes"}).status_code == 403


def test_the_sentence_follows_what_is_typed(admin: Client) -> None:
    url = reverse("admin:scoring_ruleset_sentence")
    said = admin.post(url, a_rule(points="2.50", daily_cap=3)).content.decode()
    assert said == "Each goal set counts 2.5 toward commitment, as effort, halving every 14 days, at most 3 a day."
    assert "Choose what the rule counts" in admin.post(url, {"points": "lots", "kinds": ["gesture"]}).content.decode()
    assert admin.get(url).status_code == 405


PAGES = ["change", "copy", "backtest", "activation", "history", "delete"]
WHOLE = ["changelist", "presets", "comparison", "add"]


@pytest.mark.parametrize("role", ["support", "manager"])
def test_the_rules_are_for_administrators(draft: RuleSet, role: str) -> None:
    """Users without access to the admin are sent to sign in; staff without the role are refused."""
    urls = [address(draft, name) for name in PAGES] + [reverse(f"admin:scoring_ruleset_{name}") for name in WHOLE]
    posted = [address(draft, "preview"), reverse("admin:scoring_ruleset_sentence")]
    for is_staff, status in ((False, 302), (True, 403)):
        desk = signed_in(UserFactory(role=role, is_staff=is_staff))
        assert {url: desk.get(url).status_code for url in urls} == dict.fromkeys(urls, status)
        assert {url: desk.post(url).status_code for url in [*urls, *posted]} == dict.fromkeys([*urls, *posted], status)
    assert not draft.runs.exists()


def test_the_page_asks_no_more_for_more_rules(admin: Client, draft: RuleSet) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            admin.get(address(draft))
        return len(asked)

    queries()  # what is asked once for all, such as content types
    few = queries()
    rule = draft.rules.first()
    assert rule
    rule.daily_cap, rule.shared_cap = 2, "busy"
    for number in range(5):
        rule.pk, rule.name = None, f"More {number}"
        rule._state.adding = True
        rule.save()
    assert queries() == few
    assert Tier.objects.filter(rule_set=draft).count() == 5
