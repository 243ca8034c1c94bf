"""No reader waits forever: what takes the database too long is given up with a word instead of an error."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

SECONDS = 4


class TooSlowError(Exception):
    """The database was asked for too much."""


@contextmanager
def patience(seconds: float = SECONDS) -> Iterator[None]:
    """Reads only: each statement within has that long. Raises TooSlowError."""
    outermost = not connection.in_atomic_block
    try:
        with transaction.atomic():
            limit_to(f"{int(seconds * 1000)}ms")
            yield
            if not outermost:  # else it ends with the transaction
                limit_to("0")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlowError from error
        raise


def limit_to(time: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [time])
