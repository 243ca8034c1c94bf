from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from partnership.focus.refreshing import refreshed_at_the_end


class FocusMiddleware:
    """After an act in Focus, the next page finds its reasons as the act left them; elsewhere the worker follows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_from_focus(request):
            return self.get_response(request)
        with refreshed_at_the_end(timezone.now):
            return self.get_response(request)


def _is_from_focus(request: HttpRequest) -> bool:
    """Check whether the request was sent from Focus, or leads back there."""
    if request.method != "POST":
        return False
    pages = (request.headers.get("Referer", ""), request.GET.get("next", ""))
    return any(page and _path_of(page) == reverse("focus") for page in pages)


def _path_of(page: str) -> str:
    try:
        return urlsplit(page).path
    except ValueError:
        return ""
