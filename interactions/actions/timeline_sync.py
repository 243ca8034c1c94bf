"""Keep timeline entries in line with a corrected goal or promise."""

from collections.abc import Iterable

from interactions.actions.record import Entry
from interactions.models import Interaction


def sync_entries(entries: Iterable[Entry]) -> None:
    """Copy subject and goal of each entry to the row with its ref."""
    wanted = {(entry.source, entry.external_id): entry for entry in entries}
    changed = []
    sources, external_ids = ({ref[place] for ref in wanted} for place in (0, 1))
    for row in Interaction.objects.filter(source__in=sources, external_id__in=external_ids):
        entry = wanted.get((row.source, row.external_id))
        if entry and (row.subject, row.goal_id) != (entry.subject, entry.goal_id):
            row.subject, row.goal_id = entry.subject, entry.goal_id
            changed.append(row)
    Interaction.objects.bulk_update(changed, ["subject", "goal"], batch_size=500)
