"""The usual moments to put something off to follow the firm's clock and opening hours."""

from datetime import UTC, date, datetime

import pytest

from partnership.staff.models import Firm
from partnership.staff.snoozing import snooze_moments

WEEKDAYS = {str(day): [["09:00", "17:00"]] for day in range(5)}


def moments(at, **firm):
    found = snooze_moments(at, firm=Firm(timezone="Europe/Berlin", **firm))
    return {name: moment.strftime("%a %d %H:%M") for name, moment in found.items()}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        # A Tuesday morning.
        (
            datetime(2026, 6, 9, 7, 5, tzinfo=UTC),
            {"later": "Tue 09 12:15", "tomorrow": "Wed 10 09:00", "next_week": "Mon 15 09:00"},
        ),
        # In the evening there is no later today.
        (datetime(2026, 6, 9, 13, 5, tzinfo=UTC), {"tomorrow": "Wed 10 09:00", "next_week": "Mon 15 09:00"}),
        # On a Friday the next opening is next week's.
        (datetime(2026, 6, 12, 7, 0, tzinfo=UTC), {"later": "Fri 12 12:00", "tomorrow": "Mon 15 09:00"}),
        # The night before the clocks change.
        (datetime(2026, 3, 28, 12, 0, tzinfo=UTC), {"tomorrow": "Mon 30 09:00"}),
    ],
)  # fmt: skip
def test_by_business_hours(at, expected):
    assert moments(at, business_hours=WEEKDAYS) == expected


def test_a_holiday_is_no_opening():
    at = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)
    found = moments(at, business_hours=WEEKDAYS, holidays=[date(2026, 6, 10), date(2026, 6, 15)])
    assert found == {"later": "Tue 09 12:00", "tomorrow": "Thu 11 09:00", "next_week": "Tue 16 09:00"}


def test_without_business_hours_a_day_begins_at_nine():
    found = moments(datetime(2026, 6, 9, 19, 20, tzinfo=UTC))
    assert found == {"tomorrow": "Wed 10 09:00", "next_week": "Mon 15 09:00"}
