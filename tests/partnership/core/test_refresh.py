"""A batch is claimed and refreshed whole or not at all, by one worker at a time."""

import pytest
from django.db import connection

from partnership.core.locks import LockKey
from partnership.core.refresh import drain, refresh_chunks, refresh_claimed

pytestmark = pytest.mark.django_db(transaction=True)

CLAIM = "DELETE FROM stale WHERE pk IN (SELECT pk FROM stale ORDER BY pk LIMIT %(batch)s) RETURNING pk"
KEY = LockKey.FOCUS_REFRESH


@pytest.fixture
def stale():
    """stale() → the customers that are stale; 3, 5 and 8, of which 5 twice."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE stale AS SELECT unnest('{8,5,3,5}'::int[]) AS pk")

    def rows() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pk FROM stale ORDER BY pk")
            return [pk for (pk,) in cursor.fetchall()]

    yield rows
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE stale")


@pytest.fixture
def held():
    """Another worker holds the lock."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [KEY])
    yield
    other.close()


def refresh_batch(refreshed: list[list[int]], batch: int = 9) -> int:
    return refresh_claimed(CLAIM, refreshed.append, lock=KEY, batch=batch)


def test_each_once_and_in_order(stale):
    refreshed: list[list[int]] = []
    assert refresh_batch(refreshed) == 3
    assert refreshed == [[3, 5, 8]]
    assert refresh_batch(refreshed) == 0
    assert refreshed == [[3, 5, 8]]


def test_a_drained_table_took_as_many_batches_as_it_needed(stale):
    refreshed: list[list[int]] = []
    assert drain(lambda: refresh_batch(refreshed, batch=1)) == 3
    assert refreshed == [[3], [5], [8]]
    assert stale() == []


def test_what_a_dying_worker_claimed_is_stale_again(stale):
    def dies(_: list[int]) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        refresh_claimed(CLAIM, dies, lock=KEY, batch=9)
    assert stale() == [3, 5, 5, 8]


@pytest.mark.usefixtures("held")
def test_another_worker_is_left_to_it(stale):
    refreshed: list[list[int]] = []
    assert refresh_batch(refreshed) == 0
    assert (refreshed, stale()) == ([], [3, 5, 5, 8])


def test_chunks_are_refreshed_each_in_its_own_transaction():
    transactions = set()

    def refresh(chunk: list[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_current_xact_id()::text, EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' "
                "AND objid = %s AND pid = pg_backend_pid() AND granted)",
                [KEY],
            )
            identity, is_locked = cursor.fetchone()
        assert is_locked
        transactions.add(identity)

    assert refresh_chunks(iter([[1, 2], [3]]), refresh, lock=KEY) == 3
    assert len(transactions) == 2
