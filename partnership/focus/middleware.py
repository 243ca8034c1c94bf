from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from partnership.focus.refreshing import refreshed_at_the_end


class FocusMiddleware:
    """After an act, the next page finds the reasons in Focus as the act left them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with refreshed_at_the_end(timezone.now):
            return self.get_response(request)
