from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from customers.lookups import customer_or_404
from customers.models import Customer
from partnership.core.requests import HtmxHttpRequest
from partnership.desk.timeline.filter_memory import remember
from partnership.desk.timeline.filters import Filters
from partnership.desk.timeline.forms import FilterForm
from partnership.desk.timeline.paging import Place
from partnership.desk.timeline.print_page import printed
from partnership.desk.timeline.section import line_of, timeline_section
from partnership.staff.access import staff_member


@require_safe
@vary_on_headers("HX-Request")
def timeline(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """The line as a page of its own; to htmx the stretch that it asks for by key, else the part of a page."""
    found = customer_or_404(request, pk)
    if "print" in request.GET:
        return render(
            request, "desk/timeline/timeline_print.html", printed(line_of(request, found), Filters.of(request.GET))
        )
    context = timeline_section(request, found)
    if "keep" in request.GET:
        remember(request, context["filters"], by=staff_member(request))
    if request.htmx and ("before" in request.GET or "after" in request.GET):
        return render(request, "components/timeline.html", only_further(request, context))
    context["opened"] = "opened" in request.GET
    if context["opened"]:
        context["filter_form"] = form_of(request, found, context["filters"])
    if not request.htmx:
        return render(request, "desk/timeline/timeline.html", context)
    response = render(request, "desk/timeline/timeline_section.html", context)
    response["HX-Replace-Url"] = came_from(request) + "?" + context["filters"].explicit_query
    return response


@require_safe
def timeline_filters(request: HttpRequest, pk: int) -> HttpResponse:
    """The form alone, which the customer's page fetches when it is opened."""
    found, filters = customer_or_404(request, pk), Filters.of(request.GET)
    context = {"filter_form": form_of(request, found, filters), "customer": found, "filters": filters}
    return render(request, "desk/timeline/filter_fields.html", context)


def form_of(request: HttpRequest, customer: Customer, filters: Filters) -> FilterForm:
    return FilterForm(line_of(request, customer), filters)


def only_further(request: HttpRequest, context: dict) -> dict:
    """The page that asked has the other end already, and the title of the day that it ended with."""
    before, days = Place.of(request.GET).before, context["days"]
    if before and days:
        days[0].goes_on = days[0].day == timezone.localdate(before[0])
    return {**context, "newer" if before else "older": None}


def came_from(request: HtmxHttpRequest) -> str:
    """The path of the page that htmx asks from, without what follows it."""
    return (request.htmx.current_url_abs_path or request.path).partition("?")[0]
