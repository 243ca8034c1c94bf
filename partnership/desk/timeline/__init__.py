"""A customer's timeline as staff read it: its rows (filters, rows), a page of them (paging), their look (entries)."""

from partnership.desk.timeline.entries import Day, Entry, days_of
from partnership.desk.timeline.filters import Filters, asked_for
from partnership.desk.timeline.paging import Place, Window, window
from partnership.desk.timeline.rows import WHOLE_TEXT_LENGTH, Line, Row, rows_of

__all__ = [
    "WHOLE_TEXT_LENGTH", "Day", "Entry", "Filters", "Line", "Place", "Row", "Window", "asked_for", "days_of", "rows_of",
    "window",
]  # fmt: skip
