"""A limit on the time of reads, so that the page can say so instead of failing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

_SECONDS = 4


class TooSlowError(Exception):
    """A read took longer than its limit."""


@contextmanager
def statement_timeout(seconds: float = _SECONDS) -> Iterator[None]:
    """Give each statement within so many seconds; reads only. Raises TooSlowError."""
    outermost = not connection.in_atomic_block
    try:
        with transaction.atomic():
            _set_limit(f"{int(seconds * 1000)}ms")
            yield
            if not outermost:  # else it ends with the transaction
                _set_limit("0")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlowError from error
        raise


def _set_limit(time: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [time])
