"""A tier is the same under other rules by its name or by the admin's word, whatever its place."""

from importlib import import_module

import pytest
from django.db import connection

from customers.models import Customer
from partnership.notifications.models import Notification
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.models import RuleSet, Score, ScoreSnapshot, Tier, TierPin
from partnership.scoring.rules.activation import activate_rule_set, copy_rule_set
from partnership.scoring.rules.presets import create_from_preset
from partnership.scoring.rules.tier_lineage import load_tier_lineage, match_tiers
from partnership.scoring.trials.runs import continue_runs
from tests.factories import CustomerFactory, UserFactory
from tests.strategies import DAY, NOON

pytestmark = pytest.mark.django_db


def tier(name: str, rule_set: RuleSet | None = None) -> Tier:
    return (rule_set or RuleSet.objects.active()).tiers.get(name=name)


def copy(name: str) -> RuleSet:
    return copy_rule_set(rule_set=RuleSet.objects.active(), name=name, by=None)


def with_gold() -> RuleSet:
    """A copy with a tier inserted below Champion."""
    draft = copy("With Gold")
    draft.tiers.filter(name="Champion").update(rank=5)
    draft.tiers.create(rank=4, name="Gold", partnership=65)
    return draft


def activate(rule_set: RuleSet, tiers: dict[int, Tier | None] | None = None) -> RuleSet:
    rule_set.refresh_from_db()
    activate_rule_set(rule_set=rule_set, why="To try", by=None, at=NOON, tiers=tiers)
    assert continue_runs(clock=lambda: NOON) == 1
    return rule_set


def asked(draft: RuleSet) -> dict[str, str]:
    """What an admin is asked, and the answer that is proposed."""
    matches = match_tiers(RuleSet.objects.active(), draft)
    return {one.former.name: one.latter.name if one.latter else "" for one in matches if not one.is_certain}


def now(former: Tier) -> str:
    current = load_tier_lineage().now.get(former.pk)
    return current.name if current else ""


@pytest.fixture
def pinned() -> Customer:
    customer = CustomerFactory(name="Ada")
    pin = {"tier": tier("Champion"), "reason": "She built the place.", "until": DAY.replace(year=DAY.year + 1)}
    TierPin.objects.create(customer=customer, **pin)
    rescore_all(at=NOON)
    return customer


def shown(customer: Customer) -> str:
    found = Score.objects.get(customer=customer).tier
    return found.name if found else ""


def test_a_tier_inserted_moves_no_other(pinned: Customer) -> None:
    champion, draft = tier("Champion"), with_gold()
    assert asked(draft) == {}
    activate(draft)
    assert (now(champion), shown(pinned)) == ("Champion", "Champion")
    assert (champion.colour, tier("Champion").colour) == (4, 4)
    assert load_tier_lineage().list_keys(tier("Gold").pk) == [tier("Gold").pk]


def test_a_renamed_tier_is_asked_about_and_carries_everything_over(pinned: Customer) -> None:
    champion, draft = tier("Champion"), copy("Stars")
    draft.tiers.filter(name="Champion").update(name="Star")
    assert asked(draft) == {"Champion": "Star"}
    activate(draft, {champion.pk: tier("Star", draft)})
    assert (now(champion), shown(pinned)) == ("Star", "Star")
    assert ScoreSnapshot.objects.get(customer=pinned).tier == tier("Star")


def test_the_admins_word_overrules_the_copy(pinned: Customer) -> None:
    champion, draft = tier("Champion"), copy("Stars")
    draft.tiers.filter(name="Champion").update(name="Star")
    activate(draft, {champion.pk: tier("Partner", draft)})
    assert (now(champion), shown(pinned)) == ("Partner", "Partner")


def test_a_tier_that_is_gone_ends_its_pins_until_it_is_back(pinned: Customer) -> None:
    champion, former, draft = tier("Champion"), RuleSet.objects.active(), copy("Without")
    draft.tiers.filter(name="Champion").delete()
    assert asked(draft) == {"Champion": ""}
    activate(draft, {champion.pk: None})
    assert now(champion) == ""
    assert not Score.objects.get(customer=pinned).pinned
    assert asked(former) == {}
    activate(former)
    assert (now(champion), shown(pinned)) == ("Champion", "Champion")


def test_two_former_tiers_are_never_guessed_to_be_one() -> None:
    """Champion is left out, and Partner's copy stands in its place under another name."""
    draft = copy("Star")
    draft.tiers.get(name="Champion").delete()
    draft.tiers.filter(name="Partner").update(name="Star", rank=tier("Champion").rank)
    assert asked(draft) == {"Champion": "", "Partner": "Star"}


