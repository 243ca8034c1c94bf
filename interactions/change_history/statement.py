"""The history tables as SQL. A row of theirs is what stood before a change; what stood after it is the next row about
the same object, or the object as it is now. Of what was added it is what was written first."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

_HIDDEN_FIELDS = frozenset(
    {
        "id", "source", "external_id", "source_snapshot", "sort_key", "normalised", "created_at", "recorded_at",
        "occurred_on", "html", "quoted", "payload", "content_id", "sha256", "size", "moved", "joined_at",
    }
)  # fmt: skip
"""Columns that follow from others, or that nobody reads."""

_TITLE_COLUMNS = ("name", "title", "what", "subject", "value", "reason")

MAX_VALUE_LENGTH = 300
"""Characters of a value that are told."""


@dataclass(frozen=True)
class AuditedModel:
    """A model with a history.

    `title`: what to call a row, in SQL on `event`; without it the first column of NAMING. `whose`: which of its events
    are those of a customer. `number`: its own among the tables of one statement, below 16.
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
    def fields(self) -> dict[str, Any]:
        """Those that are told, by column."""
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
        """The newest events that fit, in the columns of COLUMNS; %(limit)s of them."""
        values = {row: self.as_json(row) for row in ("event", "next", "present")}
        events, table = self.events._meta.db_table, self.model._meta.db_table
        return f"""(
  SELECT {self.number} AS number, {EVENT_KEY.format(number=self.number)} AS key, event.pgh_created_at AS at,
    event.pgh_obj_id AS object, event.pgh_label AS label, context.metadata ->> 'user' AS user_id,
    context.id IS NOT NULL AS on_the_web, ({self.title or self.title_column})::text AS title,
    (
      SELECT jsonb_object_agg(before.key, jsonb_build_array(
        left(before.value #>> '{{}}', {MAX_VALUE_LENGTH + 1}),
        left(after.value ->> before.key, {MAX_VALUE_LENGTH + 1})))
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


def _as_json(field: Any, column: str) -> str:
    """A list as the text that a person would write."""
    return f"array_to_string({column}, ', ')" if isinstance(field, ArrayField) else column


EVENT_KEY = "event.pgh_id::bigint * 16 + {number}"
"""One number for an event of any of the tables."""


def fetch_rows(statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def audited_models() -> list[AuditedModel]:
    """Every model with a history, whoever's it is."""
    return [AuditedModel(model) for model in apps.get_models() if hasattr(model, "pgh_event_model")]
