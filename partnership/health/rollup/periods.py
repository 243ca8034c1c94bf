"""The spans of time that the dashboards look at: whole weeks, so that each has the same weekdays as the one before."""

from dataclasses import dataclass
from datetime import date, timedelta

PERIODS = {"week": 1, "month": 4, "quarter": 13, "year": 52}
"""Weeks, by the name in the URL; the numbers of a tally stand in this order."""

USUAL = "month"


@dataclass(frozen=True)
class Span:
    """Days from `since` to `until`, both within."""

    since: date
    until: date


def span(period: str, today: date, *, before: bool = False) -> Span:
    """The period that ends today, or the one before it."""
    until = today - timedelta(weeks=PERIODS[period]) if before else today
    return Span(until - timedelta(weeks=PERIODS[period], days=-1), until)


def place(period: str, *, before: bool = False) -> int:
    """Where a tally's list has the number of that span."""
    return 2 * list(PERIODS).index(period) + before
