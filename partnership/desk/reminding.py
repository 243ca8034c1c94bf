"""Promises of ours that are due: told to whoever keeps them, in the morning."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import Commitment
from partnership.desk.models import Notification
from partnership.desk.notifying import may_know, notify
from partnership.staff.models import ADMIN, MANAGER, Firm, User

MORNING = timedelta(hours=7)
"""After the firm's midnight: from then on it is told what the day brings."""

LOOK_BACK = timedelta(days=7)
"""What was due longer ago is no news."""


def remind_of_promises(*, at: datetime) -> int:
    """Ours that are due tomorrow, today, or were due and are still to do; each told once at each. How many were told.

    What was promised after this morning is not told before the next.
    """
    firm = Firm.current()
    today = firm.local_date(at)
    morning = firm.start_of(today) + MORNING
    if at < morning:
        return 0
    due = Commitment.objects.to_do().filter(
        party=Commitment.Party.US,
        due_on__range=(today - LOOK_BACK, today + timedelta(days=1)),
        made_at__lt=morning,
        customer__merged_into=None,
    )
    managers = list(User.objects.filter(managing(), is_active=True).distinct())
    promises = due.select_related("customer__owner__cover__cover", "owner__cover__cover")
    with translation.override(firm.language):
        return sum(remind(promise, today=today, at=at, managers=managers) for promise in promises)


def managing() -> Q:
    return Q(is_superuser=True) | Q(groups__name__in=[MANAGER, ADMIN])


def remind(promise: Commitment, *, today: date, at: datetime, managers: Iterable[User]) -> int:
    assert promise.due_on is not None
    stage, words = stage_of(promise.due_on, today)
    keeper = who_keeps(promise, today)
    return notify(
        kind=Notification.Kind.PROMISE_DUE,
        users=[keeper] if keeper and may_know(keeper, promise.customer) else managers,
        customer=promise.customer,
        at=at,
        key=f"promise_due/{promise.pk}/{promise.due_on}/{stage}",
        text=f"{words}: {promise.what}",
        commitment=promise,
    )


def stage_of(due_on: date, today: date) -> tuple[str, str]:
    if due_on > today:
        return "tomorrow", _("Due tomorrow")
    if due_on == today:
        return "today", _("Due today")
    return "overdue", _("Overdue since %(day)s") % {"day": f"{due_on:%Y-%m-%d}"}


def who_keeps(promise: Commitment, today: date) -> User | None:
    """Its owner, else the customer's, or who covers for them; None when nobody is there."""
    owner = promise.owner or promise.customer.owner
    return owner.covered_by(today) if owner else None
