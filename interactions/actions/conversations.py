"""Verbs on threads: whose they are, whether they are open, and which entries belong to which.

Each takes the thread as it was seen and brings that object up to date. ActionRefused says what stands in the way.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Customer
from interactions.actions.record import record
from interactions.errors import ActionRefused
from interactions.models import Channel, Conversation, Direction, Interaction, Kind
from partnership.staff.external_ids import new_external_id
from partnership.staff.models import Department, User

OPEN, SNOOZED, CLOSED = Conversation.Status.OPEN, Conversation.Status.SNOOZED, Conversation.Status.CLOSED
AWAKE: dict[str, Any] = {"snoozed_until": None, "snooze_reason": ""}


def change(thread: Conversation, when: Q, **fields: Any) -> bool:
    """Whether it was so, and is now otherwise. One that was joined to another stays as it is."""
    changed = Conversation.objects.filter(when, pk=thread.pk, joined_into=None).update(**fields)
    thread.refresh_from_db()
    return bool(changed)


def assign(thread: Conversation, *, to: User | None, by: User, at: datetime) -> bool:
    """Give it to somebody, or to nobody: then it is its department's again. Whether it was not theirs before."""
    if to and (reason := out_of_sight(thread, to)):
        raise ActionRefused(reason)
    changed = change(thread, ~Q(assignee=to), assignee=to)
    if reason := joined_to(thread):
        raise ActionRefused(reason)
    return changed


def take(thread: Conversation, *, by: User, at: datetime) -> None:
    """Take one that is nobody's, or of somebody who has left. The first wins; the second is told by whom."""
    free = Q(assignee=None) | Q(assignee=by)
    if thread.assignee and not thread.assignee.is_active:
        free |= Q(assignee=thread.assignee)
    if change(thread, free, assignee=by):
        return
    raise ActionRefused(
        joined_to(thread) or _("%(name)s has taken this conversation already.") % {"name": thread.assignee}
    )


def close(thread: Conversation, *, by: User, at: datetime) -> None:
    if not change(thread, ~Q(status=CLOSED), status=CLOSED, **AWAKE):
        raise ActionRefused(joined_to(thread) or _("This conversation is closed already."))


def reopen(thread: Conversation, *, by: User, at: datetime) -> None:
    """Open it again, be it closed or snoozed."""
    if not change(thread, ~Q(status=OPEN), status=OPEN, **AWAKE):
        raise ActionRefused(joined_to(thread) or _("This conversation is open already."))


def snooze(thread: Conversation, *, until: datetime, reason: str, by: User, at: datetime) -> None:
    """Out of the way until then; they wait all the same, and their next word wakes it."""
    if until <= at:
        raise ActionRefused(_("That moment is over. Snooze it until one that is to come."))
    if not reason.strip():
        raise ActionRefused(_("Say why it can wait."))
    if not change(thread, ~Q(status=CLOSED), status=SNOOZED, snoozed_until=until, snooze_reason=reason.strip()):
        raise ActionRefused(joined_to(thread) or _("This conversation is closed. Reopen it first."))


def wake_snoozed(*, at: datetime) -> int:
    """Open what was snoozed until now; how many. Served by conversations_snoozed."""
    due = Conversation.objects.filter(status=SNOOZED, snoozed_until__lte=at)
    return due.update(status=OPEN, **AWAKE)


@transaction.atomic
def hand_over(
    thread: Conversation,
    *,
    to: User | Department,
    summary: str,
    by: User,
    at: datetime,
    external_id: str | None = None,
) -> Interaction:
    """To a colleague, or to a department whose members will take it, with the story so far as a row of the thread.

    `external_id`: one handover however often it is made under it.
    """
    if isinstance(to, User):
        if reason := out_of_sight(thread, to):
            raise ActionRefused(reason)
        whose = {"assignee": to, "department": to.department or thread.department}
        told = {"to_staff": to.email}
    else:
        if reason := nobody_may_see(thread, to):
            raise ActionRefused(reason)
        whose = {"assignee": None, "department": to}
        told = {"to_department": to.name}
    if not change(thread, Q(), status=OPEN, **whose, **AWAKE):
        raise ActionRefused(joined_to(thread))
    return record(
        by=by, recorded_at=at, occurred_at=at, customer_id=thread.customer_id, conversation_id=thread.pk,
        channel=Channel.INTERNAL, direction=Direction.INTERNAL, kind=Kind.HANDOVER, subject=f"→ {to}", body=summary,
        payload=told, external_id=external_id or new_external_id(),
    )  # fmt: skip


def out_of_sight(thread: Conversation, user: User) -> str:
    """Why they could do nothing with it; empty when they may see whose it is."""
    if Customer.objects.visible_to(user).filter(pk=thread.customer_id).exists():
        return ""
    return _("%(name)s may not see this customer: choose the owner or a manager.") % {"name": user}


def nobody_may_see(thread: Conversation, department: Department) -> str:
    """Why nobody there could do anything with it; empty when somebody can."""
    if not thread.customer.restricted:
        return ""
    if not all(out_of_sight(thread, user) for user in department.staff.filter(is_active=True)):
        return ""
    return _("Nobody in %(name)s may see this customer: choose the owner or a manager.") % {"name": department}


def joined_to(thread: Conversation) -> str:
    """Why nothing can be done with it any more; empty when it stands by itself."""
    if thread.joined_into_id is None:
        return ""
    return _("This conversation was joined to “%(subject)s”.") % {"subject": thread.joined_into}
