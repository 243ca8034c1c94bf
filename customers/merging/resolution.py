"""Find the customer that a merged customer became part of."""

from collections.abc import Collection

from django.db import connection

from customers.models import Customer


def lock_survivors(customers: Collection[int]) -> dict[int, int]:
    """Map those of the customers that were merged to their final survivor.

    Lock the customers against merging until the transaction ends, so that a later merge sees what it wrote.
    """
    into: dict[int, int] = {}
    asked = set(customers)
    while asked:
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, [list(asked)])
            found = {pk: survivor for pk, survivor in cursor.fetchall() if survivor is not None}
        into |= found
        asked = set(found.values()) - into.keys()
    return {pk: final_survivor(pk, into) for pk in customers if pk in into}


def lock_survivor(customer: Customer) -> Customer:
    """Return the customer or, if merged, the survivor, locked as in lock_survivors.

    Call it before creating a row for the customer; no merge would move that row afterwards.
    """
    survivor = lock_survivors([customer.pk]).get(customer.pk)
    return customer if survivor is None else Customer.objects.get(pk=survivor)


# As the foreign keys of what was written do at its end.
_LOCK = "SELECT id, merged_into_id FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"


def final_survivor(pk: int, into: dict[int, int]) -> int:
    """Follow the merges in `into` from a customer to the last survivor."""
    while pk in into:
        pk = into[pk]
    return pk


def absorbed_customers(survivor: int) -> set[int]:
    """Return every customer merged into this one, directly or through others."""
    found: set[int] = set()
    step = {survivor}
    while step:
        step = set(Customer.objects.filter(merged_into__in=step).values_list("pk", flat=True)) - found
        found |= step
    return found
