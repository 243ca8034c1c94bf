"""Who stands for whom since they were merged."""

from collections.abc import Collection

from django.db import connection

from customers.models import Customer


def lock_survivors(customers: Collection[int]) -> dict[int, int]:
    """Whom those of these were merged into who were merged away, in the end.

    Nobody here is merged before the transaction is over: what it wrote for them is seen by whoever merges them then.
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
    """They, or whom they were merged into meanwhile; as held_survivors holds them. To be asked before a row of theirs
    is made that no merge would find any more."""
    survivor = lock_survivors([customer.pk]).get(customer.pk)
    return customer if survivor is None else Customer.objects.get(pk=survivor)


# As the foreign keys of what was written do at its end.
_LOCK = "SELECT id, merged_into_id FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"


def final_survivor(pk: int, into: dict[int, int]) -> int:
    while pk in into:
        pk = into[pk]
    return pk


def absorbed_customers(survivor: int) -> set[int]:
    """Everybody merged into them, directly or on the way."""
    found: set[int] = set()
    step = {survivor}
    while step:
        step = set(Customer.objects.filter(merged_into__in=step).values_list("pk", flat=True)) - found
        found |= step
    return found
