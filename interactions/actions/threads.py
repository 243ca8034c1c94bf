"""Split, join and move threads."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.signals import history_changed
from interactions.actions.conversations import AWAKE, CLOSED, OPEN, joined_obstacle
from interactions.actions.entries import GOAL_KINDS, PROMISE_KINDS
from interactions.actions.record import refresh_conversations
from interactions.errors import ActionRefused
from interactions.models import Channel, Conversation, Interaction, Settlement
from interactions.querysets import ANSWERS_THEM, ASKS
from partnership.staff.models import User


@transaction.atomic
def split_thread(entry: Interaction, *, by: User, at: datetime) -> Conversation:
    """Move an entry and all later ones of its thread to a new thread with the same assignee.

    Replies to a moved entry follow it, even if the thread was moved from another customer before.
    """
    if entry.conversation_id is None:
        raise ActionRefused(_("This entry belongs to no conversation."))
    lock_threads([entry.conversation_id])
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
        split_from=_earlier_customers(old),
    )
    (rows.filter(pk=entry.pk) | rows.after(entry.occurred_at, entry.pk)).update(conversation=new)
    divide_settlements(old, new)
    refresh_conversations([old.pk, new.pk])
    history_changed.send(sender=Conversation, customer_ids=[old.customer_id])
    new.refresh_from_db()
    return new


def divide_settlements(old: Conversation, new: Conversation) -> None:
    """Give each settlement of `old` to the part that it settled, and to both if it settled messages of both.

    One that settled none goes with the part that spoke last before it.
    """
    said = Interaction.objects.filter(conversation__in=[old.pk, new.pk]).annotate(asks=ASKS, answers=ANSWERS_THEM)
    words = list(said.order_by("occurred_at", "pk").values_list("occurred_at", "conversation", "asks", "answers"))
    since = None
    for settlement in old.settlements.order_by("at", "pk"):
        parts: set[int] = set()  # whose messages it settled
        last = old.pk
        for at, part, asks, answers in words:
            if at > settlement.at:
                break
            last = part
            if answers:
                parts = set()
            elif asks and (since is None or at > since):
                parts.add(part)
        _settle_parts(settlement, parts or {last}, old, new)
        if settlement.answered != Settlement.Answered.YES:
            since = settlement.at


def _settle_parts(settlement: Settlement, parts: set[int], old: Conversation, new: Conversation) -> None:
    if new.pk not in parts:
        return
    if old.pk in parts:
        settlement = Settlement(
            at=settlement.at, by_id=settlement.by_id, answered=settlement.answered, reason=settlement.reason
        )
    settlement.conversation = new
    settlement.save()


@transaction.atomic
def join_threads(thread: Conversation, *, into: Conversation, by: User, at: datetime) -> None:
    """Move all entries and settlements of `thread`, and later replies, to the other thread, and close it."""
    if thread.pk == into.pk:
        raise ActionRefused(_("A conversation cannot be joined to itself: choose another."))
    lock_threads([thread.pk, into.pk])
    thread.refresh_from_db()
    into.refresh_from_db()
    if reason := joined_obstacle(thread) or joined_obstacle(into):
        raise ActionRefused(reason)
    if thread.customer_id != into.customer_id:
        raise ActionRefused(_("The conversations belong to different customers: move one to the other customer first."))
    Interaction.objects.filter(conversation=thread).update(conversation=into)
    _join_state(thread, into)
    # What was joined to this one before now leads straight there: a way through threads is one step long.
    gone = Conversation.objects.filter(Q(pk=thread.pk) | Q(joined_into=thread))
    gone.update(joined_into=into, status=CLOSED, **AWAKE)
    refresh_conversations([into.pk, thread.pk])
    thread.refresh_from_db()
    into.refresh_from_db()


def _join_state(thread: Conversation, into: Conversation) -> None:
    """Open the joined thread if either was open; take over the assignee if it has none."""
    more: dict[str, object] = {} if thread.status in (CLOSED, into.status) else {"status": OPEN, **AWAKE}
    if into.assignee_id is None:
        more |= {"assignee": thread.assignee_id, "department": into.department_id or thread.department_id}
    if more:
        Conversation.objects.filter(pk=into.pk).update(**more)


@transaction.atomic
def move_thread(thread: Conversation, *, to: Customer, by: User, at: datetime) -> None:
    """Move a thread to another customer. Its links to the old customer's goals and promises are removed."""
    lock_threads([thread.pk])
    thread.refresh_from_db()
    if reason := joined_obstacle(thread):
        raise ActionRefused(reason)
    if thread.customer_id == to.pk:
        raise ActionRefused(_("The conversation belongs to this customer already: choose another one."))
    rows = Interaction.objects.filter(conversation=thread)
    if rows.filter(kind__in=PROMISE_KINDS | GOAL_KINDS).exists():
        raise ActionRefused(
            _("This conversation has entries of promises or goals, which stay with their customer.")
            + " "
            + _("Split the conversation, then move the part without them.")
        )
    before = thread.customer
    rows.update(customer=to, goal=None, commitment=None, person=_person_after_move(to, before))
    split_from = sorted({*_earlier_customers(thread), before.pk})
    Conversation.objects.filter(Q(pk=thread.pk) | Q(joined_into=thread)).update(customer=to, split_from=split_from)
    history_changed.send(sender=Interaction, customer_ids={before.pk, to.pk})
    thread.refresh_from_db()


def _earlier_customers(thread: Conversation) -> list[int]:
    """Return the customers who had the thread, or a thread joined to it, before it was moved."""
    threads = Conversation.objects.filter(Q(pk=thread.pk) | Q(joined_into=thread))
    return sorted({pk for split_from in threads.values_list("split_from", flat=True) for pk in split_from})


def _person_after_move(to: Customer, before: Customer) -> Coalesce | Case:
    """Keep the person if they belong to the new customer; name the old customer if their firm is the new one."""
    if before.organisation_id == to.pk:
        return Coalesce(F("person"), Value(before.pk))
    return Case(When(person__in=to.people.values("pk"), then=F("person")), default=None)


def lock_threads(threads: Iterable[int]) -> None:
    """Lock the threads, those joined to them, and their entries until the transaction ends.

    Always entries before threads, each by key, so that two transactions cannot deadlock.
    """
    pks = list(threads)
    held = Conversation.objects.filter(Q(pk__in=pks) | Q(joined_into__in=pks))
    for rows in (Interaction.objects.filter(conversation__in=pks), held):
        list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
