"""Move rows between two customers on a merge, and record the moves so that they can be undone."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import pgtrigger
from django.db import connection, models

from customers.models import Merge

Model = type[models.Model]


@contextmanager
def pause_audit() -> Iterator[None]:
    """Switch off the audit of updates until the block ends, because the merge itself names each row.

    Use it inside a transaction. An exception in the block must roll the transaction back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}'),"
            " set_config('pgtrigger.ignore', %s, true)",
            ["{" + ",".join(_update_triggers()) + "}"],
        )
        (ignored, _) = cursor.fetchone()
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [ignored])


@cache
def _update_triggers() -> list[str]:
    """List the triggers that audit updates."""
    return sorted(
        trigger.get_pgid(model) for model, trigger in pgtrigger.registered() if trigger.name == "update_update"
    )


def column_key(model: Model, name: str) -> str:
    """Return the key under which a merge lists the rows of a column, such as "customers_goal.customer_id"."""
    return f"{model._meta.db_table}.{_column_name(model, name)}"


def _column_name(model: Model, name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]


def move_rows(merge: Merge, model: Model, name: str, *, exclude: Iterable[int] = ()) -> None:
    """Move the absorbed customer's rows to the survivor by one foreign key, except the rows `exclude`."""
    pk, column = model._meta.pk.column, _column_name(model, name)
    with pause_audit(), connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE "{column}" = %s AND "{pk}" <> ALL(%s)'
            f' RETURNING "{pk}"',
            [merge.survivor_id, merge.absorbed_id, list(exclude)],
        )
        moved = sorted(found for (found,) in cursor.fetchall())
    if moved:
        merge.moved[column_key(model, name)] = sorted({*moved_rows(merge, model, name), *moved})


def moved_rows(merge: Merge, model: Model, name: str) -> list[int]:
    """Return the keys of the rows that the merge moved by this foreign key."""
    return list(merge.moved.get(column_key(model, name), ()))


def return_rows(merge: Merge, model: Model, name: str, *, include: Iterable[int] = ()) -> None:
    """Return the moved rows, and the rows `include`, to the absorbed customer if the survivor still has them."""
    pk, column = model._meta.pk.column, _column_name(model, name)
    with pause_audit(), connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE "{column}" = %s AND "{pk}" = ANY(%s)',
            [merge.absorbed_id, merge.survivor_id, [*moved_rows(merge, model, name), *include]],
        )
