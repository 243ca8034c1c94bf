"""Notify staff members: each once, but not the actor, nor anyone who may not see the customer."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.text import Truncator

from customers.models import Customer
from interactions.models import Conversation, Interaction
from partnership.notifications.mentions import mentioned_users
from partnership.notifications.models import Notification
from partnership.staff.audit import current_change
from partnership.staff.models import User

# Where a kind of notification goes: into the inbox, into the inbox and the digest (the default), or nowhere.
INBOX, MAIL, NONE = "inbox", "mail", "none"

_EXCERPT_LENGTH = 200


@dataclass(frozen=True)
class News:
    """One event and the users to notify of it; `about` holds the interaction, conversation or commitment; `customer` is
    None where it is about no single one.

    A user who was already notified under the same key is left out.
    """

    users: Collection[User]
    customer: Customer | None
    key: str
    text: str = ""
    by: User | None = None
    about: Mapping[str, object] = field(default_factory=dict)

    def may_reach(self, user: User) -> bool:
        is_visible = self.customer is None or self.customer.is_visible_to(user)
        return user != self.by and user.is_active and is_visible


def notify(
    *,
    kind: str,
    users: Iterable[User],
    customer: Customer,
    at: datetime,
    key: str,
    by: User | None = None,
    text: str = "",
    **about: object,
) -> int:
    """Notify of one event; return how many users were notified."""
    return notify_all(kind, [News(list(users), customer, key, text, by, about)], at=at)


def notify_all(kind: str, news: Collection[News], *, at: datetime) -> int:
    """Notify of many events in as many queries as of one; return how many notifications were made."""
    asked = {(user.pk, each.key): (user, each) for each in news for user in each.users if each.may_reach(user)}
    users, keys = {pk for pk, _ in asked}, {key for _, key in asked}
    for told in Notification.objects.filter(user__in=users, key__in=keys).values_list("user", "key"):
        asked.pop(told, None)
    preferences = _preferences_of(users)
    rows = [
        Notification(
            user=user, kind=kind, key=each.key, customer=each.customer, by=each.by, text=_as_one_line(each.text),
            made_at=at, **each.about,
        )
        for user, each in asked.values()
        if user.pk in preferences and preferences[user.pk].get(kind, MAIL) != NONE
    ]  # fmt: skip
    Notification.objects.bulk_create(rows, ignore_conflicts=True)  # another process may have made them just now
    return len(rows)


def _as_one_line(text: str) -> str:
    return " ".join(text.split())[:500]


def excerpt(text: str) -> str:
    return Truncator(text).chars(_EXCERPT_LENGTH)


def _preferences_of(users: Collection[int]) -> dict[int, dict[str, str]]:
    """Map each user at work to where they want which kind of notification."""
    at_work = User.objects.at_work().order_by().filter(pk__in=users)
    return {pk: chosen or {} for pk, chosen in at_work.values_list("pk", "preferences__notify")}


def notify_mentions(interaction: Interaction, *, by: User, at: datetime, before: str = "") -> int:
    """Notify those whom the text mentions, and did not `before`."""
    known = {user.pk for user in mentioned_users(before)}
    users = [user for user in mentioned_users(interaction.body) if user.pk not in known]
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
        key=_key_of(thread, current_change()),
        text=thread.subject,
        conversation=thread,
    )


def notify_takeover(thread: Conversation, *, former: User, by: User, at: datetime) -> int:
    """Notify the former assignee that a colleague took the conversation over."""
    return notify(
        kind=Notification.Kind.TAKEOVER, users=[former], customer=thread.customer, by=by, at=at,
        key=_key_of(thread, current_change()), text=thread.subject, conversation=thread,
    )  # fmt: skip


def withdraw_notifications(thread: Conversation, *, change: UUID, handover: Interaction | None = None) -> None:
    """Delete the unread notifications of an act on the conversation that is taken back."""
    keys = [_key_of(thread, change), *([f"handover/{handover.pk}"] if handover else [])]
    Notification.objects.filter(conversation=thread, key__in=keys, read_at=None).delete()


def _key_of(thread: Conversation, change: UUID) -> str:
    return f"assignment/{thread.pk}/{change}"


def notify_handover(row: Interaction, *, by: User, at: datetime) -> int:
    """Notify the new assignee, or everyone in the department."""
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
