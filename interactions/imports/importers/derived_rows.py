"""Entries that follow from a goal, check-in or promise, updated when that changes."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from customers.signals import history_changed
from interactions.actions.record import Entry, record_many
from interactions.models import Interaction
from partnership.staff.models import Firm

Key = tuple[str, str]


def rewrite_rows(before: Iterable[Entry], after: Sequence[Entry], *, firm: Firm, at: datetime) -> None:
    """Update the entries from their earlier to their new state; what staff changed in them stays."""
    old = {(entry.source, entry.external_id): entry for entry in before}
    new = {(entry.source, entry.external_id): entry for entry in after}
    _delete_rows(old.keys() - new.keys())
    record_many([entry for key, entry in new.items() if key not in old], recorded_at=at, reopen=False)
    changes = {key: _difference(old[key], entry) for key, entry in new.items() if key in old}
    _update_rows({key: change for key, change in changes.items() if change}, firm)


def _difference(old: Entry, new: Entry) -> dict[str, object]:
    before = asdict(old)
    return {name: value for name, value in asdict(new).items() if value != before[name]}


def _rows(keys: Iterable[Key]) -> list[Interaction]:
    by_source: dict[str, list[str]] = {}
    for source, external_id in keys:
        by_source.setdefault(source, []).append(external_id)
    return [
        row
        for source, ids in by_source.items()
        for row in Interaction.objects.filter(source=source, external_id__in=ids).select_for_update().order_by("pk")
    ]


def _delete_rows(keys: Iterable[Key]) -> None:
    """Delete entries that no longer apply; the audit keeps them."""
    rows = _rows(keys)
    if rows:
        Interaction.objects.filter(pk__in=[row.pk for row in rows]).delete()
        history_changed.send(sender=Interaction, customer_ids={row.customer_id for row in rows})


def _update_rows(changes: dict[Key, dict[str, object]], firm: Firm) -> None:
    if not changes:
        return
    rows = _rows(changes)
    touched = {row.customer_id for row in rows}
    columns = set()
    for row in rows:
        for name, value in changes[row.source, row.external_id].items():
            setattr(row, name, value)
            columns.add(name)
        row.occurred_on = firm.local_date(row.occurred_at)
    if rows:
        Interaction.objects.bulk_update(rows, [*columns, "occurred_on"], batch_size=500)
        history_changed.send(sender=Interaction, customer_ids=touched | {row.customer_id for row in rows})
