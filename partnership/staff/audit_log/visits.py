"""From where the request under way comes, for code that has no request at hand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import pghistory
from django.http import HttpRequest, HttpResponse

from partnership.staff.access import LEAST_ROLE
from partnership.staff.models import ADMIN
from partnership.staff.sign_in.visitors import visitor_address

_address: ContextVar[str] = ContextVar("visitor_address", default="")


def current_address() -> str:
    """Return the visitor's address; empty outside of a request."""
    return _address.get()


@contextmanager
def keep_address(address: str) -> Iterator[None]:
    """Take `address` for the visitor's inside the block: for what is written after the request."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


class VisitMiddleware:
    """Keep the visitor's address for the firm's log while the request is answered.

    On the pages of administrators, the triggers that write into the log are told too. Elsewhere they are not: what they
    are told is kept with every change of a customer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with keep_address(visitor_address(request)):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        match = request.resolver_match
        if match and (match.namespace == "admin" or LEAST_ROLE.get(match.url_name or "") == ADMIN):
            pghistory.context(visitor=current_address())
