"""The loops that keep scores, Focus and Health equal to the histories they are computed from.

What changes a history adds a stale row in the same transaction. A worker deletes a batch of these rows before it
computes: what commits from then on leaves a row of its own for the next round, and what a dying worker deleted is back.
"""

from collections.abc import Callable, Iterable

from django.db import connection, transaction

from partnership.core.locks import LockKey, lock_transaction, try_lock_transaction

Refresh = Callable[[list[int]], None]


def refresh_claimed(claim: str, refresh: Refresh, *, lock: LockKey, batch: int) -> int:
    """Refresh the customers whose stale rows the statement `claim` deletes, in one transaction; return how many.

    None while another worker holds the lock.
    """
    with transaction.atomic():
        if not try_lock_transaction(lock):
            return 0
        with connection.cursor() as cursor:
            cursor.execute(claim, {"batch": batch})
            claimed = sorted({pk for (pk,) in cursor.fetchall()})
        if claimed:
            refresh(claimed)
    return len(claimed)


def refresh_chunks(chunks: Iterable[list[int]], refresh: Refresh, *, lock: LockKey) -> int:
    """Refresh each chunk in a transaction of its own, waiting for the lock; return how many customers there were."""
    total = 0
    for chunk in chunks:
        with transaction.atomic():
            lock_transaction(lock)
            refresh(chunk)
        total += len(chunk)
    return total


def drain(refresh_batch: Callable[[], int]) -> int:
    """Refresh batch after batch until one finds nothing stale; return how many customers there were."""
    total = 0
    while refreshed := refresh_batch():
        total += refreshed
    return total
