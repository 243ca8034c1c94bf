from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from partnership.staff.models import Firm


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
