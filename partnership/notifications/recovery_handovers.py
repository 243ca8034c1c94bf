"""Tell a colleague that a recovery was handed over to them, and lead there."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from partnership.notifications.models import Notification
from partnership.notifications.notify import excerpt, notify
from partnership.recoveries.models import Recovery
from partnership.recoveries.signals import recovery_handed_over
from partnership.staff.models import User


@receiver(recovery_handed_over)
def tell_of_recovery(*, recovery: Recovery, by: User, at: datetime, **_more: Any) -> None:
    notify(
        kind=Notification.Kind.FOCUS, users=[recovery.owner] if recovery.owner else [], customer=recovery.customer,
        by=by, at=at, key=f"recovery/{recovery.pk}/{at.timestamp()}", text=excerpt(recovery.what_happened),
        interaction_id=recovery.mistake_id,
    )  # fmt: skip


def place_of(news: Notification) -> str:
    """The recovery; else the customer, on whose page the reason and what to do about it stand."""
    recovery = Recovery.objects.filter(mistake=news.interaction_id).first() if news.interaction_id else None
    return reverse("recovery", args=[recovery.pk]) if recovery else reverse("customer", args=[news.customer_id])
