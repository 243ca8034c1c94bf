"""When a promise is over, minute by minute: slow, and plainly right."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from partnership.staff.models import Firm

MINUTE = timedelta(minutes=1)


def is_open(firm: Firm, moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo(firm.timezone))
    spans = [] if local.date() in firm.holidays else firm.business_hours.get(str(local.weekday()), [])
    return any(begin <= f"{local:%H:%M}" < end for begin, end in spans)


def minutes_open(firm: Firm, begin: datetime, end: datetime) -> int:
    return sum(is_open(firm, begin + n * MINUTE) for n in range(int((end - begin) / MINUTE)))


def answer_by(firm: Firm, since: datetime, hours: int) -> datetime:
    """The moment at which so many hours of business have passed."""
    moment, left = since, hours * 60
    while left:
        left -= is_open(firm, moment)
        moment += MINUTE
    return moment
