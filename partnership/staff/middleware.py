from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import timezone, translation

from partnership.staff.models import Firm


class PageGZipMiddleware(GZipMiddleware):
    """Compress pages only; files are compressed already, or need their length."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class SignedInMiddleware(LoginRequiredMiddleware):
    """Ask who is signed out to sign in, without losing what they sent: a form is shown with what was typed, to be sent
    again; htmx is told, and leaves the page as it is."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[Any, Any],
    ) -> HttpResponseBase | None:
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        if refused is None:
            return None
        if "HX-Request" in request.headers:
            return HttpResponse(status=401)
        if request.method == "POST":
            return render(request, "signed_out.html", {"fields": typed_fields(request)}, status=401)
        return refused


def typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """List what a form sent, but for what must not stand in a page."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]


class FirmMiddleware:
    """Activate the firm's language and time zone, and provide the firm as `request.firm`.

    Pages before the sign-in are in the firm's language too; before the first run, in the browser's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        firm = Firm.current()
        if firm.is_set_up:
            # Not for this block alone: a file's rows are written when it is left. The next request sets its own.
            translation.activate(firm.screen_language)
            request.LANGUAGE_CODE = firm.screen_language
        if not request.user.is_authenticated:
            return self.get_response(request)
        request.firm = firm  # type: ignore[attr-defined]
        with timezone.override(firm.zone):
            return self.get_response(request)
