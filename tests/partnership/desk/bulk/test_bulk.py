"""What is done to the customers who were chosen in the list."""

import gzip
import re
from datetime import UTC, datetime

import pytest

from customers.models import Customer
from partnership.core import csv_files
from partnership.desk.bulk import views
from partnership.desk.customer_list import export, pages
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.models import RuleSet, Score
from partnership.staff.models import Firm
from tests.factories import CustomerFactory, UserFactory, happens

pytestmark = pytest.mark.django_db


def post(client, action, **given):
    return client.post(f"/customers/bulk/{action}/", given)


def test_it_asks_first_and_says_how_many(desk):
    ada, ben = CustomerFactory(), CustomerFactory()
    asked = post(desk, "tag", pk=[ada.pk, ben.pk])
    assert "Change 2 customers" in asked.content.decode()
    assert not Customer.objects.filter(tags__len__gt=0).exists()


def test_tag_and_untag_keep_history_and_do_nothing_twice(desk):
    ada, ben = CustomerFactory(tags=["old"]), CustomerFactory(tags=["new"])
    for _ in range(2):
        assert post(desk, "tag", pk=[ada.pk, ben.pk], tag="new", sure=1).status_code == 302
    ada.refresh_from_db()
    assert ada.tags == ["old", "new"]
    assert [event.tags for event in ada.events.filter(pgh_label="update")] == [["old"]]
    post(desk, "untag", pk=[ada.pk, ben.pk], tag="new", sure=1)
    assert list(Customer.objects.order_by("pk").values_list("tags", flat=True)) == [["old"], []]


def test_everybody_who_fits_the_filter(desk):
    for name in ("Ada One", "Ada Two", "Ben"):
        CustomerFactory(name=name)
    post(desk, "tag", everyone=1, query="q=ada", tag="x", sure=1)
    assert Customer.objects.filter(tags__contains=["x"]).count() == 2


def test_the_filter_of_the_lowest_tier_holds_for_an_action_on_all(desk):
    for name in ("Ada", "Ben"):
        CustomerFactory(name=name)
    rescore_all(at=datetime.now(UTC))
    lowest = RuleSet.objects.active().tiers.get(name="Transactional")
    Score.objects.filter(customer__name="Ada").update(tier=lowest)
    [value] = re.findall(r'<option value="([^"]*)"\s*>Transactional<', desk.get("/customers/").content.decode())
    assert "Change 1 customer" in post(desk, "tag", everyone=1, query=f"tier={value}").content.decode()
    post(desk, "tag", everyone=1, query=f"tier={value}", tag="x", sure=1)
    assert list(Customer.objects.filter(tags__contains=["x"]).values_list("name", flat=True)) == ["Ada"]


def test_all_that_were_found_is_all(desk, monkeypatch):
    monkeypatch.setattr(pages, "FEW", 2)
    monkeypatch.setattr(pages, "_MOST_ENTRIES", 1)
    for number in range(5):
        CustomerFactory(name=f"Ada {number}")
    for number in range(3):
        happens(
            CustomerFactory(name=f"Ben {number}"), "message", at=datetime(2024, 1, 1, tzinfo=UTC), body="Ada called"
        )
    assert "2+ found" in desk.get("/customers/", {"q": "ada"}).content.decode()
    assert "Change 8 customers" in post(desk, "tag", everyone=1, query="q=ada").content.decode()
    post(desk, "tag", everyone=1, query="q=ada", tag="x", sure=1)
    assert Customer.objects.filter(tags__contains=["x"]).count() == 8


def test_similar_names_are_shown_apart_and_never_changed(desk):
    for name in ("Ines Duarte", "Inez Duarte"):
        CustomerFactory(name=name)
    page = desk.get("/customers/", {"q": "ines duarte"}).content.decode()
    assert page.index("1 found") < page.index("Similar names") < page.index("Inez Duarte")
    assert "Choose Inez Duarte" not in page
    post(desk, "tag", everyone=1, query="q=ines+duarte", tag="x", sure=1)
    assert [one.name for one in Customer.objects.filter(tags__contains=["x"])] == ["Ines Duarte"]
    assert (
        "No customers are chosen"
        in desk.post("/customers/bulk/tag/", {"everyone": 1, "query": "q=ines+durate"}, follow=True).content.decode()
    )


