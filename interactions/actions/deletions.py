"""Deleting an entry, which leaves a trace, and undoing that, after which nothing has happened.

The row goes; its last state and its files' stand in the history tables. Those leave out what the source said, the
language, whom it was meant for, and the outbox: that is kept with the deletion, as {"source_snapshot": …,
"language": …, "addressed_to_id": …, "files": [[pk, source snapshot], …], "outgoing": {column: value} or None}.
"""

from datetime import datetime
from typing import Any, TypeVar

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _

from customers.merge_resolution import held_survivors
from interactions.actions.entries import follow, locked, whose_row
from interactions.errors import ActionRefused
from interactions.models import Attachment, Conversation, Deletion, Interaction, Outgoing
from partnership.staff.models import User

M = TypeVar("M", bound=models.Model)

UNDER_WAY = (Outgoing.Status.QUEUED, Outgoing.Status.SENDING)


@transaction.atomic
def delete_entry(entry: Interaction, *, reason: str, by: User, at: datetime) -> Deletion:
    """ActionRefused for a row of a promise or a goal, and for what is on its way out."""
    row = locked(entry)
    if why_not := whose_row(row):
        raise ActionRefused(why_not)
    outgoing = Outgoing.objects.select_for_update().filter(interaction=row).first()
    if outgoing and outgoing.status in UNDER_WAY:
        raise ActionRefused(_("This is on its way out. Wait until it has been sent."))
    deletion = Deletion.objects.create(
        customer_id=row.customer_id, interaction_id=row.pk, source=row.source, external_id=row.external_id,
        occurred_at=row.occurred_at, kind=row.kind, reason=reason, by=by, deleted_at=at, kept=kept_of(row, outgoing),
    )  # fmt: skip
    Interaction.objects.filter(pk=row.pk).delete()
    follow(row)
    return deletion


def kept_of(row: Interaction, outgoing: Outgoing | None) -> dict[str, Any]:
    return {
        "source_snapshot": row.source_snapshot,
        "language": row.language,
        "addressed_to_id": row.addressed_to_id,
        "files": list(row.attachments.order_by("pk").values_list("pk", "source_snapshot")),
        "outgoing": outgoing and {field.attname: getattr(outgoing, field.attname) for field in columns(Outgoing)},
    }


@transaction.atomic
def restore_entry(deletion: Deletion, *, by: User, at: datetime) -> Interaction:
    """The entry under its old key, in its thread, with its files. ActionRefused when that was done already."""
    undone = Deletion.objects.filter(pk=deletion.pk, undone_at=None).update(undone_by=by, undone_at=at)
    deletion.refresh_from_db()
    if not undone:
        raise ActionRefused(_("This deletion is already undone."))
    kept = deletion.kept
    row = last_state(
        Interaction, deletion.interaction_id, source_snapshot=kept["source_snapshot"], language=kept["language"]
    )
    row.customer_id = deletion.customer_id
    meant_for = kept.get("addressed_to_id")
    row.addressed_to_id = None if meant_for == deletion.customer_id else meant_for
    find_its_place(row)
    Interaction.objects.bulk_create([row])
    Attachment.objects.bulk_create(
        last_state(Attachment, pk, source_snapshot=source_snapshot) for pk, source_snapshot in kept["files"]
    )
    if kept["outgoing"]:
        values = {field.attname: field.to_python(kept["outgoing"][field.attname]) for field in columns(Outgoing)}
        Outgoing.objects.bulk_create([Outgoing(**values)])
    follow(row)
    return Interaction.objects.get(pk=row.pk)


def last_state(model: type[M], pk: int, **more: Any) -> M:
    """A row as it was when it was deleted."""
    events = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    event = events._base_manager.filter(pgh_obj_id=pk, pgh_label="delete").latest("pgh_id")
    known = {field.attname for field in events._meta.concrete_fields}
    return model(
        **{field.attname: getattr(event, field.attname) for field in columns(model) if field.attname in known} | more
    )


def columns(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.generated]


def find_its_place(row: Interaction) -> None:
    """What it named may be gone since, its person one with another, and its thread joined to another or moved to
    somebody else."""
    for field in columns(Interaction):
        named = getattr(row, field.attname)
        if field.remote_field and named and not field.remote_field.model._base_manager.filter(pk=named).exists():
            setattr(row, field.attname, None)
    thread = row.conversation
    while thread is not None and thread.joined_into_id is not None:
        thread = Conversation.objects.get(pk=thread.joined_into_id)
    if thread is not None:
        row.conversation, row.customer_id = thread, thread.customer_id
    if row.person_id is not None:
        row.person_id = held_survivors([row.person_id]).get(row.person_id, row.person_id)
    if row.person_id == row.customer_id:
        row.person_id = None
