"""Audit edits and deletions by database triggers, so that no code path bypasses it; and take back what was audited."""

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast
from uuid import UUID

import pghistory
import pgtrigger
from django.apps import apps
from django.db import connection, models

if TYPE_CHECKING:
    from partnership.staff.models import User

M = TypeVar("M", bound=type[models.Model])


def audited(*, without: tuple[str, ...] = (), additions: bool = False) -> Callable[[M], M]:
    """Decorate a model whose earlier states are kept. Changes of only the fields `without` are not audited.

    With `additions`, an event also records who added a row.
    """

    def track(model: M) -> M:
        names = {field.name for field in model._meta.fields}
        left_out = [name for name in ("source_snapshot", *without) if name in names]
        condition = pghistory.AnyChange(exclude=left_out) if left_out else pghistory.AnyChange()
        update = pghistory.UpdateEvent(row=pghistory.Old, condition=condition)
        inserts = [pghistory.InsertEvent()] if additions else []
        return cast(M, pghistory.track(*inserts, update, pghistory.DeleteEvent(), exclude=left_out)(model))

    return track


@contextmanager
def suspend_audit() -> Iterator[None]:
    """Write no history until the block ends, and let what is kept of it be changed: for erasures alone.

    Use it inside a transaction. An exception in the block must roll the transaction back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}'),"
            " set_config('pgtrigger.ignore', %s, true)",
            ["{" + ",".join(_audit_triggers()) + "}"],
        )
        (ignored, _) = cursor.fetchone()
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [ignored])


@cache
def _audit_triggers() -> list[str]:
    names = {"insert_insert", "update_update", "delete_delete", "append_only"}
    return sorted(trigger.get_pgid(model) for model, trigger in pgtrigger.registered() if trigger.name in names)


def history_author(user: "User | None") -> AbstractContextManager[object]:
    """Attribute the changes in the block to `user`, for code that runs outside of a request."""
    return pghistory.context(user=user.pk) if user else nullcontext()


def current_change() -> UUID:
    """Return the key under which the audit keeps all that the request under way changes."""
    with pghistory.context() as context:
        return UUID(str(context.id))


def changed_rows(model: type[models.Model], *, change: UUID, by: "User") -> list[int]:
    """Return the keys of the rows that the user's request `change` updated."""
    return _event_rows(model, "update", change=change, by=by)


def deleted_rows(model: type[models.Model], *, change: UUID, by: "User") -> list[int]:
    return _event_rows(model, "delete", change=change, by=by)


def _event_rows(model: type[models.Model], label: str, *, change: UUID, by: "User") -> list[int]:
    events = _events(model)._base_manager.filter(pgh_context=change, pgh_context__metadata__user=by.pk, pgh_label=label)
    return sorted(set(events.values_list("pgh_obj_id", flat=True)))


def restore_columns(
    model: type[models.Model], columns: Collection[str], *, change: UUID, rows: Collection[int]
) -> list[int]:
    """Give the rows back what stood in the columns before `change`, where no later change touched them.

    Return the keys of the restored ones. The caller holds the rows' locks.
    """
    of = {name: ", ".join(f"{name}.{column}" for column in columns) for name in ("row", "later")}
    statement = _RESTORE.format(
        table=model._meta.db_table,
        events=_events(model)._meta.db_table,
        restored=", ".join(f"{column} = before.{column}" for column in columns),
        of_row=of["row"],
        of_later=of["later"],
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"change": change, "rows": list(rows)})
        return [pk for (pk,) in cursor.fetchall()]


def deleted_state(model: type[models.Model], pk: int, *, change: UUID) -> dict[str, object]:
    """Return the columns of a row as they were when `change` deleted it, except those that are not audited."""
    event = _events(model)._base_manager.get(pgh_obj_id=pk, pgh_label="delete", pgh_context=change)
    kept = {field.attname for field in event._meta.concrete_fields}
    return {
        field.attname: getattr(event, field.attname) for field in model._meta.concrete_fields if field.attname in kept
    }


def is_untouched(row: models.Model) -> bool:
    """Check that an audited row was not updated since it was made."""
    return not _events(type(row))._base_manager.filter(pgh_obj_id=row.pk, pgh_label="update").exists()


def _events(model: type[models.Model]) -> type[models.Model]:
    return apps.get_model(model._meta.app_label, f"{model.__name__}Event")


# An event holds the row as it was before; of several in one change, the first tells how it was before all of them.
_RESTORE = """
UPDATE {table} row SET {restored}
FROM (
  SELECT DISTINCT ON (pgh_obj_id) * FROM {events}
  WHERE pgh_context_id = %(change)s AND pgh_label = 'update' AND pgh_obj_id = ANY(%(rows)s)
  ORDER BY pgh_obj_id, pgh_id
) before
WHERE row.id = before.pgh_obj_id AND NOT EXISTS (
  SELECT FROM {events} later
  WHERE later.pgh_obj_id = row.id AND later.pgh_id > before.pgh_id AND later.pgh_label = 'update'
    AND later.pgh_context_id IS DISTINCT FROM before.pgh_context_id AND ({of_later}) IS DISTINCT FROM ({of_row}))
RETURNING row.id"""
