"""The periods of the dashboards: whole weeks, so that each has the same weekdays as the one before."""

from dataclasses import dataclass
from datetime import date, timedelta

# Weeks by the name in the URL.
PERIODS = {"week": 1, "month": 4, "quarter": 13, "year": 52}

USUAL = "month"

# Over which trends are shown, the usual one first.
TREND_PERIODS = ("quarter", "year")


@dataclass(frozen=True)
class Span:
    """Days from `since` to `until`, both included."""

    since: date
    until: date


def span(period: str, today: date, *, before: bool = False) -> Span:
    """Return the days of the period that ends today, or of the one before it."""
    until = today - timedelta(weeks=PERIODS[period]) if before else today
    return Span(until - timedelta(weeks=PERIODS[period], days=-1), until)