def test_managers_assign_and_set_the_lifecycle(managers_desk):
    ada, owner = CustomerFactory(owner=UserFactory(is_active=False)), UserFactory()
    post(managers_desk, "assign", pk=ada.pk, owner=owner.pk, sure=1)
    post(managers_desk, "lifecycle", pk=ada.pk, lifecycle="paused", sure=1)
    ada.refresh_from_db()
    assert (ada.owner, ada.lifecycle) == (owner, "paused")
    post(managers_desk, "assign", pk=ada.pk, owner="", sure=1)
    ada.refresh_from_db()
    assert ada.owner is None


def test_nobody_who_has_left_is_assigned(managers_desk):
    gone, owner = UserFactory(is_active=False), UserFactory()
    ada = CustomerFactory(owner=owner)
    asked = post(managers_desk, "assign", pk=ada.pk).content.decode()
    assert f'value="{owner.pk}"' in asked
    assert f'value="{gone.pk}"' not in asked
    assert post(managers_desk, "assign", pk=ada.pk, owner=gone.pk, sure=1).status_code == 422
    ada.refresh_from_db()
    assert ada.owner == owner


@pytest.mark.parametrize("given", [{"tag": ""}, {"tag": "x" * 61}])
def test_a_broken_form_is_shown_again(desk, given):
    assert post(desk, "tag", pk=CustomerFactory().pk, sure=1, **given).status_code == 422


@pytest.mark.parametrize("pks", [[], ["x"], ["9" * 30]])
def test_without_anybody_nothing_happens(desk, pks):
    assert post(desk, "tag", pk=pks, tag="x", sure=1).status_code == 302


def test_wrong_ways(desk):
    assert desk.get("/customers/bulk/tag/").url == "/customers/", "reloaded by its address, it knows nobody"
    assert post(desk, "nonsense").status_code in (403, 404)
    assert post(desk, "history", pk=CustomerFactory().pk).status_code == 403


def test_a_restricted_customer_is_neither_changed_nor_exported(desk, managers_desk):
    secret = CustomerFactory(name="Secret", restricted=True)
    ada = CustomerFactory(name="Ada")
    for given in ({"pk": [secret.pk, ada.pk]}, {"everyone": 1, "query": ""}):
        post(desk, "tag", tag="x", sure=1, **given)
        assert b"Secret" not in post(desk, "export", **given).getvalue()
        assert b"Secret" in post(managers_desk, "export", **given).getvalue()
    secret.refresh_from_db()
    assert secret.tags == []


def test_the_table_runs_no_formula(desk):
    ada = CustomerFactory(name="=1+1", tags=["@x"])
    table = post(desk, "export", pk=ada.pk).getvalue().decode("utf-8-sig")
    assert "'=1+1" in table
    assert "'@x" in table


def test_the_table_is_written_piece_by_piece(desk, firm, monkeypatch):
    monkeypatch.setattr(export, "_BATCH", 2)
    monkeypatch.setattr(csv_files, "_BATCH", 2)
    for number in range(5):
        CustomerFactory(name=f"Customer {number}")
    late = datetime(2024, 3, 8, 23, 30, tzinfo=UTC)
    happens(Customer.objects.get(name="Customer 4"), "message", at=late)
    Firm.objects.update(timezone="Asia/Tokyo")
    answer = post(desk, "export", everyone=1, query="")
    assert answer["Content-Disposition"] == 'attachment; filename="customers.csv"'
    pieces = [piece.decode("utf-8-sig") for piece in answer]
    assert [piece.count("Customer 4") for piece in pieces] == [0, 0, 0, 1]
    assert [piece.count("\n") for piece in pieces] == [1, 2, 2, 1]
    assert "2024-03-09T08:30:00+09:00" in pieces[-1]


def test_history_for_managers_and_not_of_too_many(managers_desk, monkeypatch):
    ada = CustomerFactory(name="Ada Okafor")
    CustomerFactory(name="Ben")
    packed = post(managers_desk, "history", pk=ada.pk).getvalue()
    text = gzip.decompress(packed).decode()
    assert "Ada Okafor" in text
    assert "Ben" not in text
    monkeypatch.setattr(views, "MOST_HISTORIES", 1)
    assert post(managers_desk, "history", everyone=1, query="").status_code == 302
