"""A timeline on paper."""

from dataclasses import dataclass, replace

from customers.models import Customer
from partnership.desk.timeline.entries import Day
from partnership.desk.timeline.filters import Filters
from partnership.desk.timeline.paging import Place, window
from partnership.desk.timeline.rows import WHOLE_TEXT_LENGTH, Line
from partnership.desk.timeline.section import Chip, filter_chips

_MOST_ROWS = 1000  # about a hundred sheets


@dataclass(frozen=True)
class _PrintPage:
    """Every row that matches, whole, newest first. `has_more`: there are more than `most`."""

    customer: Customer
    days: list[Day]
    has_more: bool
    most: int
    chips: list[Chip]


def print_page(line: Line, filters: Filters) -> _PrintPage:
    page = window(line, replace(filters, flat=True), Place(), size=_MOST_ROWS, limit=WHOLE_TEXT_LENGTH)
    return _PrintPage(line.customer, page.days, bool(page.older), _MOST_ROWS, list(filter_chips(filters, line)))
