"""Reminders of mails that are not answered: set, removed, and rung once they are due."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from interactions.actions.conversations import AWAKE
from interactions.errors import ActionRefused
from interactions.models import Conversation, Direction, Interaction, Kind
from interactions.models.kinds import ANSWERS
from partnership.desk.models import Reminder
from partnership.notifications.models import Notification
from partnership.notifications.notify import excerpt, notify
from partnership.staff.models import User

_WAITED_FOR = ANSWERS | {Kind.NUDGE}


def reminder_obstacle(entry: Interaction) -> str:
    """Explain why nobody can be reminded of an entry; empty for a message of ours in a conversation."""
    is_ours = entry.direction == Direction.OUTBOUND and entry.kind in _WAITED_FOR
    if entry.conversation_id is None or not is_ours or entry.payload.get("auto_reply") or entry.payload.get("bulk"):
        return _("Only a message of ours in a conversation can be waited for.")
    return ""


@transaction.atomic
def set_reminder(entry: Interaction, *, due_at: datetime, by: User, at: datetime) -> Reminder:
    """Remind the user of a message of ours unless it is answered by then; a second reminder of it replaces the first.

    Raise ActionRefused where they or we have written since, and where a colleague is reminded of it.
    """
    if obstacle := reminder_obstacle(entry):
        raise ActionRefused(obstacle)
    if due_at <= at:
        raise ActionRefused(_("That moment has passed: choose a later one."))
    others = Reminder.objects.filter(interaction=entry, rung_at=None, by__is_active=True).exclude(by=by)
    if other := others.select_related("by").first():
        raise ActionRefused(_("%s is reminded of this message already.") % other.by.name)
    reminder, _is_new = Reminder.objects.update_or_create(
        interaction=entry, defaults={"by": by, "due_at": due_at, "rung_at": None}
    )
    if Reminder.objects.over().filter(pk=reminder.pk).exists():
        raise ActionRefused(_("They have answered, or we have written again since then."))
    return reminder


def ring_reminders(*, at: datetime) -> int:
    """Ring the reminders that are due, each once, and drop those that rang and are over; return how many rang.

    Those to come are not read: served by reminders_to_ring.
    """
    Reminder.objects.filter(rung_at__isnull=False).over().delete()
    due = Reminder.objects.filter(rung_at=None, due_at__lte=at).order_by("due_at", "pk")
    return sum(_ring(pk, at=at) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _ring(pk: int, *, at: datetime) -> bool:
    """Bring the conversation back to who waits: open, theirs if it was nobody's, with a notification.

    The conversation is locked first, so that an answer that is just being recorded is seen.
    """
    thread_pk = Reminder.objects.filter(pk=pk).values_list("interaction__conversation", flat=True).first()
    thread = Conversation.objects.select_for_update(no_key=True).filter(pk=thread_pk or 0).first()
    unrung = Reminder.objects.filter(pk=pk, rung_at=None).select_related("interaction__customer", "by")
    reminder = unrung.select_for_update(of=("self",)).first()
    if reminder is None:
        return False
    if thread is None or Reminder.objects.over().filter(pk=pk).exists():
        reminder.delete()
        return False
    Reminder.objects.filter(pk=pk).update(rung_at=at)
    by, customer = reminder.by, reminder.interaction.customer
    may_have_it = by.is_active and customer.is_visible_to(by)
    assignment = {"assignee": by} if thread.assignee_id is None and may_have_it else {}
    Conversation.objects.filter(pk=thread.pk).update(status=Conversation.Status.OPEN, **AWAKE, **assignment)
    notify(
        kind=Notification.Kind.NO_ANSWER, users=[by], customer=customer, at=at,
        key=f"no_answer/{pk}", text=excerpt(reminder.interaction.subject or reminder.interaction.body),
        interaction=reminder.interaction, conversation=thread,
    )  # fmt: skip
    return True
