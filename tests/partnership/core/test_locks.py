"""Every advisory lock has a key of its own, held as long as it says."""

import pytest
from django.db import connection, transaction

from partnership.core.locks import LockKey, lock_transaction, try_lock_session, try_lock_transaction

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other():
    """Another worker's session: take(key) is whether it gets the lock, which it then gives back."""
    session = connection.copy()

    def take(key: LockKey) -> bool:
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s) AND pg_advisory_unlock(%s)", [key, key])
            return cursor.fetchone() == (True,)

    yield take
    session.close()


def test_no_two_share_a_key():
    assert len(LockKey.__members__) == len(set(LockKey))


@pytest.mark.parametrize("take", [lock_transaction, try_lock_transaction])
def test_held_until_the_transaction_ends(take, other):
    with transaction.atomic():
        take(LockKey.HISTORY)
        assert not other(LockKey.HISTORY)
        assert other(LockKey.FOCUS_REFRESH)
    assert other(LockKey.HISTORY)


def test_taken_elsewhere_it_is_not_waited_for(other):
    session = connection.copy()
    try:
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LockKey.HISTORY])
        with transaction.atomic():
            assert not try_lock_transaction(LockKey.HISTORY)
        with try_lock_session(LockKey.HISTORY) as is_locked:
            assert not is_locked
        assert not other(LockKey.HISTORY), "who did not get it does not release it"
    finally:
        session.close()


def test_held_over_transactions_and_released_after_an_error(other):
    def fails() -> None:
        with try_lock_session(LockKey.SCORING_RUN) as is_locked:
            assert is_locked
            with transaction.atomic():
                pass
            assert not other(LockKey.SCORING_RUN)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert other(LockKey.SCORING_RUN)


def test_a_lost_connection_is_not_opened_to_release_it(other):
    with try_lock_session(LockKey.SCORING_RUN):
        connection.close()
    assert connection.connection is None
    assert other(LockKey.SCORING_RUN)
