"""Take back what was done to a thread, as long as nothing else was done to it since.

Each takes the thread and the key of the change, and raises ActionRefused with the reason.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from customers.merging.resolution import lock_survivors
from customers.signals import history_changed
from interactions.actions.record import refresh_conversations
from interactions.actions.threads import lock_threads
from interactions.errors import ActionRefused
from interactions.models import Conversation, Interaction, Kind
from partnership.staff.audit import changed_rows, is_untouched, restore_columns
from partnership.staff.models import User

_STATE = ("status", "snoozed_until", "snooze_reason", "assignee_id", "department_id")
_WHOSE = ("customer_id", "person_id", "goal_id", "commitment_id")


@transaction.atomic
def undo_thread_state(
    thread: Conversation, *, change: UUID, by: User, at: datetime, handover: Interaction | None = None
) -> None:
    """Give the thread back its earlier status and assignee; with `handover` delete that entry too."""
    lock_threads([thread.pk])
    was_changed = thread.pk in changed_rows(Conversation, change=change, by=by)
    if was_changed or handover is None:  # a handover to the assignee changes nothing but the timeline
        _restore_threads([thread.pk], _STATE, change=change, by=by)
    if handover is not None:
        _delete_handover(thread, handover, by=by)
    thread.refresh_from_db()


def _delete_handover(thread: Conversation, handover: Interaction, *, by: User) -> None:
    if thread.interactions.filter(pk__gt=handover.pk).exists():
        raise ActionRefused(_("The conversation has new entries. Hand it over again instead."))
    thread.interactions.filter(pk=handover.pk, kind=Kind.HANDOVER, author=by).delete()
    refresh_conversations([thread.pk])
    history_changed.send(sender=Interaction, customer_ids={thread.customer_id})


@transaction.atomic
def undo_split(thread: Conversation, *, change: UUID, by: User, at: datetime) -> Conversation:
    """Put the entries of a thread that was split off back, and delete it. Return the thread they came from."""
    lock_threads([thread.pk])
    rows = list(thread.interactions.values_list("pk", flat=True))
    if not rows or not is_untouched(thread):
        raise _refusal()
    if not set(changed_rows(Interaction, change=change, by=by)).issuperset(rows):
        raise ActionRefused(_("The conversation has new entries. Join the two conversations instead."))
    _restore_entries(rows, ("conversation_id",), change=change)
    old = Conversation.objects.get(interactions=rows[0])
    thread.delete()
    refresh_conversations([old.pk])
    old.refresh_from_db()
    return old


@transaction.atomic
def undo_join(thread: Conversation, *, change: UUID, by: User, at: datetime) -> None:
    """Make a joined thread one of its own again, with the entries that it brought."""
    threads = changed_rows(Conversation, change=change, by=by)
    into = thread.joined_into_id
    if thread.pk not in threads or into is None:
        raise _refusal()
    lock_threads([*threads, into])
    _restore_entries(changed_rows(Interaction, change=change, by=by), ("conversation_id",), change=change)
    _restore_threads(threads, (*_STATE, "joined_into_id"), change=change, by=by)
    refresh_conversations([thread.pk, into])
    thread.refresh_from_db()


@transaction.atomic
def undo_move(thread: Conversation, *, change: UUID, by: User, at: datetime) -> None:
    """Give a moved thread back to its earlier customer, with its links to their goals and promises."""
    threads = changed_rows(Conversation, change=change, by=by)
    lock_threads(threads)
    customers = {thread.customer_id}
    rows = changed_rows(Interaction, change=change, by=by)
    if thread.interactions.exclude(pk__in=rows).exists():
        raise ActionRefused(_("The conversation has new entries. Move it to the other customer instead."))
    _restore_entries(rows, _WHOSE, change=change)
    _restore_threads(threads, ("customer_id",), change=change, by=by)
    thread.refresh_from_db()
    people = thread.interactions.exclude(person=None).values_list("person", flat=True)
    if lock_survivors({thread.customer_id, *people}):
        raise ActionRefused(
            _("The customer has been merged since then. Move the conversation to the merged customer instead.")
        )
    earlier = [pk for pk in thread.split_from if pk != thread.customer_id]
    Conversation.objects.filter(Q(pk=thread.pk) | Q(joined_into=thread)).update(split_from=earlier)
    history_changed.send(sender=Interaction, customer_ids=customers | {thread.customer_id})
    thread.refresh_from_db()


def _restore_threads(threads: Collection[int], columns: Collection[str], *, change: UUID, by: User) -> None:
    mine = set(changed_rows(Conversation, change=change, by=by))
    if not mine.issuperset(threads) or set(restore_columns(Conversation, columns, change=change, rows=threads)) != set(
        threads
    ):
        raise _refusal()


def _restore_entries(rows: Collection[int], columns: Collection[str], *, change: UUID) -> None:
    standing = set(Interaction.objects.filter(pk__in=rows).values_list("pk", flat=True))
    if set(restore_columns(Interaction, columns, change=change, rows=standing)) != standing:
        raise _refusal()


def _refusal() -> ActionRefused:
    return ActionRefused(_("This conversation has changed since then. The earlier change can no longer be undone."))
