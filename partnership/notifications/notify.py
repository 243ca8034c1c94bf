"""Telling the staff: once each, not whoever did it, and nobody who may not see the customer."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.text import Truncator

from customers.models import Customer
from interactions.models import Conversation, Interaction
from partnership.notifications.mentions import mentioned
from partnership.notifications.models import Notification
from partnership.staff.models import Preferences, User

INBOX, MAIL, NONE = "inbox", "mail", "none"
"""What becomes of a kind of news: into the inbox, there and into the digest, nowhere. MAIL unless they chose."""

EXCERPT = 200
"""Characters of a text that a notification cites."""


@dataclass(frozen=True)
class News:
    """What is told to these users; `about` is the interaction, conversation or commitment.

    Whoever was told under the same key already is not told again.
    """

    users: Collection[User]
    customer: Customer
    key: str
    text: str = ""
    by: User | None = None
    about: Mapping[str, Any] = field(default_factory=dict)

    def may_reach(self, user: User) -> bool:
        return user != self.by and user.is_active and self.customer.is_visible_to(user)


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
    """One piece of news. How many were told."""
    return notify_all(kind, [News(list(users), customer, key, text, by, about)], at=at)


def notify_all(kind: str, news: Collection[News], *, at: datetime) -> int:
    """Any number of news in as many queries as one. How many were told."""
    asked = {(user.pk, each.key): (user, each) for each in news for user in each.users if each.may_reach(user)}
    users, keys = {pk for pk, _ in asked}, {key for _, key in asked}
    for told in Notification.objects.filter(user__in=users, key__in=keys).values_list("user", "key"):
        asked.pop(told, None)
    wishes = wishes_of(users)
    rows = [
        Notification(
            user=user, kind=kind, key=each.key, customer=each.customer, by=each.by, text=in_one_line(each.text),
            made_at=at, **each.about,
        )
        for user, each in asked.values()
        if wishes[user.pk].get(kind, MAIL) != NONE
    ]  # fmt: skip
    Notification.objects.bulk_create(rows, ignore_conflicts=True)  # told by another at the same moment
    return len(rows)


def in_one_line(text: str) -> str:
    return " ".join(text.split())[:500]


def excerpt(text: str) -> str:
    return Truncator(text).chars(EXCERPT)


def wishes_of(users: Collection[int]) -> dict[int, dict[str, str]]:
    """Kind of notification → what becomes of it, for each user."""
    chosen = dict(Preferences.objects.filter(user__in=users).values_list("user", "notify"))
    return {pk: chosen.get(pk, {}) for pk in users}


def notify_mentions(interaction: Interaction, *, by: User, at: datetime) -> int:
    """Tell whom its text calls by name."""
    users = mentioned(interaction.body)
    if not users:
        return 0
    return notify(
        kind=Notification.Kind.MENTION,
        users=users,
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
