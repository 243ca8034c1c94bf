"""Reminders as a conversation shows them."""

from interactions.models import Conversation
from partnership.desk.models import Reminder


def reminders_in(thread: Conversation) -> list[Reminder]:
    """List what is waited for in a conversation, the first due on top."""
    found = Reminder.objects.waiting().filter(interaction__conversation=thread)
    return list(found.select_related("interaction", "by").order_by("due_at", "pk"))
