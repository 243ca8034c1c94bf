"""A clock that runs only during business hours.

Its reading is the opening time in seconds since the calendar began. A promise of eight hours is due when the clock has
advanced by eight hours; weekends, holidays and clock changes need no further rule. Readings are floats, exact to the
microsecond for a century.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from partnership.staff.models import Firm

# Opening and closing time of each span, such as ("09:00", "12:30").
_Spans: TypeAlias = tuple[tuple[str, str], ...]
_Hours: TypeAlias = tuple[tuple[int, _Spans], ...]

_LAST_MOMENT = datetime(9000, 1, 1, tzinfo=UTC)


# Of a moment in Unix time, `at`. Each list is written once: there are a thousand edges in two years.
READING_SQL = """(SELECT CASE WHEN passed = 0 THEN {at} - edges[1]
    ELSE readings[passed] + CASE WHEN passed %% 2 = 1 THEN {at} - edges[passed] ELSE 0 END END
  FROM (SELECT {edges}::float8[] AS edges, {readings}::float8[] AS readings) clock,
    LATERAL (SELECT width_bucket({at}, edges) AS passed) found)"""


@dataclass(frozen=True)
class Calendar:
    """The firm's opening times. `edges`: opening and closing moments in turn, in Unix time.

    `readings`: the clock's reading at each edge.
    """

    edges: tuple[float, ...]
    readings: tuple[float, ...]

    def reading(self, moment: datetime) -> float:
        """Return the clock's reading. Before the calendar begins it is negative and counts every hour."""
        at = moment.timestamp()
        passed = bisect_right(self.edges, at)
        if passed == 0:
            return at - self.edges[0]
        return self.readings[passed - 1] + (at - self.edges[passed - 1] if passed % 2 else 0)

    def first_moment(self, reading: float) -> datetime:
        """Return the first moment with this reading, at most the end of the calendar."""
        if reading <= 0:
            return datetime.fromtimestamp(self.edges[0] + reading, UTC)
        reached = next((n for n, shown in enumerate(self.readings) if shown >= reading), None)
        if reached is None:
            return datetime.fromtimestamp(self.edges[-1], UTC)
        return datetime.fromtimestamp(self.edges[reached] - (self.readings[reached] - reading), UTC)

    def last_moment(self, reading: float) -> datetime:
        """Return the last moment with this reading: the next opening if the firm is closed."""
        passed = bisect_right(self.readings, reading)
        if passed == 0:
            return self.first_moment(reading)
        return datetime.fromtimestamp(self.edges[passed - 1] + reading - self.readings[passed - 1], UTC)

    def reading_in_sql(self, column: str) -> RawSQL:
        """Return reading() of a timestamp column as an SQL expression, a binary search per row."""
        at = f"date_part('epoch', {column})"
        reading = READING_SQL.format(at=at, edges="%s", readings="%s")
        return RawSQL(reading, [_array_literal(self.edges), _array_literal(self.readings)], FloatField())

    def head(self, moment: datetime) -> "Calendar":
        """Return the calendar up to a moment, which is shorter to send to the database."""
        passed = max(1, bisect_right(self.edges, moment.timestamp()))
        return Calendar(self.edges[:passed], self.readings[:passed])

    def slice(self, first: datetime, last: datetime) -> "Calendar":
        """Return the part of the calendar that is needed to read moments from `first` to `last`."""
        opened = (bisect_right(self.edges, first.timestamp()) - 1) // 2 * 2  # an even place is when it opens
        until = self.head(max(first, last))
        return Calendar(until.edges[max(0, opened) :], until.readings[max(0, opened) :])


@lru_cache(maxsize=8)
def _array_literal(moments: tuple[float, ...]) -> str:
    """Return an SQL array literal. Cached, since a calendar has a thousand edges."""
    return f"{{{','.join(map(repr, moments))}}}"


def firm_calendar(firm: Firm, *, begin: datetime, end: datetime) -> Calendar:
    """Return the firm's calendar from the year of `begin` to the year after that of `end`."""
    hours = tuple(
        sorted(
            (int(day), tuple((opens, closes) for opens, closes in spans)) for day, spans in firm.business_hours.items()
        )
    )
    first, last = firm.local_date(begin).year, firm.local_date(end).year
    return _build_calendar(hours, frozenset(firm.holidays), firm.timezone, first, last + 1)


@lru_cache(maxsize=8)
def _build_calendar(hours: _Hours, holidays: frozenset[date], zone: str, first: int, last: int) -> Calendar:
    """Build a calendar. Without any opening hours the clock always runs."""
    begin = datetime(first, 1, 1, tzinfo=ZoneInfo(zone)).timestamp()
    edges, readings, shown = [begin, begin], [0.0, 0.0], 0.0
    for opens, closes in _opening_spans(dict(hours), holidays, ZoneInfo(zone), first, last):
        edges += [opens, closes]
        readings += [shown, shown := shown + closes - opens]
    if not shown:
        return Calendar((begin, _LAST_MOMENT.timestamp()), (0.0, _LAST_MOMENT.timestamp() - begin))
    return Calendar(tuple(edges), tuple(readings))


def _opening_spans(
    hours: dict[int, _Spans], holidays: frozenset[date], zone: ZoneInfo, first: int, last: int
) -> Iterator[tuple[float, float]]:
    """Yield opening and closing times in Unix time. An hour skipped by a clock change does not count, a repeated one
    counts twice."""
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
