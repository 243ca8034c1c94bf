"""Promises of ours that are due: told to whoever keeps them, in the morning."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import Commitment
from partnership.notifications.models import Notification
from partnership.notifications.notify import News, notify_all
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
    morning = firm.start_of_day(today) + MORNING
    if at < morning:
        return 0
    due = Commitment.objects.outstanding().filter(
        party=Commitment.Party.US,
        due_on__range=(today - LOOK_BACK, today + timedelta(days=1)),
        made_at__lt=morning,
        customer__merged_into=None,
    )
    promises = due.select_related("customer__owner__cover__cover", "owner__cover__cover")
    with translation.override(firm.language):
        return notify_all(Notification.Kind.PROMISE_DUE, list(reminders(promises, today)), at=at)


def reminders(promises: Iterable[Commitment], today: date) -> Iterator[News]:
    """Each to whoever keeps it, else to the managers."""
    managers = list(User.objects.filter(managing(), is_active=True).distinct())
    managing_pks = {manager.pk for manager in managers}
    for user in managers:
        with_rank(user, managing_pks)
    for promise in promises:
        keeper = who_keeps(promise, today)
        may_know = keeper is not None and promise.customer.is_visible_to(with_rank(keeper, managing_pks))
        yield news_of(promise, today, [keeper] if keeper and may_know else managers)


def with_rank(user: User, managers: set[int]) -> User:
    """One of whom it is known whether they are a manager: that is not asked for each promise."""
    user.roles = frozenset({MANAGER} if user.pk in managers else ())
    return user


def managing() -> Q:
    return Q(is_superuser=True) | Q(groups__name__in=[MANAGER, ADMIN])


def news_of(promise: Commitment, today: date, users: list[User]) -> News:
    assert promise.due_on is not None
    stage, words = stage_of(promise.due_on, today)
    key = f"promise_due/{promise.pk}/{promise.due_on}/{stage}"
    return News(users, promise.customer, key, f"{words}: {promise.what}", about={"commitment": promise})


def stage_of(due_on: date, today: date) -> tuple[str, str]:
    if due_on > today:
        return "tomorrow", _("Due tomorrow")
    if due_on == today:
        return "today", _("Due today")
    return "overdue", _("Overdue since %(day)s") % {"day": f"{due_on:%Y-%m-%d}"}


def who_keeps(promise: Commitment, today: date) -> User | None:
    """Its owner, else the customer's, or who covers for them; None when nobody is there."""
    owner = promise.owner or promise.customer.owner
    return owner.stand_in(today) if owner else None
