"""A line of time on paper."""

from dataclasses import replace
from typing import Any

from partnership.desk.timeline.filters import Filters
from partnership.desk.timeline.paging import Place, window
from partnership.desk.timeline.rows import WHOLE, Line
from partnership.desk.timeline.section import chips_of

MOST = 1000
"""Rows that are printed at once: about a hundred sheets."""


def printed(line: Line, filters: Filters) -> dict[str, Any]:
    """Every row that fits, whole, newest first; `has_more` when they are more than MOST."""
    shown = window(line, replace(filters, flat=True), Place(), size=MOST, limit=WHOLE)
    return {
        "customer": line.customer,
        "days": shown.days,
        "has_more": bool(shown.older),
        "most": MOST,
        "chips": list(chips_of(filters, line)),
    }
