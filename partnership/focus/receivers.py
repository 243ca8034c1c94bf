"""What a changed history, other scores and a merge do to the items of the Partnerships lane."""

from collections.abc import Collection

from django.dispatch import receiver

from customers.merging.rows import move_rows, return_rows
from customers.models import Merge
from customers.signals import customers_erased, customers_merged, customers_unmerged, history_changed
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import mark_stale
from partnership.scoring.signals import scores_changed


@receiver([history_changed, scores_changed])
def follow(*, customer_ids: Collection[int], **_: object) -> None:
    mark_stale(customer_ids)


@receiver(customers_merged)
def move_items(*, survivor_id: int, absorbed_id: int, merge: Merge, **_: object) -> None:
    """Move items to the survivor, who keeps their own where both have one of the same reason."""
    current = FocusItem.objects.exclude(state=FocusItem.State.DONE)
    doubled = current.filter(customer=absorbed_id, reason__in=current.filter(customer=survivor_id).values("reason"))
    move_rows(merge, FocusItem, "customer", exclude=doubled.values_list("pk", flat=True))


@receiver(customers_unmerged)
def give_back_items(*, merge: Merge, **_: object) -> None:
    return_rows(merge, FocusItem, "customer")


@receiver(customers_erased)
def delete_items(*, customer_ids: Collection[int], **_: object) -> None:
    FocusItem.objects.filter(customer__in=list(customer_ids)).delete()
