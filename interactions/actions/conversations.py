"""Actions on threads: assignee, status and handover.

Each takes the thread as the user saw it, updates that object, and raises ActionRefused with the reason.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from customers.lookups import colleagues_for, work_obstacle
from customers.signals import history_changed
from interactions.actions.record import record, refresh_conversations
from interactions.errors import ActionRefused
from interactions.models import Channel, Conversation, Direction, Interaction, Kind, Settlement
from interactions.models.kinds import PAST_THEM
from interactions.querysets import WAS_SENT
from partnership.staff.external_ids import new_external_id
from partnership.staff.models import Department, User

OPEN, SNOOZED, CLOSED = Conversation.Status.OPEN, Conversation.Status.SNOOZED, Conversation.Status.CLOSED
YES = Settlement.Answered.YES
AWAKE: dict[str, str | None] = {"snoozed_until": None, "snooze_reason": ""}


def _change(thread: Conversation, when: Q, **fields: object) -> bool:
    """Update the thread if it matches `when` and was not joined to another. Return whether it changed."""
    changed = Conversation.objects.filter(when, pk=thread.pk, joined_into=None).update(**fields)
    thread.refresh_from_db()
    return bool(changed)


def assign_conversation(thread: Conversation, *, to: User | None, by: User, at: datetime) -> bool:
    """Set or clear the assignee; without one, the thread is its department's. Return whether it changed."""
    if to and (reason := work_obstacle(to, thread.customer_id)):
        raise ActionRefused(reason)
    changed = _change(thread, ~Q(assignee=to), assignee=to)
    if reason := joined_obstacle(thread):
        raise ActionRefused(reason)
    return changed


def claim_conversation(thread: Conversation, *, by: User, at: datetime) -> None:
    """Assign a thread to yourself if it has no assignee, or one who has left. The first of two wins."""
    free = Q(assignee=None) | Q(assignee=by)
    if thread.assignee and not thread.assignee.is_active:
        free |= Q(assignee=thread.assignee)
    if _change(thread, free, assignee=by):
        return
    raise ActionRefused(joined_obstacle(thread) or _("%(name)s is the assignee already.") % {"name": thread.assignee})


def take_over_conversation(thread: Conversation, *, by: User, at: datetime) -> User | None:
    """Assign a thread to yourself, also from a colleague. Return the earlier assignee."""
    former = thread.assignee if thread.assignee != by else None
    assign_conversation(thread, to=by, by=by, at=at)
    return former


@transaction.atomic
def close_conversation(
    thread: Conversation, *, answered: str = YES, reason: str = "", by: User, at: datetime
) -> Settlement:
    """Close a thread and record why. A thread that waits needs another word than YES; one that doesn't gets YES.

    Closed without answering, it needs a reason.
    """
    _lock(thread)
    if thread.joined_into_id or thread.status == CLOSED:
        raise ActionRefused(joined_obstacle(thread) or _("This conversation is closed already."))
    if thread.waiting_since is None:
        answered = YES
    elif answered == YES:
        raise ActionRefused(
            _("The customer still waits for an answer. Choose that none is needed, or enter why they get none.")
        )
    elif answered == Settlement.Answered.WITHOUT and not reason.strip():
        raise ActionRefused(_("Enter why they get no answer."))
    reason = reason.strip() if answered == Settlement.Answered.WITHOUT else ""
    settlement = Settlement.objects.create(
        conversation=thread, at=_settled_at(thread, at), by=by, answered=answered, reason=reason
    )
    _change(thread, Q(), status=CLOSED, **AWAKE)
    _announce_settlement(thread)
    return settlement


@transaction.atomic
def reopen_conversation(thread: Conversation, *, by: User, at: datetime) -> None:
    """Open a closed or snoozed thread. The settlement of its closing is deleted if nothing was said since."""
    if not _open(thread, ~Q(status=OPEN)):
        raise ActionRefused(joined_obstacle(thread) or _("This conversation is open already."))


def _open(thread: Conversation, when: Q, **fields: object) -> bool:
    """Open the thread if it matches `when`, and take back its settlement. Return whether it did."""
    _lock(thread)
    was_closed = thread.status == CLOSED
    opened = _change(thread, when, status=OPEN, **fields, **AWAKE)
    if opened and was_closed and (settlement := thread.settlements.first()) and not _was_continued(thread, settlement):
        settlement.delete()
        _announce_settlement(thread)
    return opened


