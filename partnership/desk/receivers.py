"""What a merge does to what somebody is writing and to what they were told."""

from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from customers.merge_rows import move_rows, return_rows
from customers.models import Merge
from customers.signals import customers_merged, customers_unmerged
from partnership.desk.models import Draft
from partnership.notifications.models import Notification


@receiver(customers_merged)
def move_drafts_and_news(*, survivor_id: int, absorbed_id: int, merge: Merge, **_: Any) -> None:
    """Who writes to both on the same tab goes on with what they write to the survivor; the other waits."""
    taken = Q(pk__in=[])
    for user, tab in Draft.objects.filter(customer=survivor_id).values_list("user", "tab"):
        taken |= Q(user=user, tab=tab)
    waiting = Draft.objects.filter(taken, customer=absorbed_id)
    move_rows(merge, Draft, "customer", exclude=waiting.values_list("pk", flat=True))
    move_rows(merge, Notification, "customer")


@receiver(customers_unmerged)
def give_back_drafts_and_news(*, survivor_id: int, absorbed_id: int, merge: Merge, **_: Any) -> None:
    about = Q(interaction__customer=absorbed_id) | Q(conversation__customer=absorbed_id)
    since = Notification.objects.filter(about | Q(commitment__customer=absorbed_id), customer=survivor_id)
    return_rows(merge, Notification, "customer", include=since.values_list("pk", flat=True))
    return_rows(merge, Draft, "customer")
