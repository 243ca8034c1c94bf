"""Telling the staff: once each, not whoever did it, and nobody who may not see the customer."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.utils.text import Truncator

from customers.models import Customer
from interactions.models import Conversation, Interaction
from partnership.desk.mentions import mentioned
from partnership.desk.models import Notification, Preferences
from partnership.staff.models import User

INBOX, MAIL, NONE = "inbox", "mail", "none"
"""What becomes of a kind of news: into the inbox, there and into the digest, nowhere. MAIL unless they chose."""

EXCERPT = 200
"""Characters of a text that a notification cites."""


def notify(
    *,
    kind: str,
    users: Iterable[User],
    customer: Customer,
    at: datetime,
    key: str,
    by: User | None = None,
    text: str = "",
    **about: Any,
) -> int:
    """Tell each of these users; `about` is the interaction, conversation or commitment. How many were told.

    Whoever was told under the same key already is not told again.
    """
    asked = {user.pk: user for user in users if user != by and user.is_active}
    for pk in Notification.objects.filter(key=key, user__in=asked).values_list("user", flat=True):
        del asked[pk]
    wishes, words = wishes_of(asked), " ".join(text.split())[:500]
    news = [
        Notification(user=user, kind=kind, key=key, customer=customer, by=by, text=words, made_at=at, **about)
        for pk, user in asked.items()
        if wishes[pk].get(kind, MAIL) != NONE and may_know(user, customer)
    ]
    Notification.objects.bulk_create(news, ignore_conflicts=True)  # told by another at the same moment
    return len(news)


def excerpt(text: str) -> str:
    return Truncator(text).chars(EXCERPT)


def may_know(user: User, customer: Customer) -> bool:
    return not customer.restricted or Customer.objects.visible_to(user).filter(pk=customer.pk).exists()


def wishes_of(users: Collection[int]) -> dict[int, dict[str, str]]:
    """Kind of notification → what becomes of it, for each user."""
    chosen = dict(Preferences.objects.filter(user__in=users).values_list("user", "notify"))
    return {pk: chosen.get(pk, {}) for pk in users}


def notify_mentions(interaction: Interaction, *, by: User, at: datetime) -> int:
    """Tell whom its text calls by name."""
    return notify(
        kind=Notification.Kind.MENTION,
        users=mentioned(interaction.body),
        customer=interaction.customer,
        by=by,
        at=at,
        key=f"mention/{interaction.pk}",
        text=excerpt(interaction.body),
        interaction=interaction,
    )


def notify_assignment(thread: Conversation, *, by: User, at: datetime) -> int:
    return notify(
        kind=Notification.Kind.ASSIGNMENT,
        users=[thread.assignee] if thread.assignee else [],
        customer=thread.customer,
        by=by,
        at=at,
        key=f"assignment/{thread.pk}/{at.timestamp()}",
        text=thread.subject,
        conversation=thread,
    )


def notify_handover(row: Interaction, *, by: User, at: datetime) -> int:
    """Tell who has it now: the assignee, or everybody of the department."""
    thread = row.conversation
    assert thread is not None
    users = [thread.assignee] if thread.assignee else User.objects.filter(department=thread.department)
    return notify(
        kind=Notification.Kind.HANDOVER,
        users=users,
        customer=thread.customer,
        by=by,
        at=at,
        key=f"handover/{row.pk}",
        text=excerpt(row.body),
        interaction=row,
        conversation=thread,
    )
