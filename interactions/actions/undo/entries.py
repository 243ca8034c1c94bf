"""Take back a change of one entry, as long as it was not changed again."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from interactions.actions.entries import lock_entry, refresh_dependents
from interactions.errors import ActionRefused
from interactions.models import Interaction
from partnership.staff.audit import changed_rows, restore_columns
from partnership.staff.models import User

_EDITABLE = ("kind", "pinned", "subject", "body", "html", "minutes", "occurred_at", "occurred_on", "amount", "currency")


@transaction.atomic
def undo_entry_change(entry: Interaction, *, change: UUID, by: User) -> None:
    """Give an entry that was marked, pinned or edited its earlier state."""
    row = lock_entry(entry)
    mine = row.pk in changed_rows(Interaction, change=change, by=by)
    if not mine or not restore_columns(Interaction, _EDITABLE, change=change, rows=[row.pk]):
        raise ActionRefused(_("This entry has changed since then. The earlier change can no longer be undone."))
    refresh_dependents(row)
    entry.refresh_from_db()
