"""Business hours as a clock that stands still while the firm is closed.

Its reading at a moment is the opening time, in seconds, since the calendar begins. A promise of eight hours, made at a
reading, falls due eight hours of that clock later, weekends, holidays and changes of the clocks left out by themselves.
Readings are doubles: of a century in seconds they still tell microseconds.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from partnership.staff.models import Firm

_LAST_MOMENT = datetime(9000, 1, 1, tzinfo=UTC)


# Of a moment in Unix time, `at`. Each list is written once: there are a thousand edges in two years.
READING_SQL = """(SELECT CASE WHEN passed = 0 THEN {at} - edges[1]
    ELSE readings[passed] + CASE WHEN passed %% 2 = 1 THEN {at} - edges[passed] ELSE 0 END END
  FROM (SELECT {edges}::float8[] AS edges, {readings}::float8[] AS readings) clock,
    LATERAL (SELECT width_bucket({at}, edges) AS passed) found)"""


@dataclass(frozen=True)
class Calendar:
    """`edges`: when it opens and closes in turn, as Unix time; `readings`: what the clock then shows."""

    edges: tuple[float, ...]
    readings: tuple[float, ...]

    def reading(self, moment: datetime) -> float:
        """Before the calendar begins: less than nothing, by the hours of an ordinary clock."""
        at = moment.timestamp()
        passed = bisect_right(self.edges, at)
        if passed == 0:
            return at - self.edges[0]
        return self.readings[passed - 1] + (at - self.edges[passed - 1] if passed % 2 else 0)

    def first_moment(self, reading: float) -> datetime:
        """The first moment with that reading; the calendar's end for one that it never shows."""
        if reading <= 0:
            return datetime.fromtimestamp(self.edges[0] + reading, UTC)
        reached = next((n for n, shown in enumerate(self.readings) if shown >= reading), None)
        if reached is None:
            return datetime.fromtimestamp(self.edges[-1], UTC)
        return datetime.fromtimestamp(self.edges[reached] - (self.readings[reached] - reading), UTC)

    def last_moment(self, reading: float) -> datetime:
        """The last moment with that reading: it stays as it is until the firm opens again."""
        passed = bisect_right(self.readings, reading)
        if passed == 0:
            return self.first_moment(reading)
        return datetime.fromtimestamp(self.edges[passed - 1] + reading - self.readings[passed - 1], UTC)

    def reading_in_sql(self, column: str) -> RawSQL:
        """reading() of a column of moments: a binary search for each row."""
        at = f"date_part('epoch', {column})"
        reading = READING_SQL.format(at=at, edges="%s", readings="%s")
        return RawSQL(reading, [_array_literal(self.edges), _array_literal(self.readings)], FloatField())

    def head(self, moment: datetime) -> "Calendar":
        """Without what lies after: shorter to hand to the database."""
        passed = max(1, bisect_right(self.edges, moment.timestamp()))
        return Calendar(self.edges[:passed], self.readings[:passed])

    def slice(self, first: datetime, last: datetime) -> "Calendar":
        """What it takes to read moments from `first` to `last`."""
        opened = (bisect_right(self.edges, first.timestamp()) - 1) // 2 * 2  # an even place is when it opens
        until = self.head(max(first, last))
        return Calendar(until.edges[max(0, opened) :], until.readings[max(0, opened) :])


@lru_cache(maxsize=8)
def _array_literal(moments: tuple[float, ...]) -> str:
    """As the database reads it: a thousand floats written out once, not for each place of each statement."""
    return f"{{{','.join(map(repr, moments))}}}"


def firm_calendar(firm: Firm, *, begin: datetime, end: datetime) -> Calendar:
    """The firm's from the year of `begin` to the end of the year after that of `end`."""
    hours = tuple(sorted((int(day), tuple(map(tuple, spans))) for day, spans in firm.business_hours.items()))
    first, last = firm.local_date(begin).year, firm.local_date(end).year
    return _build_calendar(hours, frozenset(firm.holidays), firm.timezone, first, last + 1)


@lru_cache(maxsize=8)
def _build_calendar(hours: Any, holidays: frozenset[date], zone: str, first: int, last: int) -> Calendar:
    """With no opening hours at all it never stands still; the same where every day is a holiday."""
    begin = datetime(first, 1, 1, tzinfo=ZoneInfo(zone)).timestamp()
    edges, readings, shown = [begin, begin], [0.0, 0.0], 0.0
    for opens, closes in _opening_spans(dict(hours), holidays, ZoneInfo(zone), first, last):
        edges += [opens, closes]
        readings += [shown, shown := shown + closes - opens]
    if not shown:
        return Calendar((begin, _LAST_MOMENT.timestamp()), (0.0, _LAST_MOMENT.timestamp() - begin))
    return Calendar(tuple(edges), tuple(readings))


def _opening_spans(
    hours: dict[int, Any], holidays: frozenset[date], zone: ZoneInfo, first: int, last: int
) -> Iterator[tuple[float, float]]:
    """Opening and closing in Unix time. What the clocks skip is no time; what they repeat is open both times."""
    day, closed = date(first, 1, 1), 0.0
    while day.year <= last:
        for opens, closes in () if day in holidays else hours.get(day.weekday(), ()):
            begin, end = max(closed, _timestamp(day, opens, zone, fold=0)), _timestamp(day, closes, zone, fold=1)
            if begin < end:
                yield begin, end
                closed = end
        day += timedelta(days=1)


def _timestamp(day: date, clock: str, zone: ZoneInfo, *, fold: int) -> float:
    if clock == "24:00":
        day, clock = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=zone).replace(fold=fold).timestamp()
