"""Notify the new owner of a recovery that was handed over, and find the page to show them."""

from datetime import datetime

from django.dispatch import receiver
from django.urls import reverse

from partnership.notifications.models import Notification
from partnership.notifications.notify import excerpt, notify
from partnership.recoveries.models import Recovery
from partnership.recoveries.signals import recovery_handed_over
from partnership.staff.models import User


@receiver(recovery_handed_over)
def notify_recovery_handover(*, recovery: Recovery, by: User, at: datetime, **_more: object) -> None:
    notify(
        kind=Notification.Kind.FOCUS, users=[recovery.owner] if recovery.owner else [], customer=recovery.customer,
        by=by, at=at, key=f"recovery/{recovery.pk}/{at.timestamp()}", text=excerpt(recovery.what_happened),
        interaction_id=recovery.mistake_id,
    )  # fmt: skip


def url_of(notification: Notification) -> str:
    """Return the recovery's page; else the customer's, which shows the reason and what to do about it."""
    recovery = (
        Recovery.objects.filter(mistake=notification.interaction_id).first() if notification.interaction_id else None
    )
    return reverse("recovery", args=[recovery.pk]) if recovery else reverse("customer", args=[notification.customer_id])
