import re
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from customers.models import Customer
from partnership.desk.customer_list.choices import forget_choices
from partnership.desk.models import SavedView
from partnership.scoring.engine.rescoring import rescore
from partnership.scoring.models import RuleSet, Score
from partnership.scoring.rules.activation import activate_rule_set, copy_rule_set
from partnership.scoring.trials.runs import continue_runs
from partnership.staff.models import Preferences
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def others(manager):
    return SavedView.objects.create(owner=UserFactory(name="Ada"), name="Hers", shared=True, query="waiting=1")


def test_save_rename_share_delete(desk, sam):
    kept = desk.post("/customers/views/new/", {"name": "Mine", "query": "owner=mine&after=9,9&evil=1"})
    view = SavedView.objects.get(owner=sam)
    assert (view.query, view.shared) == ("owner=mine", False)
    assert kept.url == f"/customers/?owner=mine&view={view.pk}"
    assert desk.post(f"/customers/views/{view.pk}/", {"name": "Ours", "shared": "on"}).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.shared) == ("Ours", True)
    assert "Delete this view?" in desk.get(f"/customers/views/{view.pk}/deletion/").content.decode()
    desk.post(f"/customers/views/{view.pk}/deletion/")
    assert not SavedView.objects.exists()


def test_two_of_a_name_are_refused(desk, sam):
    SavedView.objects.create(owner=sam, name="Mine")
    refused = desk.post("/customers/views/new/", {"name": "Mine", "query": ""})
    assert refused.status_code == 422
    assert "choose another name" in refused.content.decode()


def test_of_two_of_a_name_at_the_same_moment_the_second_is_told(desk, sam, monkeypatch):
    """Neither found the other's before it saved."""
    SavedView.objects.create(owner=sam, name="Mine")
    other = SavedView.objects.create(owner=sam, name="Other")
    for check in ("full_clean", "validate_unique"):
        monkeypatch.setattr(SavedView, check, lambda view, **_: None)
    for url in ("/customers/views/new/", f"/customers/views/{other.pk}/"):
        refused = desk.post(url, {"name": "Mine", "query": ""})
        assert refused.status_code == 422
        assert "You have a view called “Mine” already" in refused.content.decode()
    assert SavedView.objects.filter(name="Mine").count() == 1


def test_what_others_share_is_seen_and_not_changed(desk, others):
    assert "Hers" in desk.get("/customers/").content.decode()
    assert "shared by Ada" in desk.get("/customers/views/").content.decode()
    assert desk.post(f"/customers/views/{others.pk}/", {"name": "Mine"}).status_code == 404
    assert desk.post(f"/customers/views/{others.pk}/deletion/").status_code == 403
    SavedView.objects.update(shared=False)
    assert "Hers" not in desk.get("/customers/").content.decode()
    assert desk.post(f"/customers/views/{others.pk}/deletion/").status_code == 404


def test_managers_remove_what_is_shared(managers_desk, others):
    assert managers_desk.post(f"/customers/views/{others.pk}/deletion/").status_code == 302
    assert not SavedView.objects.exists()


def test_columns_of_ones_own_view_or_of_the_list(desk, sam, others):
    mine = SavedView.objects.create(owner=sam, name="Mine")
    desk.post("/customers/columns/", {"view": mine.pk, "column": ["since", "goals"]})
    mine.refresh_from_db()
    assert set(mine.columns) == {"since", "goals"}
    assert "list-since" not in desk.get("/customers/").content.decode()
    desk.post("/customers/columns/", {"view": others.pk, "column": ["value"], "query": "q=a"})
    others.refresh_from_db()
    assert others.columns is None
    assert Preferences.objects.get(user=sam).columns == ["value"]
    assert desk.get("/customers/columns/").status_code == 405


def test_the_columns_of_the_view_that_is_looked_at_are_kept(desk, sam):
    looked_at = SavedView.objects.create(owner=sam, name="Tags", columns=["tags"])
    CustomerFactory()
    assert f"&amp;view={looked_at.pk}" in desk.get(f"/customers/?view={looked_at.pk}").content.decode()
    asked = desk.get(f"/customers/views/new/?query=&view={looked_at.pk}")
    desk.post("/customers/views/new/", {**asked.context["form"].initial, "name": "Copy", "shared": ""})
    assert SavedView.objects.get(name="Copy").columns == ["tags"]


def test_a_view_of_a_tier_follows_it_to_other_rules(desk, sam):
    ada, champion = CustomerFactory(name="Ada"), RuleSet.objects.active().tiers.get(name="Champion")
    view = SavedView.objects.create(owner=sam, name="The best", query=f"tier={champion.pk}")
    draft = copy_rule_set(rule_set=RuleSet.objects.active(), name="With Gold", by=None)
    draft.tiers.filter(name="Champion").update(name="Star", rank=5)
    gold = draft.tiers.create(rank=4, name="Gold", partnership=65)
    star = draft.tiers.get(name="Star")
    activate_rule_set(rule_set=draft, why="To try", by=None, at=timezone.now(), tiers={champion.pk: star})
    continue_runs()
    forget_choices()
    Score.objects.filter(customer=ada).update(tier=star)
    CustomerFactory(name="Ben")
    rescore([Customer.objects.get(name="Ben").pk], at=timezone.now())
    Score.objects.filter(customer__name="Ben").update(tier=gold)
    page = desk.get(view.get_absolute_url()).content.decode()
    assert "Ada" in page
    assert "Ben" not in page.partition('id="results"')[2]
    assert re.search(rf'<option value="{star.pk}"\s+selected>Star<', page)


def test_a_view_saved_by_rank_is_kept_by_key(sam):
    keys = {tier.rank: tier.pk for tier in RuleSet.objects.active().tiers.all()}
    view = SavedView.objects.create(owner=sam, name="Older", query="q=a%26b&tier=0&owner=mine")
    import_module("partnership.desk.migrations.0005_tiers_in_saved_views").name_by_key(apps, None)
    view.refresh_from_db()
    assert view.query == f"q=a%26b&tier={keys[0]}&owner=mine"
