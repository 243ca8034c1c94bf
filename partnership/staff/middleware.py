from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone

from partnership.staff.models import Firm


class PageGZipMiddleware(GZipMiddleware):
    """Pages alone: a file is small already, or wanted with its length."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class NoNulMiddleware:
    """Refuses an address with a NUL: nobody types one, and no text of PostgreSQL's can hold it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("a NUL in the address")
        return self.get_response(request)


class FirmTimeZoneMiddleware:
    """Shows times in the firm's zone, and hands views the firm as `request.firm`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        request.firm = Firm.current()  # type: ignore[attr-defined]
        with timezone.override(request.firm.zone):  # type: ignore[attr-defined]
            return self.get_response(request)
