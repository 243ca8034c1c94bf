"""The school's year: which days people work, and when nobody does."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
HISTORY = timedelta(days=548)
"""How far back the story goes: eighteen months."""


def is_break(day: date) -> bool:
    """The weeks without lessons: the turn of the year and three weeks of August."""
    return (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 5) or (day.month == 8 and day.day <= 21)


def working_day(day: date) -> date:
    """The day itself, or the next Monday."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def moment(day: date, rng: Random, hours: tuple[int, int] = (8, 19)) -> datetime:
    """Some time that day, within the hours."""
    seconds = rng.randrange(hours[0] * 3600, hours[1] * 3600)
    return datetime.combine(day, time(seconds // 3600, seconds // 60 % 60, seconds % 60), tzinfo=ZONE)


def answered(asked: datetime, rng: Random) -> datetime:
    """When the office answers: within a working day as a rule, never at night or on a weekend."""
    ready = asked + timedelta(hours=rng.choice((1, 2, 3, 5, 8, 20, 24)), minutes=rng.randrange(60))
    day = ready.date() if ready.hour < 17 else ready.date() + timedelta(days=1)
    if day == ready.date() and ready.hour >= 9 and day.weekday() < 5:
        return ready
    return max(moment(working_day(day), rng, (9, 12)), asked + timedelta(minutes=9))


def weeks(start: date, end: date) -> Iterator[tuple[int, date]]:
    """Each week's number and Monday, from the first Monday on or after start until the end, which is left out."""
    first = start + timedelta(days=-start.weekday() % 7)
    for number in range(max(0, (end - first).days + 6) // 7):
        yield number, first + timedelta(weeks=number)
