"""Notify the author of a mail that was not sent."""

from datetime import datetime

from django.dispatch import receiver

from interactions.mailboxes.signals import mail_failed
from interactions.models import Interaction, Outgoing
from partnership.core.translatable_text import translate_stored
from partnership.notifications.models import Notification
from partnership.notifications.notify import notify
from partnership.staff.models import Firm


@receiver(mail_failed)
def notify_author(*, mail: Outgoing, at: datetime, **_more: object) -> None:
    """Notify the author, or the customer's owner where the author has left, once of each attempt: why, and of what."""
    related = Interaction.objects.select_related("author", "customer__owner", "conversation")
    row = related.get(pk=mail.interaction_id)
    user = row.author if row.author and row.author.is_active else row.customer.owner
    with Firm.current().localized():
        why = translate_stored(mail.error)
    notify(
        kind=Notification.Kind.NOT_SENT, users=[user] if user else [], customer=row.customer, at=at,
        key=f"not_sent/{mail.pk}/{mail.attempts}", text=f"{row.subject}: {why}" if row.subject else why,
        interaction=row, conversation=row.conversation,
    )  # fmt: skip
