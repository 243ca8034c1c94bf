"""The notification of a colleague who gets an item of Focus."""

from datetime import datetime

from django.dispatch import receiver

from partnership.focus.lanes.reasons import sentence
from partnership.focus.models import FocusItem
from partnership.focus.signals import handover_undone, item_handed_over
from partnership.notifications.models import Notification
from partnership.notifications.notify import excerpt, notify
from partnership.recoveries.models import Recovery
from partnership.staff.models import Firm, User


@receiver(item_handed_over)
def notify_recipient(*, item: FocusItem, by: User, at: datetime, **_more: object) -> None:
    """Notify with the reason why the item is due; of a recovery with the mistake, so that the link leads there."""
    recovery = Recovery.objects.filter(pk=item.facts.get("recovery"))
    firm = Firm.current()
    with firm.localized():
        text = sentence(item, as_of=firm.local_date(at))
    notify(
        kind=Notification.Kind.FOCUS, users=[item.taken_by] if item.taken_by else [], customer=item.customer, by=by,
        at=at, key=f"focus/{item.pk}/{at.timestamp()}", text=excerpt(text),
        interaction_id=recovery.values_list("mistake", flat=True).first(),
    )  # fmt: skip


@receiver(handover_undone)
def withdraw_notification(*, item: FocusItem, by: User, **_more: object) -> None:
    """Delete the unread notification of a handover that was taken back."""
    told = Notification.objects.filter(user=item.taken_by_id, by=by, kind=Notification.Kind.FOCUS, read_at=None)
    told.filter(key__startswith=f"focus/{item.pk}/").delete()
