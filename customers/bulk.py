"""Actions on many customers at once. Each is one statement and returns how many customers it changed."""

from uuid import UUID

from django.db import transaction
from django.db.models import F, Func, QuerySet, Value

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from customers.signals import history_changed
from partnership.staff.audit import changed_rows, restore_columns
from partnership.staff.models import User


def _matching_customers(customers: CustomerQuerySet) -> QuerySet[Customer]:
    return Customer.objects.filter(pk__in=customers.order_by().values("pk"))


def tag(customers: CustomerQuerySet, *, tag: str) -> int:
    return _change_tags(_matching_customers(customers).exclude(tags__contains=[tag]), "array_append", tag)


def untag(customers: CustomerQuerySet, *, tag: str) -> int:
    return _change_tags(_matching_customers(customers).filter(tags__contains=[tag]), "array_remove", tag)


@transaction.atomic
def _change_tags(customers: QuerySet[Customer], function: str, tag: str) -> int:
    """Add or remove a tag and announce changed histories, since tags decide which rules apply."""
    ids = _lock(customers)
    Customer.objects.filter(pk__in=ids).update(tags=Func(F("tags"), Value(tag), function=function))
    history_changed.send(sender=Customer, customer_ids=ids)
    return len(ids)


def _lock(customers: QuerySet[Customer]) -> list[int]:
    """Lock the customers in key order, as merges do, and return their keys."""
    return list(customers.order_by("pk").select_for_update(of=["self"], no_key=True).values_list("pk", flat=True))


@transaction.atomic
def assign(customers: CustomerQuerySet, *, owner: User | None) -> int:
    return Customer.objects.filter(pk__in=_lock(_matching_customers(customers).exclude(owner=owner))).update(
        owner=owner
    )


@transaction.atomic
def set_lifecycle(customers: CustomerQuerySet, *, lifecycle: str) -> int:
    changing = _lock(_matching_customers(customers).exclude(lifecycle=lifecycle))
    return Customer.objects.filter(pk__in=changing).update(lifecycle=lifecycle)


# What each bulk action changes.
_COLUMNS = {"tag": "tags", "untag": "tags", "assign": "owner_id", "lifecycle": "lifecycle"}


@transaction.atomic
def undo(visible: CustomerQuerySet, *, action: str, change: UUID, by: User) -> tuple[int, int]:
    """Take back a bulk action where nothing changed since. Return how many are as before, and how many stay changed."""
    changed = changed_rows(Customer, change=change, by=by)
    ids = _lock(_matching_customers(visible.unmerged().filter(pk__in=changed)))
    restored = restore_columns(Customer, [_COLUMNS[action]], change=change, rows=ids)
    if _COLUMNS[action] == "tags":
        history_changed.send(sender=Customer, customer_ids=restored)
    return len(restored), len(changed) - len(restored)
