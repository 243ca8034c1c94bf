"""Old addresses of a customer who was merged away lead to whom they are one with, and say so."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from customers.lookups import visible_customers
from customers.models import Merge
from partnership.desk.merging.preview import sentence

OF_CUSTOMERS = "customers/<int:pk>/"


class MergedMiddleware:
    """Asks only where a page of a customer's was not found."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match = request.resolver_match
        if not isinstance(exception, Http404) or match is None or not match.route.startswith(OF_CUSTOMERS):
            return None
        if request.method not in ("GET", "HEAD"):
            return None
        return led_on(request, match.kwargs["pk"])


def led_on(request: HttpRequest, pk: int) -> HttpResponse | None:
    """To the same page of the survivor's; None where nobody was merged, or they may not be seen."""
    match, visible = request.resolver_match, visible_customers(request)
    gone = visible.filter(pk=pk, merged_into__in=visible).first()
    if gone is None or match is None:
        return None
    done = Merge.objects.filter(absorbed=gone, undone_at=None).select_related("survivor", "absorbed", "by").first()
    if done is not None:
        messages.info(request, sentence(done))
    return redirect(str(match.url_name), **{**match.kwargs, "pk": gone.merged_into_id})
