"""The signals by which upper packages learn of changes. Declared here, received above."""

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, field

from django.db.models import Model
from django.dispatch import Signal

# Sent once per batch with customer_ids, inside the transaction that changed the histories.
history_changed = Signal()

# Sent with customer_ids once per batch of an import of files, inside its transaction: years may have arrived at once.
history_imported = Signal()

# Sent with survivor_id, absorbed_id and the unsaved merge. Receivers move their rows with customers.merging.rows, which
# adds them to the merge.
customers_merged = Signal()

# Sent with survivor_id, absorbed_id and the merge, inside the transaction that undid it, once both have their own
# history again.
customers_unmerged = Signal()


# Sent once before an erasure. Receivers return CountedFacts: what rules and dashboards count of a history.
facts_counted = Signal()

# Sent with customer_ids and at, inside the transaction that erases who these customers are. Receivers erase what was
# said of them on their own floor; the audit is suspended meanwhile.
customers_erased = Signal()


@dataclass(frozen=True)
class CountedFacts:
    """Keys of payloads, each with the words under it that are compared, and tags that choose a rule."""

    payload: Mapping[str, Set[str]] = field(default_factory=dict)
    tags: Set[str] = frozenset()


def announce_history(
    *, instance: Model, update_fields: Collection[str] | None = None, created: bool, **_: object
) -> None:
    """Announce a changed history for a new customer and for changed tags, which decide the rules that apply."""
    if created or update_fields is None or "tags" in update_fields:
        history_changed.send(sender=type(instance), customer_ids=[instance.pk])
