"""What a source goes on saying of those who were merged."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from customers.models import ContactPoint, Customer, Merge
from interactions.imports.history import Summary, import_records
from interactions.merging.merging import merge_customers
from interactions.merging.unmerging import unmerge_customers
from interactions.models import Interaction
from partnership.staff.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.fixture
def sam(settings: Any, tmp_path: Path) -> User:
    settings.VAR_DIR = tmp_path
    return UserFactory()


def said(ref: str, *addresses: str) -> dict[str, Any]:
    points = [{"kind": "email", "value": f"{address}@example.org"} for address in addresses]
    return {"type": "customer", "ref": ref, "name": ref, "contact_points": points}


def imported(*records: dict[str, Any]) -> Summary:
    summary = import_records(records, at=NOON)
    assert summary.refused == 0, Path(summary.refusals_file or "").read_text()
    return summary


def one(ref: str) -> Customer:
    return Customer.objects.get(external_id=ref.partition(":")[2])


def merged(survivor: str, absorbed: str, by: User) -> Merge:
    return merge_customers(survivor=one(survivor), absorbed=one(absorbed), by=by, at=NOON)


def addresses() -> dict[str, str]:
    """Whose each is."""
    rows = ContactPoint.objects.order_by("pk").values_list("normalised", "customer__name")
    return {value.partition("@")[0]: name for value, name in rows}


def test_a_new_address_of_the_absorbed_one_is_the_survivors_and_goes_back(sam: User) -> None:
    imported(said("shop:1", "a"), said("shop:2", "b"), said("shop:3", "c"))
    inner, outer = merged("shop:2", "shop:3", sam), merged("shop:1", "shop:2", sam)
    assert imported(said("shop:3", "c", "new")).updated == {"customer": 1}
    assert addresses() == dict.fromkeys(["a", "b", "c", "new"], "shop:1")
    assert imported(said("shop:3", "c", "new")).unchanged == {"customer": 1}
    via = {"kind": "email", "value": "new@example.org"}
    imported({"type": "interaction", "ref": "shop:i", "via": via, "channel": "email", "direction": "inbound",
              "kind": "message", "occurred_at": "2026-01-15T18:00:00Z"})  # fmt: skip
    row = Interaction.objects.get()
    assert (row.customer, row.addressed_to) == (one("shop:1"), one("shop:3"))
    unmerge_customers(outer, by=sam, at=NOON)
    assert addresses()["new"] == "shop:2"
    unmerge_customers(inner, by=sam, at=NOON)
    assert addresses() == {"a": "shop:1", "b": "shop:2", "c": "shop:3", "new": "shop:3"}
    assert imported(said("shop:3", "c", "new"), said("shop:1", "a")).unchanged == {"customer": 2}


def test_each_record_withdraws_the_addresses_that_it_gave(sam: User) -> None:
    """Also where one source knew them as two."""
    imported(said("shop:1", "a"), said("shop:2", "b", "c"))
    merged("shop:1", "shop:2", sam)
    imported(said("shop:1", "a2"))
    assert set(addresses()) == {"a2", "b", "c"}
    imported(said("shop:2", "b"))
    assert set(addresses()) == {"a2", "b"}


def test_two_records_of_one_may_give_the_same_address(sam: User) -> None:
    imported(said("shop:1", "a"), said("shop:2", "b"), said("shop:3"))
    merged("shop:1", "shop:2", sam)
    imported(said("shop:1", "a", "both"), said("shop:2", "b", "both", "a"))
    assert addresses() == dict.fromkeys(["a", "b", "both"], "shop:1")
    assert import_records([said("shop:3", "b")], at=NOON).refused == 1
