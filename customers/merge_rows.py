"""Rows that change hands when two customers turn out to be one, and that a merge names so that it can be undone."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import pgtrigger
from django.db import connection, models

from customers.models import Merge

Model = type[models.Model]


@contextmanager
def pause_audit() -> Iterator[None]:
    """Inside, in a transaction, a change is kept by the merge that names the row: history would hold it once per row.

    What fails inside takes the transaction, and this with it.
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
    """The triggers that keep what stood before an update."""
    return sorted(
        trigger.get_pgid(model) for model, trigger in pgtrigger.registered() if trigger.name == "update_update"
    )


def column_key(model: Model, name: str) -> str:
    return f"{model._meta.db_table}.{_column_name(model, name)}"


def _column_name(model: Model, name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]


def move_rows(merge: Merge, model: Model, name: str, *, exclude: Iterable[int] = ()) -> None:
    """Make the absorbed one's rows the survivor's, by the foreign key of that name, all `but` these."""
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
    """The rows that the merge moved."""
    return list(merge.moved.get(column_key(model, name), ()))


def return_rows(merge: Merge, model: Model, name: str, *, include: Iterable[int] = ()) -> None:
    """Make what was moved, and `also` these rows, the absorbed one's again, where it is the survivor's still."""
    pk, column = model._meta.pk.column, _column_name(model, name)
    with pause_audit(), connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE "{column}" = %s AND "{pk}" = ANY(%s)',
            [merge.absorbed_id, merge.survivor_id, [*moved_rows(merge, model, name), *include]],
        )
