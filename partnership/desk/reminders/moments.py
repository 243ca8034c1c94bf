"""By when an answer is usually waited for."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from partnership.staff.models import Firm
from partnership.staff.snoozing import opening_after

DAYS = (1, 2, 4, 7, 14)


def reminding_moment(at: datetime, days: int, *, firm: Firm) -> datetime:
    """Return the firm's first opening of the day that is so many days later, or after it."""
    return opening_after(at, days, firm=firm)


def moment_choices(at: datetime, *, firm: Firm) -> list[tuple[str, str]]:
    """Return the usual moments with their labels, by the number of days."""
    found: dict[datetime, tuple[str, str]] = {}
    for days in DAYS:
        moment = reminding_moment(at, days, firm=firm)
        label = gettext("in a week") if days == 7 else ngettext("in %d day", "in %d days", days) % days
        found.setdefault(moment, (str(days), f"{label} · {date_format(localtime(moment), 'WEEKDAY_TIME_FORMAT')}"))
    return list(found.values())
