"""The school's year: working days, breaks, and times of day."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
HISTORY = timedelta(days=548)


def is_break(day: date) -> bool:
    """Tell whether there are no lessons: at the turn of the year and in three weeks of August."""
    return (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 5) or (day.month == 8 and day.day <= 21)


def working_day(day: date) -> date:
    """Return the day itself, or the next Monday after a weekend day."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def random_time(day: date, rng: Random, hours: tuple[int, int] = (8, 19)) -> datetime:
    """Draw a time on that day within the hours."""
    seconds = rng.randrange(hours[0] * 3600, hours[1] * 3600)
    return datetime.combine(day, time(seconds // 3600, seconds // 60 % 60, seconds % 60), tzinfo=ZONE)


def answer_time(asked: datetime, rng: Random) -> datetime:
    """Draw when the office answers: mostly within a working day, never at night or on a weekend."""
    ready = asked + timedelta(hours=rng.choice((1, 2, 3, 5, 8, 20, 24)), minutes=rng.randrange(60))
    day = ready.date() if ready.hour < 17 else ready.date() + timedelta(days=1)
    if day == ready.date() and ready.hour >= 9 and day.weekday() < 5:
        return ready
    return max(random_time(working_day(day), rng, (9, 12)), asked + timedelta(minutes=9))


def iterate_weeks(start: date, end: date) -> Iterator[tuple[int, date]]:
    """Yield each week's number and Monday, from the first Monday on or after `start` to before `end`."""
    first = start + timedelta(days=-start.weekday() % 7)
    for number in range(max(0, (end - first).days + 6) // 7):
        yield number, first + timedelta(weeks=number)
