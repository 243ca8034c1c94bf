import pytest

from partnership.desk.models import SavedView
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
