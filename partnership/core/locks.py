"""The advisory locks of PostgreSQL, in one place so that no two features share a key."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection


class LockKey(IntEnum):
    # Imports and merges: neither sees half of what the other does.
    HISTORY = 0x70617274
    # Runs on scores. One for all: of few workers, others stay free for what changed just now.
    SCORING_RUN = 0x52554E
    FOCUS_REFRESH = 0x0F0C05
    HEALTH_REFRESH = 0x4EA174
    HEALTH_ALERTS = 0xA1E275
    # With a number: that of each import under way.
    IMPORT = 0x1339087
    TREND_FILLING = 0x7E4D5
    ERASURE = 0xE7A5E
    # Whatever takes an admin's rights; a trigger of the table of users takes it too.
    ADMINS = 0xAD3175
    BACKUP = 0xBAC209


def lock_transaction(key: LockKey) -> None:
    """Wait for the lock, and hold it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def try_lock_transaction(key: LockKey) -> bool:
    """Take the lock until the transaction ends; False, without waiting, while another transaction holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        (is_locked,) = cursor.fetchone() or (False,)
    return bool(is_locked)


@contextmanager
def try_lock_session(key: LockKey) -> Iterator[bool]:
    """Hold the lock inside the block, over any number of transactions; yield False while another session holds it.

    The server releases the lock of a worker that dies.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        is_taken = cursor.fetchone() == (True,)
    try:
        yield is_taken
    finally:
        # Where the connection is lost, so is the lock: do not open another one to release it.
        if is_taken and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@contextmanager
def hold_number(key: LockKey, number: int) -> Iterator[None]:
    """Hold the lock of a number of 31 bits inside the block, over any number of transactions.

    Others see it in held_numbers; the server releases that of a process that dies.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [key, number])
    holder = connection.connection
    try:
        yield
    finally:
        # Where the connection is lost, so is the lock; where it stands in a failed transaction, it is lost with it.
        if connection.connection is holder and holder is not None and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [key, number])


def held_numbers(key: LockKey) -> set[int]:
    """Return the numbers whose lock is held."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD_NUMBERS, [key])
        return {number for (number,) in cursor.fetchall()}


_HELD_NUMBERS = """
SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = %s
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
