from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from customers.lookups import customer_or_404
from partnership.core.requests import HtmxHttpRequest
from partnership.desk.customer.facts import about_page
from partnership.desk.customer.page import customer_page, relationship_or_404
from partnership.desk.customer.score_page import asked_on, why_json, why_page
from partnership.staff.access import staff_member


@require_safe
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    found = relationship_or_404(staff_member(request), pk, today=timezone.localdate())
    if found.merged_into_id:
        raise Http404  # partnership.desk.merging.middleware leads on
    return render(request, "desk/customer/customer.html", customer_page(request, found))


@require_safe
@vary_on_headers("HX-Request")
def about(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """The right column of the page, which brings it in after its first screen; without JavaScript a page of its own."""
    template = "desk/customer/about.html" if request.htmx else "desk/customer/about_page.html"
    return render(request, template, about_page(request, customer_or_404(request, pk)))


@require_safe
@vary_on_headers("HX-Request")
def why(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    found, form = customer_or_404(request, pk), asked_on(request)
    template = "desk/customer/why.html#reasons" if request.htmx else "desk/customer/why.html"
    return render(request, template, why_page(found, form), status=200 if form.is_valid() else 422)


@require_safe
def why_as_json(request: HttpRequest, pk: int) -> HttpResponse:
    """The page's API."""
    found, form = customer_or_404(request, pk), asked_on(request)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    return JsonResponse(why_json(found, form))
