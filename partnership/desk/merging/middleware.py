"""Redirects of a merged customer's old URLs to the survivor."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from customers.lookups import visible_customers
from customers.models import Merge
from partnership.desk.merging.preview import merge_sentence

CUSTOMER_ROUTE = "customers/<int:pk>/"


class MergedMiddleware:
    """Look for a merge only where a customer's page was not found."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match = request.resolver_match
        if not isinstance(exception, Http404) or match is None or not match.route.startswith(CUSTOMER_ROUTE):
            return None
        if request.method not in ("GET", "HEAD"):
            return None
        return _redirect_to_survivor(request, match.kwargs["pk"])


def _redirect_to_survivor(request: HttpRequest, pk: int) -> HttpResponse | None:
    """Redirect to the same page of the survivor; None without a merge, or if one of the two may not be seen."""
    match, visible = request.resolver_match, visible_customers(request)
    absorbed = visible.filter(pk=pk, merged_into__in=visible).first()
    if absorbed is None or match is None:
        return None
    merges = Merge.objects.filter(absorbed=absorbed, undone_at=None)
    merge = merges.select_related("survivor", "absorbed", "by").first()
    if merge is not None:
        messages.info(request, merge_sentence(merge))
    return redirect(str(match.url_name), **{**match.kwargs, "pk": absorbed.merged_into_id})
