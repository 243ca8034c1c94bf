"""Delete an entry, leaving a trace, and restore it.

The history tables keep the last state of the entry and its files. The deletion keeps what they leave out:
{"source_snapshot": …, "language": …, "addressed_to_id": …, "files": [[pk, source snapshot], …], "outgoing": {column:
value} or None}.
"""

from datetime import datetime
from typing import TypeVar

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _

from customers.merging.resolution import lock_survivors
from interactions.actions.entries import edit_obstacle, lock_entry, refresh_dependents
from interactions.errors import ActionRefused
from interactions.models import Attachment, Conversation, Deletion, Interaction, Outgoing
from partnership.staff.models import User

M = TypeVar("M", bound=models.Model)

_IN_OUTBOX = (Outgoing.Status.QUEUED, Outgoing.Status.SENDING)


@transaction.atomic
def delete_entry(entry: Interaction, *, reason: str, by: User, at: datetime) -> Deletion:
    """Delete an entry. Raise ActionRefused for an entry of a promise or goal, and for mail in the outbox."""
    row = lock_entry(entry)
    if obstacle := edit_obstacle(row):
        raise ActionRefused(obstacle)
    outgoing = Outgoing.objects.select_for_update().filter(interaction=row).first()
    if outgoing and outgoing.status in _IN_OUTBOX:
        raise ActionRefused(_("This is in the outbox. Wait until it has been sent."))
    deletion = Deletion.objects.create(
        customer_id=row.customer_id, interaction_id=row.pk, source=row.source, external_id=row.external_id,
        occurred_at=row.occurred_at, kind=row.kind, reason=reason, by=by, deleted_at=at,
        kept=_lost_by_history(row, outgoing),
    )  # fmt: skip
    Interaction.objects.filter(pk=row.pk).delete()
    refresh_dependents(row)
    return deletion


def _lost_by_history(row: Interaction, outgoing: Outgoing | None) -> dict[str, object]:
    return {
        "source_snapshot": row.source_snapshot,
        "language": row.language,
        "addressed_to_id": row.addressed_to_id,
        "files": list(row.attachments.order_by("pk").values_list("pk", "source_snapshot")),
        "outgoing": outgoing and {field.attname: getattr(outgoing, field.attname) for field in _columns(Outgoing)},
    }


@transaction.atomic
def restore_entry(deletion: Deletion, *, by: User, at: datetime) -> Interaction:
    """Restore the entry under its old key, in its thread, with its files. Raise ActionRefused if done before."""
    undone = Deletion.objects.filter(pk=deletion.pk, undone_at=None).update(undone_by=by, undone_at=at)
    deletion.refresh_from_db()
    if not undone:
        raise ActionRefused(_("This deletion is already undone."))
    kept = deletion.kept
    row = _last_state(
        Interaction, deletion.interaction_id, source_snapshot=kept["source_snapshot"], language=kept["language"]
    )
    row.customer_id = deletion.customer_id
    meant_for = kept.get("addressed_to_id")
    row.addressed_to_id = None if meant_for == deletion.customer_id else meant_for
    _repair_references(row)
    Interaction.objects.bulk_create([row])
    Attachment.objects.bulk_create(
        _last_state(Attachment, pk, source_snapshot=source_snapshot) for pk, source_snapshot in kept["files"]
    )
    if kept["outgoing"]:
        values = {field.attname: field.to_python(kept["outgoing"][field.attname]) for field in _columns(Outgoing)}
        Outgoing.objects.bulk_create([Outgoing(**values)])
    refresh_dependents(row)
    return Interaction.objects.get(pk=row.pk)


def _last_state(model: type[M], pk: int, **more: object) -> M:
    """Return the row as it was when it was deleted."""
    events = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    event = events._base_manager.filter(pgh_obj_id=pk, pgh_label="delete").latest("pgh_id")
    known = {field.attname for field in events._meta.concrete_fields}
    return model(
        **{field.attname: getattr(event, field.attname) for field in _columns(model) if field.attname in known} | more
    )


def _columns(model: type[models.Model]) -> "list[models.Field[object, object]]":
    return [field for field in model._meta.concrete_fields if not field.generated]


def _repair_references(row: Interaction) -> None:
    """Update references of a restored entry: deleted rows, a merged person, a joined or moved thread."""
    for field in _columns(Interaction):
        named = getattr(row, field.attname)
        if field.remote_field and named and not field.remote_field.model._base_manager.filter(pk=named).exists():
            setattr(row, field.attname, None)
    thread = row.conversation
    while thread is not None and thread.joined_into_id is not None:
        thread = Conversation.objects.get(pk=thread.joined_into_id)
    if thread is not None:
        row.conversation, row.customer_id = thread, thread.customer_id
    if row.person_id is not None:
        row.person_id = lock_survivors([row.person_id]).get(row.person_id, row.person_id)
    if row.person_id == row.customer_id:
        row.person_id = None
