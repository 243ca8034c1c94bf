"""A customer's line of time as staff read it: which rows (filters, rows), what stretch (window), and how (entries)."""

from partnership.desk.timeline.entries import Day, Entry, days_of
from partnership.desk.timeline.filters import Filters, asked_for
from partnership.desk.timeline.paging import Place, Window, window
from partnership.desk.timeline.rows import WHOLE, Line, rows_of

__all__ = ["WHOLE", "Day", "Entry", "Filters", "Line", "Place", "Window", "asked_for", "days_of", "rows_of", "window"]
