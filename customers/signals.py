"""The only upward channel: declared here, received above."""

from typing import Any

from django.dispatch import Signal

history_changed = Signal()
"""Sent with customer_ids (a collection of primary keys), once per batch, inside the transaction that changed them."""


customers_merged = Signal()
"""Sent with survivor_id, absorbed_id and the merge, inside its transaction and before it is saved: receivers move the
rows of theirs (customers.merge_rows), so that the merge names them."""

customers_unmerged = Signal()
"""Sent with survivor_id, absorbed_id and the merge, its undone_at set, inside the transaction that undoes it, when both
have their histories again."""


def announce_history(*, instance: Any, created: bool, update_fields: Any = None, raw: bool = False, **_: Any) -> None:
    """A customer has a history from the first day, though an empty one; and tags choose which rules look at it."""
    if created or update_fields is None or "tags" in update_fields:
        history_changed.send(sender=type(instance), customer_ids=[instance.pk])
