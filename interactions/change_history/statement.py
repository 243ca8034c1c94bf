"""The audit's history tables as SQL.

A row of a history table is the state before a change. The state after it is the object's next row, or its current
state. An insert event holds the first state.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeAlias, TypedDict, cast

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

# Fields that follow from others or are of no interest.
_HIDDEN_FIELDS = frozenset(
    {
        "id", "source", "external_id", "source_snapshot", "sort_key", "normalised", "created_at", "recorded_at",
        "occurred_on", "html", "quoted", "payload", "content_id", "sha256", "size", "moved", "joined_at",
    }
)  # fmt: skip

_TITLE_COLUMNS = ("name", "title", "what", "subject", "value", "reason")

# Characters of a value that are shown.
MAX_VALUE_LENGTH = 300

# Characters of an object that are read, to tell which of its keys changed.
_MAX_OBJECT_LENGTH = 20_000


def _length_of(value: str) -> str:
    """Return SQL for how much of a JSON value is read."""
    return f"CASE jsonb_typeof({value}) WHEN 'object' THEN {_MAX_OBJECT_LENGTH} ELSE {MAX_VALUE_LENGTH + 1} END"


ModelField: TypeAlias = "models.Field[Any, Any]"


class EventRow(TypedDict):
    """One event. `changes`: column → values before and after, as text."""

    number: int
    key: int
    at: datetime
    object: int
    label: str
    user_id: str | None
    on_the_web: bool
    title: str | None
    changes: dict[str, list[str | None]]


@dataclass(frozen=True)
class AuditedModel:
    """A model with a history.

    `title`: SQL on `event` for a row's title; by default the first of _TITLE_COLUMNS. `scope`: SQL for the events of a
    customer. `number`: unique among the tables of a statement, below 16.
    """

    model: type[models.Model]
    title: str = ""
    scope: str = "event.customer_id = ANY(%(customers)s)"
    number: int = 0

    @cached_property
    def events(self) -> type[models.Model]:
        events: type[models.Model] = self.model.pgh_event_model  # type: ignore[attr-defined]
        return events

    @cached_property
    def fields(self) -> dict[str, ModelField]:
        """Return the shown fields by column."""
        kept = {field.column for field in self.events._meta.concrete_fields}
        return {
            field.column: field
            for field in self.model._meta.concrete_fields
            if field.column in kept and (field.name not in _HIDDEN_FIELDS or field.choices)
        }

    @property
    def title_column(self) -> str:
        return next((f"event.{column}" for column in _TITLE_COLUMNS if column in self.fields), "''")

    def select(self, condition: str) -> str:
        """Select the newest %(limit)s events that match a condition."""
        values = {row: self.as_json(row) for row in ("event", "next", "present")}
        events, table = self.events._meta.db_table, self.model._meta.db_table
        return f"""(
  SELECT {self.number} AS number, {EVENT_KEY.format(number=self.number)} AS key, event.pgh_created_at AS at,
    event.pgh_obj_id AS object, event.pgh_label AS label, context.metadata ->> 'user' AS user_id,
    context.id IS NOT NULL AS on_the_web, ({self.title or self.title_column})::text AS title,
    (
      SELECT jsonb_object_agg(before.key, jsonb_build_array(
        left(before.value #>> '{{}}', {_length_of("before.value")}),
        left(after.value ->> before.key, {_length_of("before.value")})))
      FROM jsonb_each({values["event"]}) before
      WHERE after.value IS NOT NULL AND before.value IS DISTINCT FROM after.value -> before.key
    )::text AS changes
  FROM {events} event
  LEFT JOIN pghistory_context context ON context.id = event.pgh_context_id
  LEFT JOIN LATERAL (
    SELECT coalesce(
      (SELECT {values["next"]} FROM {events} next
       WHERE next.pgh_obj_id = event.pgh_obj_id AND next.pgh_id > event.pgh_id ORDER BY next.pgh_id LIMIT 1),
      (SELECT {values["present"]} FROM {table} present WHERE present.id = event.pgh_obj_id)
    ) AS value WHERE event.pgh_label = 'update'
  ) after ON true
  WHERE {condition}
  ORDER BY event.pgh_created_at DESC, event.pgh_id DESC LIMIT %(limit)s
)"""

    def as_json(self, row: str) -> str:
        pairs = (f"'{column}', {_as_json(field, f'{row}.{column}')}" for column, field in self.fields.items())
        return f"jsonb_build_object({', '.join(pairs)})"


def _as_json(field: ModelField, column: str) -> str:
    """Return SQL for a column's value; a list becomes text."""
    return f"array_to_string({column}, ', ')" if isinstance(field, ArrayField) else column


# A key that is unique among the events of all tables of a statement.
EVENT_KEY = "event.pgh_id::bigint * 16 + {number}"


def fetch_rows(statement: str, parameters: Mapping[str, Any]) -> list[EventRow]:
    """Run a statement of events, built of AuditedModel.select()."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [cast(EventRow, row | {"changes": json.loads(row["changes"] or "{}")}) for row in found]


def audited_models() -> list[AuditedModel]:
    """Return every model with a history."""
    return [AuditedModel(model) for model in apps.get_models() if hasattr(model, "pgh_event_model")]
