"""Drafts, scheduled mail and notifications follow a merge of customers."""

from django.db.models import Exists, OuterRef, Q
from django.dispatch import receiver

from customers.merge_rows import move_rows, moved_rows, return_rows
from customers.models import Merge
from customers.signals import customers_merged, customers_unmerged
from partnership.desk.models import Draft, ScheduledMail
from partnership.desk.scheduling.delivery import SCHEDULED, hold_mail, release_mails
from partnership.notifications.models import Notification


@receiver(customers_merged)
def move_writing_and_notifications(*, survivor_id: int, absorbed_id: int, merge: Merge, **_more: object) -> None:
    """Move drafts except where the user has one to the survivor on the same tab: that one goes on.

    What is scheduled to the absorbed one is held.
    """
    same_tab = Draft.objects.filter(customer=survivor_id, user=OuterRef("user"), tab=OuterRef("tab"))
    staying = Draft.objects.filter(Exists(same_tab), customer=absorbed_id)
    move_rows(merge, Draft, "customer", exclude=staying.values_list("pk", flat=True))
    move_rows(merge, Notification, "customer")
    move_rows(merge, ScheduledMail, "customer")
    moved = moved_rows(merge, ScheduledMail, "customer")
    mails = ScheduledMail.objects.filter(pk__in=moved, status=SCHEDULED).select_related("customer", "by")
    for mail in mails.select_for_update(of=("self",)).order_by("pk"):
        hold_mail(mail, cause=ScheduledMail.Cause.MERGED, at=merge.merged_at)


@receiver(customers_unmerged)
def return_writing_and_notifications(*, survivor_id: int, absorbed_id: int, merge: Merge, **_more: object) -> None:
    theirs = Q(interaction__customer=absorbed_id) | Q(conversation__customer=absorbed_id)
    theirs |= Q(commitment__customer=absorbed_id)
    since_merge = Notification.objects.filter(theirs, customer=survivor_id)
    return_rows(merge, Notification, "customer", include=since_merge.values_list("pk", flat=True))
    return_rows(merge, Draft, "customer")
    return_rows(merge, ScheduledMail, "customer")
    release_mails(moved_rows(merge, ScheduledMail, "customer"), at=merge.undone_at or merge.merged_at)
