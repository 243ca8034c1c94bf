"""Look up primary keys by refs and addresses, with one query per type and batch."""

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.fields.json import KeyTransform
from pydantic_core import to_json

from customers.merging.rows import column_key as key_of_moved
from customers.models import ContactPoint, Customer, Merge
from partnership.staff.models import User

Key = tuple[str, str]
K = TypeVar("K")


def split_ref(ref: str) -> Key:
    source, _, external_id = ref.partition(":")
    return source, external_id


def find_rows(model: type[models.Model], keys: Collection[Key], *columns: str) -> list[tuple[Any, ...]]:
    """Return (source, external_id, *columns) of the rows with these keys. Served by their unique index.

    The keys travel as one JSON text, because thousands of array literals would have to be planned.
    """
    if not keys:
        return []
    selected = ", ".join(f"found.{column}" for column in ("source", "external_id", *columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {selected} FROM json_array_elements(%s::json) AS pairs(pair)"
            f" JOIN {model._meta.db_table} found ON found.source = pair->>0 AND found.external_id = pair->>1",
            [to_json(list(keys)).decode()],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def primary_keys(model: type[models.Model], refs: Iterable[str]) -> dict[str, int]:
    rows = find_rows(model, {split_ref(ref) for ref in refs}, "id")
    return {f"{source}:{external_id}": pk for source, external_id, pk in rows}


def customers_by_ref(refs: Collection[str]) -> dict[str, int]:
    """Return customers by ref or by an `also` ref; merged ones are replaced by their survivor."""
    rows = find_rows(Customer, {split_ref(ref) for ref in refs}, "id", "merged_into_id")
    found = {f"{source}:{external_id}": merged or pk for source, external_id, pk, merged in rows}
    missing = [ref for ref in refs if ref not in found]
    if missing:
        found.update(customers_by_contact_point("external_id", missing))
    return replace_merged(found) if any(row[3] for row in rows) else found


def customers_by_contact_point(kind: str, normalised: Collection[str]) -> dict[str, int]:
    points = ContactPoint.objects.filter(kind=kind, normalised__in=normalised)
    return replace_merged(dict(points.values_list("normalised", "customer_id")))


def has_merges() -> bool:
    return Customer.objects.filter(merged_into__isnull=False).exists()


def original_customers(refs: Collection[str]) -> dict[str, int]:
    """Return customers by ref, merged or not."""
    found = primary_keys(Customer, refs)
    return found | original_owners("external_id", [ref for ref in refs if ref not in found])


def original_owners(kind: str, normalised: Collection[str]) -> dict[str, int]:
    """Return the owners of contact points, as they were before merges."""
    points = ContactPoint.objects.filter(kind=kind, normalised__in=normalised)
    rows = {value: (pk, owner) for value, pk, owner in points.values_list("normalised", "pk", "customer_id")}
    whose = {value: owner for value, (_, owner) in rows.items()}
    asked = set(whose.values())
    while asked:
        standing = Merge.objects.filter(undone_at=None, survivor__in=asked).order_by("-pk")
        asked = set()
        for survivor, absorbed, moved in standing.values_list("survivor_id", "absorbed_id", MOVED_POINTS):
            for value, (pk, _) in rows.items():
                if whose[value] == survivor and pk in (moved or ()):
                    whose[value] = absorbed
                    asked.add(absorbed)
    return whose


MOVED_POINTS = KeyTransform(key_of_moved(ContactPoint, "customer"), "moved")


def replace_merged(found: dict[K, int]) -> dict[K, int]:
    """Replace merged customers in the values by their survivor."""
    while found:
        merged = dict(
            Customer.objects.filter(pk__in=set(found.values()), merged_into__isnull=False).values_list(
                "pk", "merged_into_id"
            )
        )
        if not merged:
            break
        found = {key: merged.get(pk, pk) for key, pk in found.items()}
    return found


class StaffRefs:
    """All staff by e-mail address and ref, held in memory."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        for pk, email, source, external_id in User.objects.values_list("pk", "email", "source", "external_id"):
            self._known[f"{source}:{external_id}"] = pk
            self._known[email.lower()] = pk

    def get(self, name: str) -> int | None:
        return self._known.get(name) or self._known.get(name.lower())
