"""Requests that cannot be read: refused with a page that says so, and one line in the log."""

import codecs
import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from partnership.ops.views import healthz

_MOST_KEY = 2**63 - 1  # PostgreSQL's bigint
_NO_DEVICES = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "microphone", "geolocation", "payment", "usb", "serial", "hid", "bluetooth", "midi",
                    "accelerometer", "gyroscope", "magnetometer", "display-capture", "browsing-topics")
)  # fmt: skip


class ReadableRequestMiddleware:
    """Refuse what Django, htmx's middleware or PostgreSQL would stumble over.

    NUL characters in the address, forms in another character set than UTF-8, and a page's address that is none are bad
    requests. No row has a key beyond bigint: there is no such page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("a NUL in the address")
        if not _is_read_as_utf8((request.content_params or {}).get("charset", "")):
            raise BadRequest("a form in another character set than UTF-8")
        try:
            urlsplit(HtmxDetails(request).current_url or "")
        except ValueError as error:
            raise BadRequest("the page's address in HX-Current-URL is none") from error
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, object]) -> None:
        if any(isinstance(value, int) and value > _MOST_KEY for value in kwargs.values()):
            raise Http404


def _is_read_as_utf8(charset: str) -> bool:
    """Check the charset of a Content-Type. Django takes UTF-8 where there is none, or one that Python does not know."""
    try:
        return not charset or codecs.lookup(charset).name in ("utf-8", "ascii")
    except LookupError:
        return True


class HealthMiddleware:
    """Answer /healthz before anything asks the database, as whoever is signed in does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return healthz(request) if request.path_info == reverse("healthz") else self.get_response(request)


class PrivacyMiddleware:
    """Keep pages out of the browser's memory, where *Back* would show them after sign-out, and our pages from its
    camera, microphone and the like. A view that says itself how long its answer is kept decides that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Permissions-Policy", _NO_DEVICES)
        return response


class BadRequestFilter(logging.Filter):
    """Log a bad request as one line: a traceback into Django says nothing about a request that is at fault itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", None) == 400:
            record.exc_info = record.exc_text = None
            record.msg, record.args = " ".join(record.getMessage().split()), ()
        return True
