"""The business clock, beside one that looks at every minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from partnership.staff.business_hours import Calendar, firm_calendar
from partnership.staff.models import Firm
from partnership.staff.models.opening_hours import office_hours
from tests.examples import CHEAP
from tests.partnership.focus.reference import MINUTE, is_open, minutes_open

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)

# By day: a clock change at night is in nobody's way, and one at the antipodes is by day here.
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]


@st.composite
def opening_hours(draw: st.DrawFn) -> dict[str, list[list[str]]]:
    """Up to two spans a day, by the quarter of an hour, between five in the morning and midnight."""
    week = {}
    for day in draw(st.sets(st.integers(0, 6), min_size=1)):
        quarters = sorted(draw(st.sets(st.integers(20, 96), min_size=2, max_size=4)))
        pairs = zip(quarters[::2], quarters[1::2], strict=False)
        week[str(day)] = [[clock(begin), clock(end)] for begin, end in pairs]
    return week


def clock(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


@st.composite
def firms(draw: st.DrawFn) -> Firm:
    holidays = draw(st.lists(st.dates(date(2025, 1, 1), date(2025, 12, 31)), max_size=5))
    return Firm(timezone=draw(st.sampled_from(ZONES)), business_hours=draw(opening_hours()), holidays=holidays)


moments = st.integers(0, 360 * 24 * 60).map(lambda minutes: BEGIN + minutes * MINUTE)


# On New Year's Eve in New York, though BEGIN is in the new year by UTC: the calendar begins a year earlier.
@CHEAP
@given(firm=firms(), begin=moments, minutes=st.integers(0, 20 * 24 * 60))
@example(
    firm=Firm(timezone="America/New_York", business_hours={"0": [["05:00", "05:15"]]}, holidays=[]),
    begin=BEGIN + 503161 * MINUTE,
    minutes=28800,
)
def test_it_runs_while_the_firm_is_open(firm: Firm, begin: datetime, minutes: int) -> None:
    end = begin + minutes * MINUTE
    clock = firm_calendar(firm, begin=BEGIN, end=end)
    assert round(clock.reading(end) - clock.reading(begin)) == 60 * minutes_open(firm, begin, end)


@CHEAP
@given(firm=firms(), begin=moments, promised=st.integers(1, 600))
def test_a_promise_is_over_when_it_has_run_so_long(firm: Firm, begin: datetime, promised: int) -> None:
    clock = firm_calendar(firm, begin=BEGIN, end=BEGIN + timedelta(days=370))
    due = clock.first_moment(clock.reading(begin) + 60 * promised)
    assert is_open(firm, due - MINUTE)
    assert minutes_open(firm, begin, due) == promised


@CHEAP
@given(firm=firms(), begin=moments)
def test_a_reading_stands_until_the_firm_opens_again(firm: Firm, begin: datetime) -> None:
    clock = firm_calendar(firm, begin=BEGIN, end=BEGIN + timedelta(days=370))
    reading = clock.reading(begin)
    assert clock.first_moment(reading) <= begin <= clock.last_moment(reading)
    assert clock.reading(clock.last_moment(reading)) == reading < clock.reading(clock.last_moment(reading) + MINUTE)


@given(firm=firms(), minutes=st.lists(st.integers(-3000, 380 * 24 * 60), min_size=1, max_size=5))
@pytest.mark.django_db
def test_the_database_reads_the_same_clock(firm: Firm, minutes: list[int]) -> None:
    clock = firm_calendar(firm, begin=BEGIN, end=BEGIN).head(BEGIN + timedelta(days=400))
    for number in minutes:
        at = BEGIN + number * MINUTE
        assert in_sql(clock, at) == pytest.approx(clock.reading(at))


@given(firm=firms(), minutes=st.lists(st.integers(-3000, 380 * 24 * 60), min_size=3, max_size=3).map(sorted))
@pytest.mark.django_db
def test_a_part_of_it_reads_the_same_within(firm: Firm, minutes: list[int]) -> None:
    clock = firm_calendar(firm, begin=BEGIN, end=BEGIN)
    first, at, last = (BEGIN + number * MINUTE for number in minutes)
    part = clock.slice(first, last)
    for moment in (first, at, last):
        assert in_sql(part, moment) == pytest.approx(clock.reading(moment)) == part.reading(moment)
    assert len(part.edges) <= 2 + sum(first.timestamp() <= edge <= last.timestamp() for edge in clock.edges)


def in_sql(clock: Calendar, at: datetime) -> float:
    expression = clock.reading_in_sql("%s::timestamptz")
    with connection.cursor() as cursor:
        filled = expression.sql.replace("%s::timestamptz", f"'{at.isoformat()}'::timestamptz")
        cursor.execute(f"SELECT {filled}", expression.params)
        return cursor.fetchone()[0]


def test_the_clocks_change_over_a_weekend_and_nobody_waits_an_hour_longer():
    firm = Firm(timezone="Europe/Berlin", business_hours=office_hours())
    clock = firm_calendar(firm, begin=BEGIN, end=BEGIN)
    friday, monday = (
        datetime(2025, 3, day, hour, tzinfo=ZoneInfo("Europe/Berlin")) for day, hour in ((28, 16), (31, 10))
    )
    assert clock.first_moment(clock.reading(friday) + 2 * 3600) == monday


@pytest.mark.parametrize("given", [{"business_hours": {}}, {"business_hours": {"0": []}}])
def test_without_opening_hours_every_hour_counts(given):
    clock = firm_calendar(Firm(**given), begin=BEGIN, end=BEGIN)
    saturday = datetime(2025, 5, 3, 23, tzinfo=UTC)
    assert clock.first_moment(clock.reading(saturday) + 3600) == saturday + timedelta(hours=1)


def test_a_day_may_end_at_midnight():
    firm = Firm(timezone="Europe/Berlin", business_hours={"4": [["20:00", "24:00"]], "5": [["00:00", "02:00"]]})
    clock = firm_calendar(firm, begin=BEGIN, end=BEGIN)
    friday = datetime(2025, 5, 2, 23, tzinfo=ZoneInfo("Europe/Berlin"))
    assert clock.first_moment(clock.reading(friday) + 2 * 3600) == friday + timedelta(hours=2)


def test_a_promise_longer_than_the_calendar_ends_with_it():
    clock = firm_calendar(Firm(business_hours=office_hours()), begin=BEGIN, end=BEGIN)
    assert clock.first_moment(1e12).year == 2026
