"""Verbs on entries that stand on the timeline. The database keeps what stood before (partnership.staff.audit)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.signals import history_changed
from interactions.actions.record import refresh_conversations
from interactions.errors import ActionRefused
from interactions.markdown import is_ours, rendered
from interactions.models import Direction, Interaction, Kind, Outgoing
from interactions.models.kinds import DEMAND, SENTIMENT
from partnership.staff.models import Firm, User

MARKS = frozenset({Kind.MESSAGE}) | DEMAND | SENTIMENT
"""What a message of theirs can be marked as; MESSAGE takes the mark off."""

OF_PROMISES = frozenset({Kind.COMMITMENT_MADE, Kind.COMMITMENT_KEPT, Kind.COMMITMENT_MISSED, Kind.COMMITMENT_RELEASED})
OF_GOALS = frozenset({Kind.GOAL_SET, Kind.GOAL_ACHIEVED, Kind.GOAL_DROPPED, Kind.CHECK_IN})


def whose_row(entry: Interaction) -> str:
    """Why it can't be changed as an entry, when it is the row of something else; empty when it can."""
    if entry.kind in OF_PROMISES and entry.commitment_id:
        return _("This line belongs to a promise: keep it, release it or agree on a new day among the promises.")
    if entry.kind in OF_GOALS and entry.goal_id:
        return _("This line belongs to a goal: change it among the goals.")
    return ""


def is_markable(entry: Interaction) -> bool:
    return entry.direction == Direction.INBOUND and entry.kind in MARKS


@transaction.atomic
def edit_entry(entry: Interaction, *, by: User, **fields: Any) -> None:
    """`fields`: any of subject, body, minutes, occurred_at, amount, currency. HTML follows its text: ours is made anew,
    that of others goes. ActionRefused for a row of a promise or a goal, and for what was sent."""
    row = locked(entry)
    if why_not := whose_row(row):
        raise ActionRefused(why_not)
    text_changes = any(fields.get(name, getattr(row, name)) != getattr(row, name) for name in ("subject", "body"))
    if text_changes and was_handed_over(row):
        raise ActionRefused(_("This was sent as it stands. Write a new reply instead."))
    if "body" in fields and fields["body"] != row.body:
        fields["html"] = rendered(fields["body"]) if row.html and is_ours(row) else ""
    if "occurred_at" in fields:
        fields["occurred_on"] = Firm.current().local_date(fields["occurred_at"])
    Interaction.objects.filter(pk=row.pk).update(**fields)
    entry.refresh_from_db()
    follow(row)


@transaction.atomic
def mark_entry(entry: Interaction, *, kind: str, by: User) -> None:
    """Say what a message of theirs is, or with Kind.MESSAGE take that back. ActionRefused for anything else."""
    row = locked(entry)
    if kind not in MARKS or not is_markable(row):
        raise ActionRefused(_("Only a message of theirs can be marked as a question, a request and so on."))
    if row.kind != kind:
        Interaction.objects.filter(pk=row.pk).update(kind=kind)
        follow(row)
    entry.kind = kind


def pin_entry(entry: Interaction, *, pinned: bool, by: User) -> None:
    Interaction.objects.filter(pk=entry.pk).exclude(pinned=pinned).update(pinned=pinned)
    entry.pinned = pinned


def locked(entry: Interaction) -> Interaction:
    """The row as it stands now, until the end of the transaction."""
    row = Interaction.objects.select_for_update().filter(pk=entry.pk).first()
    if row is None:
        raise ActionRefused(_("This entry has been deleted in the meantime."))
    return row


def was_handed_over(row: Interaction) -> bool:
    """It left as e-mail, or is about to."""
    return Outgoing.objects.filter(interaction=row).exclude(status=Outgoing.Status.FAILED).exists()


def follow(row: Interaction) -> None:
    """What depends on it: its thread's facts, its customer's score."""
    if row.conversation_id is not None:
        refresh_conversations([row.conversation_id])
    history_changed.send(sender=Interaction, customer_ids=[row.customer_id])
