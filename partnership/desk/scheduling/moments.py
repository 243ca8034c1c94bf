"""When a mail can leave: by the customer's clock, and how that is said where ours differs."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.models import Customer
from partnership.staff.models import Firm

_MORNING = time(9)
LATEST = timedelta(days=366)


def zone_of(customer: Customer, *, firm: Firm) -> ZoneInfo:
    """Return the customer's time zone; the firm's where theirs is unknown or not a zone."""
    try:
        return ZoneInfo(customer.timezone) if customer.timezone else firm.zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return firm.zone


def sending_moments(at: datetime, *, zone: ZoneInfo) -> dict[str, datetime]:
    """Return the usual moments for a mail to leave: in an hour, tomorrow and on Monday at nine by that zone's clock."""
    today = at.astimezone(zone).date()
    tomorrow = today + timedelta(days=1)
    monday = today + timedelta(days=7 - today.weekday())
    moments = {"hour": at + timedelta(hours=1), "tomorrow": _morning(tomorrow, zone)}
    return moments if monday == tomorrow else {**moments, "monday": _morning(monday, zone)}


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, _MORNING, tzinfo=zone)


def describe_moment(moment: datetime, *, zone: ZoneInfo) -> str:
    """Write a moment out; where the customer's clock differs from the viewer's, by both."""
    ours, theirs = localtime(moment), moment.astimezone(zone)
    if ours.utcoffset() == theirs.utcoffset():
        return date_format(ours, "WEEKDAY_TIME_FORMAT")
    same_day = ours.date() == theirs.date()
    return _("%(theirs)s their time (%(ours)s ours)") % {
        "theirs": date_format(theirs, "WEEKDAY_TIME_FORMAT"),
        "ours": date_format(ours, "TIME_FORMAT" if same_day else "WEEKDAY_TIME_FORMAT"),
    }
