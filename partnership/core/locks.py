"""Imports and merges take turns: neither finds half of what the other does."""

from django.db import connection

ONE_AT_A_TIME = 0x70617274
"""Key of the advisory lock."""


def wait_for_turn() -> None:
    """Until the end of the transaction under way no import takes a batch in, and no two customers are merged."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
