"""Actions on entries of the timeline. The audit (partnership.staff.audit) keeps earlier states."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.signals import history_changed
from interactions.actions.record import refresh_conversations
from interactions.errors import ActionRefused
from interactions.markdown import is_written_here, render_markdown
from interactions.models import Channel, Direction, Interaction, Kind, Outgoing
from interactions.models.kinds import DEMANDS, SENTIMENTS
from partnership.staff.models import Firm, User

# Kinds with which a customer's message can be marked; MESSAGE removes the mark.
MARKS = frozenset({Kind.MESSAGE}) | DEMANDS | SENTIMENTS

PROMISE_KINDS = frozenset(
    {Kind.COMMITMENT_MADE, Kind.COMMITMENT_KEPT, Kind.COMMITMENT_MISSED, Kind.COMMITMENT_RELEASED}
)
GOAL_KINDS = frozenset({Kind.GOAL_SET, Kind.GOAL_ACHIEVED, Kind.GOAL_DROPPED, Kind.CHECK_IN})


def edit_obstacle(entry: Interaction) -> str:
    """Explain why an entry of a promise or goal cannot be changed itself; empty for other entries."""
    if entry.kind in PROMISE_KINDS and entry.commitment_id:
        return _(
            "This entry belongs to a promise. Change the promise itself: mark it as kept, release it or agree on a new"
            " date."
        )
    if entry.kind in GOAL_KINDS and entry.goal_id:
        return _("This entry belongs to a goal. Change the goal itself.")
    return ""


def text_obstacle(entry: Interaction) -> str:
    """Explain why an entry cannot be edited: it belongs to a promise or goal, or was sent; empty for other entries."""
    if obstacle := edit_obstacle(entry):
        return obstacle
    return _("This was sent as it stands. Write a new reply instead.") if _was_sent(entry) else ""


def is_markable(entry: Interaction) -> bool:
    return entry.direction == Direction.INBOUND and entry.kind in MARKS


@transaction.atomic
def edit_entry(entry: Interaction, *, by: User, **fields: Any) -> None:
    """Change any of subject, body, minutes, occurred_at, amount and currency.

    HTML of our own text is rendered again, other HTML is dropped. Raise ActionRefused for an entry of a promise or
    goal, and for mail that was sent.
    """
    row = lock_entry(entry)
    if obstacle := text_obstacle(row):
        raise ActionRefused(obstacle)
    if "body" in fields and fields["body"] != row.body:
        fields["html"] = render_markdown(fields["body"]) if row.html and is_written_here(row) else ""
    if "occurred_at" in fields:
        fields["occurred_on"] = Firm.current().local_date(fields["occurred_at"])
    Interaction.objects.filter(pk=row.pk).update(**fields)
    entry.refresh_from_db()
    refresh_dependents(row)


@transaction.atomic
def mark_entry(entry: Interaction, *, kind: str, by: User) -> None:
    """Set the kind of a customer's message; Kind.MESSAGE removes it. Raise ActionRefused for any other entry."""
    row = lock_entry(entry)
    if kind not in MARKS or not is_markable(row):
        raise ActionRefused(_("Only a message of theirs can be marked as a question, a request and so on."))
    if row.kind != kind:
        Interaction.objects.filter(pk=row.pk).update(kind=kind)
        refresh_dependents(row)
    entry.kind = kind


def pin_entry(entry: Interaction, *, pinned: bool, by: User) -> None:
    Interaction.objects.filter(pk=entry.pk).exclude(pinned=pinned).update(pinned=pinned)
    entry.pinned = pinned


def lock_entry(entry: Interaction) -> Interaction:
    """Return the current row, locked until the transaction ends. Raise ActionRefused if it was deleted."""
    row = Interaction.objects.select_for_update().filter(pk=entry.pk).first()
    if row is None:
        raise ActionRefused(_("This entry was deleted. Reload the page."))
    return row


def _was_sent(row: Interaction) -> bool:
    """Check whether the entry left as e-mail from here, or is about to, or was imported as an e-mail of ours."""
    if row.channel == Channel.EMAIL and row.direction == Direction.OUTBOUND and not is_written_here(row):
        return True
    return Outgoing.objects.filter(interaction=row).exclude(status=Outgoing.Status.FAILED).exists()


def refresh_dependents(row: Interaction) -> None:
    """Refresh the entry's thread and announce the changed history."""
    if row.conversation_id is not None:
        refresh_conversations([row.conversation_id])
    history_changed.send(sender=Interaction, customer_ids=[row.customer_id])