@transaction.atomic
def undo_closing_with(entry: Interaction) -> None:
    """Take back that the entry's author closed its thread in the act that recorded the entry, if they did.

    Call it before the entry is taken back.
    """
    thread = entry.conversation
    if thread is None:
        return
    _lock(thread)
    settlements = thread.settlements.filter(at=entry.recorded_at, by=entry.author_id, answered=YES)
    if entry.author_id is None or not settlements.delete()[0]:
        return
    _change(thread, Q(status=CLOSED), status=OPEN)
    _announce_settlement(thread)


def _lock(thread: Conversation) -> None:
    """Lock the thread until the transaction ends, and read it as it is now."""
    Conversation.objects.select_for_update(no_key=True).get(pk=thread.pk)
    thread.refresh_from_db()


def _settled_at(thread: Conversation, at: datetime) -> datetime:
    """Return the moment that settles everything said: a message may be dated ahead by its sender's clock."""
    return max(at, thread.last_interaction_at or at) if thread.waiting_since else at


def _was_continued(thread: Conversation, settlement: Settlement) -> bool:
    """Check whether either side said something after the settlement."""
    later = thread.interactions.filter(occurred_at__gt=settlement.at)
    return later.filter(WAS_SENT).exclude(direction=Direction.INTERNAL).exclude(kind__in=PAST_THEM).exists()


def _announce_settlement(thread: Conversation) -> None:
    refresh_conversations([thread.pk])
    thread.refresh_from_db()
    history_changed.send(sender=Settlement, customer_ids=[thread.customer_id])


def snooze_conversation(
    thread: Conversation, *, until: datetime | None, by: User, at: datetime, reason: str = ""
) -> None:
    """Hide the thread until a moment, or with none until their next message, which wakes it in any case.

    The customer still waits.
    """
    if until and until <= at:
        raise ActionRefused(_("This moment is past. Choose a later one."))
    if not _change(thread, ~Q(status=CLOSED), status=SNOOZED, snoozed_until=until, snooze_reason=reason.strip()):
        raise ActionRefused(joined_obstacle(thread) or _("This conversation is closed. Reopen it first."))


def wake_conversations(*, at: datetime) -> int:
    """Open threads whose snooze is over. Return how many. Served by conversations_snoozed."""
    due = Conversation.objects.filter(status=SNOOZED, snoozed_until__lte=at)
    return due.update(status=OPEN, **AWAKE)


@transaction.atomic
def hand_over_conversation(
    thread: Conversation,
    *,
    to: User | Department,
    summary: str,
    by: User,
    at: datetime,
    external_id: str | None = None,
) -> Interaction:
    """Hand the thread to a colleague or department, with a summary as an entry.

    A repeated call with the same `external_id` adds no second entry.
    """
    if isinstance(to, User):
        if reason := work_obstacle(to, thread.customer_id):
            raise ActionRefused(reason)
        assignment = {"assignee": to, "department": to.department or thread.department}
        payload = {"to_staff": to.email}
    else:
        if reason := _department_obstacle(thread, to):
            raise ActionRefused(reason)
        assignment = {"assignee": None, "department": to}
        payload = {"to_department": to.name}
    if not _open(thread, Q(), **assignment):
        raise ActionRefused(joined_obstacle(thread))
    return record(
        by=by, recorded_at=at, occurred_at=at, customer_id=thread.customer_id, conversation_id=thread.pk,
        channel=Channel.INTERNAL, direction=Direction.INTERNAL, kind=Kind.HANDOVER, subject=f"→ {to}", body=summary,
        payload=payload, external_id=external_id or new_external_id(),
    )  # fmt: skip


def _department_obstacle(thread: Conversation, department: Department) -> str:
    """Explain why no member of the department may see the customer; empty if one may."""
    if not thread.customer.restricted:
        return ""
    if colleagues_for(thread.customer).filter(department=department).exists():
        return ""
    return _("No member of %(name)s may see this customer: choose the owner or a manager.") % {"name": department}


def joined_obstacle(thread: Conversation) -> str:
    """Explain why a joined thread cannot change; empty if it was not joined to another."""
    if thread.joined_into_id is None:
        return ""
    return _("This conversation was joined to “%(subject)s”.") % {"subject": thread.joined_into}
