"""Verbs on what belongs to which thread: split one, join two, move one to another customer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.signals import history_changed
from interactions.actions.conversations import AWAKE, CLOSED, OPEN, joined_to
from interactions.actions.entries import OF_GOALS, OF_PROMISES
from interactions.actions.record import refresh_conversations
from interactions.errors import ActionRefused
from interactions.models import Channel, Conversation, Interaction
from partnership.staff.models import User


@transaction.atomic
def split_thread(entry: Interaction, *, by: User, at: datetime) -> Conversation:
    """This entry and the later ones of its thread become a thread of their own, with the same assignee.

    A reply by mail to one of them joins them there, as it is answered where it now stands; also from whom the thread
    was moved before.
    """
    if entry.conversation_id is None:
        raise ActionRefused(_("This entry belongs to no conversation."))
    hold([entry.conversation_id])
    old = Conversation.objects.get(pk=entry.conversation_id)
    rows = Interaction.objects.filter(conversation=old)
    if not rows.filter(pk=entry.pk).exists():
        raise ActionRefused(_("This entry is no longer in that conversation. Look again."))
    if not rows.before(entry.occurred_at, entry.pk).exists():
        raise ActionRefused(_("The conversation begins with this entry: there is nothing to split off."))
    new = Conversation.objects.create(
        customer_id=old.customer_id,
        channel=old.channel if entry.channel == Channel.INTERNAL else entry.channel,
        subject=(entry.subject or old.subject)[:500],
        status=CLOSED if old.status == CLOSED else OPEN,
        assignee_id=old.assignee_id,
        department_id=old.department_id,
        split_from=whose_before(old),
    )
    (rows.filter(pk=entry.pk) | rows.after(entry.occurred_at, entry.pk)).update(conversation=new)
    refresh_conversations([old.pk, new.pk])
    new.refresh_from_db()
    return new


@transaction.atomic
def join_threads(thread: Conversation, *, into: Conversation, by: User, at: datetime) -> None:
    """Everything of `thread` goes into the other, what still arrives for it too; it is left empty and closed."""
    if thread.pk == into.pk:
        raise ActionRefused(_("A conversation cannot be joined to itself: choose another."))
    hold([thread.pk, into.pk])
    thread.refresh_from_db()
    into.refresh_from_db()
    if reason := joined_to(thread) or joined_to(into):
        raise ActionRefused(reason)
    if thread.customer_id != into.customer_id:
        raise ActionRefused(_("The two are different customers'. Move the conversation to that customer first."))
    Interaction.objects.filter(conversation=thread).update(conversation=into)
    take_state(thread, into)
    # What was joined to this one before now leads straight there: a way through threads is one step long.
    gone = Conversation.objects.filter(Q(pk=thread.pk) | Q(joined_into=thread))
    gone.update(joined_into=into, status=CLOSED, **AWAKE)
    refresh_conversations([into.pk, thread.pk])
    thread.refresh_from_db()
    into.refresh_from_db()


def take_state(thread: Conversation, into: Conversation) -> None:
    """What nobody had done with is not done with now; who had it keeps it where the other was nobody's."""
    more: dict[str, Any] = {} if thread.status in (CLOSED, into.status) else {"status": OPEN, **AWAKE}
    if into.assignee_id is None:
        more |= {"assignee": thread.assignee_id, "department": into.department_id or thread.department_id}
    if more:
        Conversation.objects.filter(pk=into.pk).update(**more)


@transaction.atomic
def move_thread(thread: Conversation, *, to: Customer, by: User, at: datetime) -> None:
    """It was about somebody else. What it served, a goal or a promise of this customer's, it serves no longer."""
    hold([thread.pk])
    thread.refresh_from_db()
    if reason := joined_to(thread):
        raise ActionRefused(reason)
    if thread.customer_id == to.pk:
        raise ActionRefused(_("The conversation is theirs already: choose another customer."))
    rows = Interaction.objects.filter(conversation=thread)
    if rows.filter(kind__in=OF_PROMISES | OF_GOALS).exists():
        raise ActionRefused(
            _("Lines of promises or goals stand in this conversation, and they stay with their customer.")
            + " "
            + _("Split the conversation, then move the part without them.")
        )
    before = thread.customer
    rows.update(customer=to, goal=None, commitment=None, person=person_at(to, before))
    split_from = sorted({*whose_before(thread), before.pk})
    Conversation.objects.filter(Q(pk=thread.pk) | Q(joined_into=thread)).update(customer=to, split_from=split_from)
    history_changed.send(sender=Interaction, customer_ids={before.pk, to.pk})
    thread.refresh_from_db()


def whose_before(thread: Conversation) -> list[int]:
    """Those from whom it, or what was joined to it, was moved."""
    threads = Conversation.objects.filter(Q(pk=thread.pk) | Q(joined_into=thread))
    return sorted({pk for split_from in threads.values_list("split_from", flat=True) for pk in split_from})


def person_at(to: Customer, before: Customer) -> Coalesce | Case:
    """Who of the new customer's people spoke: whoever is one of them; who it was about, when it goes to their firm."""
    if before.organisation_id == to.pk:
        return Coalesce(F("person"), Value(before.pk))
    return Case(When(person__in=to.people.values("pk"), then=F("person")), default=None)


def hold(threads: Iterable[int]) -> None:
    """Until the end of the transaction: their rows, they, and what was joined to them.

    In the order in which all do, so that two never wait for each other: rows first, then threads, each by key.
    """
    pks = list(threads)
    held = Conversation.objects.filter(Q(pk__in=pks) | Q(joined_into__in=pks))
    for rows in (Interaction.objects.filter(conversation__in=pks), held):
        list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
