"""Remind the staff in the morning of our promises that are due."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.models import Commitment
from partnership.notifications.models import Notification
from partnership.notifications.notify import News, notify_all
from partnership.staff.models import ADMIN, MANAGER, Firm, User

MORNING = timedelta(hours=7)  # after the firm's midnight

_LONGEST_OVERDUE = timedelta(days=7)


def remind_of_promises(*, at: datetime) -> int:
    """Remind of promises due tomorrow, due today and overdue, once of each stage; return how many users were notified.

    A promise made after this morning waits for the next.
    """
    firm = Firm.current()
    today = firm.local_date(at)
    morning = firm.start_of_day(today) + MORNING
    if at < morning:
        return 0
    due = Commitment.objects.outstanding().filter(
        party=Commitment.Party.US,
        due_on__range=(today - _LONGEST_OVERDUE, today + timedelta(days=1)),
        made_at__lt=morning,
        customer__merged_into=None,
    )
    promises = due.select_related("customer__owner__cover__cover", "owner__cover__cover")
    with firm.localized():
        return notify_all(Notification.Kind.PROMISE_DUE, list(reminders(promises, today)), at=at)


def reminders(promises: Iterable[Commitment], today: date) -> Iterator[News]:
    """Address each promise to the user who keeps it, else to the managers."""
    managers = list(User.objects.filter(_is_manager(), is_active=True).distinct())
    managing_pks = {manager.pk for manager in managers}
    for user in managers:
        _with_roles(user, managing_pks)
    for promise in promises:
        keeper = _keeper_of(promise, today)
        may_know = keeper is not None and promise.customer.is_visible_to(_with_roles(keeper, managing_pks))
        yield _news_of(promise, today, [keeper] if keeper and may_know else managers)


def _with_roles(user: User, managers: set[int]) -> User:
    """Preset the user's roles, so that they are not read again for each promise."""
    user.roles = frozenset({MANAGER} if user.pk in managers else ())
    return user


def _is_manager() -> Q:
    return Q(is_superuser=True) | Q(groups__name__in=[MANAGER, ADMIN])


def _news_of(promise: Commitment, today: date, users: list[User]) -> News:
    assert promise.due_on is not None
    stage, label = _stage_of(promise.due_on, today)
    key = f"promise_due/{promise.pk}/{promise.due_on}/{stage}"
    return News(users, promise.customer, key, f"{label}: {promise.what}", about={"commitment": promise})


def _stage_of(due_on: date, today: date) -> tuple[str, str]:
    if due_on > today:
        return "tomorrow", _("Due tomorrow")
    if due_on == today:
        return "today", _("Due today")
    return "overdue", _("Overdue since %(day)s") % {"day": date_format(due_on, "SHORT_DATE_FORMAT")}


def _keeper_of(promise: Commitment, today: date) -> User | None:
    """Return the promise's owner, else the customer's, or their cover; None when there is none."""
    owner = promise.owner or promise.customer.owner
    return owner.stand_in(today) if owner else None