def test_two_can_become_one_and_part_again(pinned: Customer) -> None:
    champion, partner, former, draft = tier("Champion"), tier("Partner"), RuleSet.objects.active(), copy("Allies")
    draft.tiers.filter(name="Champion").delete()
    draft.tiers.filter(name="Partner").update(name="Ally")
    ally = tier("Ally", draft)
    activate(draft, {champion.pk: ally, partner.pk: ally})
    assert set(load_tier_lineage().list_keys(ally.pk)) == {ally.pk, champion.pk, partner.pk}
    assert shown(pinned) == "Ally"
    assert [*asked(former)] == ["Ally"]
    activate(former, {ally.pk: partner})
    assert (now(champion), now(partner), now(ally), shown(pinned)) == ("Champion", "Partner", "Partner", "Champion")


def test_a_name_used_again_is_another_tier() -> None:
    """What was Gold and is Platinum now stays so when a new Gold comes."""
    champion, first = tier("Champion"), copy("Gold at the top")
    first.tiers.filter(name="Champion").update(name="Gold")
    gold = tier("Gold", activate(first, {champion.pk: tier("Gold", first)}))
    second = copy("Platinum")
    second.tiers.filter(name="Gold").update(name="Platinum")
    activate(second, {gold.pk: tier("Platinum", second)})
    third = copy("Gold again")
    third.tiers.filter(name="Platinum").update(rank=5)
    third.tiers.create(rank=4, name="Gold", partnership=65)
    assert asked(third) == {}
    activate(third)
    assert now(champion) == now(gold) == "Platinum"


def test_a_preset_asks_only_about_names_that_it_has_not() -> None:
    draft = create_from_preset("law_office", by=None)
    assert asked(draft) == {
        "Champion": "Lasting partner", "Partner": "Trusted client", "Customer": "Client",
        "Getting to know each other": "New client", "Transactional": "One matter",
    }  # fmt: skip
    assert asked(create_from_preset("coach", by=None)) == {"Customer": "Client", "Transactional": "Single sessions"}
    transactional = tier("Transactional")
    activate(draft)
    assert now(transactional) == "One matter"


def test_a_tier_of_another_name_alone_is_no_news_to_its_owner() -> None:
    owner = UserFactory()
    customer = CustomerFactory(owner=owner)
    rescore_all(at=NOON)
    ScoreSnapshot.objects.update(day=DAY.replace(day=1))
    draft = copy("Other names")
    for one in draft.tiers.all():
        draft.tiers.filter(pk=one.pk).update(name=f"New {one.name}")
    activate(draft)
    assert shown(customer).startswith("New ")
    assert not Notification.objects.filter(user=owner).exists()


def test_who_fell_quiet_was_what_that_day_called_it() -> None:
    customer = CustomerFactory()
    rescore_all(at=NOON)
    champion = tier("Champion")
    ScoreSnapshot.objects.filter(customer=customer).update(day=DAY.replace(day=1), tier=champion)
    Score.objects.filter(customer=customer).update(tier=tier("Transactional"))
    draft = copy("Stars")
    draft.tiers.filter(name="Champion").update(name="Star", rank=9)
    draft.tiers.create(rank=4, name="Gold")
    activate(draft, {champion.pk: tier("Star", draft)})
    score = Score.objects.get(customer=customer)
    assert score.find_former_tier() == champion
    activate(copy("Once more"))
    assert Score.objects.get(customer=customer).find_former_tier() == champion


def test_tiers_of_before_are_linked_by_name_else_by_the_place_of_a_renamed_one() -> None:
    """As the migration does it once, where only ranks were known."""
    older = copy("Older")
    older.tiers.filter(name="Champion").update(name="Star")
    older.tiers.filter(name="Partner").update(rank=7)
    older.tiers.create(rank=3, name="Gold")
    older.tiers.update(same_as=None)
    RuleSet.objects.filter(pk=older.pk).update(status="retired")
    with connection.cursor() as cursor:
        cursor.execute(import_module("partnership.scoring.migrations.0004_tier_lineage").LINKS)
    found = dict(older.tiers.values_list("name", "same_as__name"))
    assert found == {
        "Transactional": "Transactional", "Getting to know each other": "Getting to know each other",
        "Customer": "Customer", "Partner": "Partner", "Star": "Champion", "Gold": None,
    }  # fmt: skip
