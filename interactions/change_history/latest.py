"""Who changed a field last."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from customers.querysets import CustomerQuerySet
from interactions.change_history.events import PAGE_EVENTS, describe_events
from interactions.change_history.statement import AuditedModel, fetch_rows


@dataclass(frozen=True)
class LastChange:
    """The last change of a field. `after`: the new value as text."""

    at: datetime
    who: str
    after: str


def last_changes(record: models.Model, columns: Collection[str], *, visible: CustomerQuerySet) -> dict[str, LastChange]:
    """Return the last change by column; columns without a recent change are left out."""
    tracked = AuditedModel(type(record))
    found = fetch_rows(tracked.select("event.pgh_obj_id = %(object)s"), {"object": record.pk, "limit": PAGE_EVENTS})
    latest: dict[str, LastChange] = {}
    for row, event in zip(found, describe_events(found, [tracked], visible=visible, include_empty=True), strict=True):
        for column, change in zip(sorted(row["changes"]), event.changes, strict=True):
            if column in columns:
                latest.setdefault(column, LastChange(event.at, event.who, change.after))
    return latest
