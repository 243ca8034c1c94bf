"""Files that leave the house, each with a line in the firm's log."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.http import HttpRequest, StreamingHttpResponse

from partnership.core.csv_files import csv_response
from partnership.staff.access import staff_member
from partnership.staff.audit_log import Kind, record
from partnership.staff.audit_log.visits import current_address, keep_address

R = TypeVar("R")


def log_export(request: HttpRequest, name: str, *, rows: int, chosen: str, address: str = "") -> None:
    """Write into the log who took which file, with how many rows; `chosen`: the filter, as a query string."""
    facts = {"rows": rows, **({"filter": chosen[:1000]} if chosen else {})}
    with keep_address(address or current_address()):
        record(Kind.EXPORT, by=staff_member(request), about=name, facts=facts)


def logged_csv(
    request: HttpRequest, name: str, heads: Iterable[object], rows: Iterable[Iterable[object]], *, chosen: str = ""
) -> StreamingHttpResponse:
    """Answer with a CSV file; the log counts the rows that were written, also where the reader stopped halfway."""
    return csv_response(name, heads, _counted(request, f"{name}.csv", rows, chosen or request.GET.urlencode()))


def _counted(request: HttpRequest, name: str, rows: Iterable[R], chosen: str) -> Iterator[R]:
    """Yield the rows, and log their number at the end, when the request is over."""
    address = current_address()

    def count() -> Iterator[R]:
        written = 0
        try:
            for row in rows:
                written += 1
                yield row
        finally:
            log_export(request, name, rows=written, chosen=chosen, address=address)

    return count()
