"""Drafts, scheduled mail and notifications follow a merge of customers, and go with an erased one."""

from collections.abc import Collection, Iterator

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Model, OuterRef, Q
from django.dispatch import receiver

from customers.merging.rows import move_rows, moved_rows, return_rows
from customers.models import Commitment, ContactPoint, Customer, Goal, Merge
from customers.signals import customers_erased, customers_merged, customers_unmerged
from interactions.models import Conversation, Erasure, Interaction
from interactions.personal_data.rows import own_entries
from partnership.desk.files.stored_files import unpack_file
from partnership.desk.models import Draft, Reminder, ScheduledMail, WallPost
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


@receiver(customers_erased)
def erase_writing(*, customer_ids: Collection[int], erasure: Erasure, **_more: object) -> None:
    """Delete what colleagues were writing to the customer, were reminded and told of, and shared; and its files."""
    keys = list(customer_ids)
    entries = Interaction.objects.filter(own_entries(keys)).order_by().values("pk")
    drafts, mails = Draft.objects.filter(customer__in=keys), ScheduledMail.objects.filter(customer__in=keys)
    news = Notification.objects.filter(
        Q(customer__in=keys) | Q(interaction__in=entries) | Q(conversation__customer__in=keys)
        | Q(commitment__customer__in=keys)
    )  # fmt: skip
    assert erasure.pending is not None
    erasure.pending["files"] += [name for draft in drafts for name in _draft_files(draft)]
    erasure.pending["files"] += [file["file"] for mail in mails for file in mail.files]
    for name, rows in (("drafts", drafts), ("scheduled_mails", mails), ("notifications", news)):
        erasure.counts[name] = rows.count()
        rows.delete()
    Reminder.objects.filter(interaction__in=entries).delete()
    WallPost.objects.filter(interaction__in=entries).delete()
    for model in (Customer, Conversation, Interaction, Goal, Commitment, ContactPoint):
        found = model._default_manager.filter(own_entries(keys) if model is Interaction else _of(model, keys))
        of_admin = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
        of_admin.filter(object_id__in=[str(pk) for pk in found.values_list("pk", flat=True)]).delete()


def _of(model: type[Model], keys: list[int]) -> Q:
    return Q(pk__in=keys) if model is Customer else Q(customer__in=keys)


def _draft_files(draft: Draft) -> Iterator[str]:
    """Yield the stored files that a draft attaches."""
    for line in str(draft.fields.get("carried", "")).splitlines():
        if file := unpack_file(line):
            yield file.file
