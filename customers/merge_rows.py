"""Rows that change hands when two customers turn out to be one, and that a merge names so that it can be undone."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import pgtrigger
from django.db import connection, models

from customers.models import Merge

Model = type[models.Model]


@contextmanager
def named_by_merges() -> Iterator[None]:
    """Inside, in a transaction, a change is kept by the merge that names the row: history would hold it once per row.

    What fails inside takes the transaction, and this with it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}'),"
            " set_config('pgtrigger.ignore', %s, true)",
            ["{" + ",".join(on_updates()) + "}"],
        )
        (ignored, _) = cursor.fetchone()
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [ignored])


@cache
def on_updates() -> list[str]:
    """The triggers that keep what stood before an update."""
    return sorted(
        trigger.get_pgid(model) for model, trigger in pgtrigger.registered() if trigger.name == "update_update"
    )


def key_of(model: Model, name: str) -> str:
    return f"{model._meta.db_table}.{column_of(model, name)}"


def column_of(model: Model, name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]


def move(merge: Merge, model: Model, name: str, *, but: Iterable[int] = ()) -> None:
    """Make the absorbed one's rows the survivor's, by the foreign key of that name, all `but` these."""
    pk, column = model._meta.pk.column, column_of(model, name)
    with named_by_merges(), connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE "{column}" = %s AND "{pk}" <> ALL(%s)'
            f' RETURNING "{pk}"',
            [merge.survivor_id, merge.absorbed_id, list(but)],
        )
        moved = sorted(found for (found,) in cursor.fetchall())
    if moved:
        merge.moved[key_of(model, name)] = sorted({*named(merge, model, name), *moved})


def named(merge: Merge, model: Model, name: str) -> list[int]:
    """The rows that the merge moved."""
    return list(merge.moved.get(key_of(model, name), ()))


def give_back(merge: Merge, model: Model, name: str, *, also: Iterable[int] = ()) -> None:
    """Make what was moved, and `also` these rows, the absorbed one's again, where it is the survivor's still."""
    pk, column = model._meta.pk.column, column_of(model, name)
    with named_by_merges(), connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE "{column}" = %s AND "{pk}" = ANY(%s)',
            [merge.absorbed_id, merge.survivor_id, [*named(merge, model, name), *also]],
        )
