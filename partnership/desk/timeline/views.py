from dataclasses import dataclass, replace

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from customers.lookups import customer_or_404
from customers.models import Customer
from partnership.core.requests import HtmxHttpRequest, render_page
from partnership.desk.timeline.filter_memory import remember
from partnership.desk.timeline.filters import Filters
from partnership.desk.timeline.forms import FilterForm
from partnership.desk.timeline.paging import Place
from partnership.desk.timeline.print_page import print_page
from partnership.desk.timeline.section import TimelineSection, line_of, timeline_section
from partnership.staff.access import staff_member


@dataclass(frozen=True)
class FilterFields:
    """`filter_form`: None where the page has not fetched it; `opened`: the form stands open."""

    customer: Customer
    filters: Filters
    filter_form: FilterForm | None
    opened: bool


@require_safe
@vary_on_headers("HX-Request")
def timeline(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show the timeline on a page of its own; to htmx the rows above or below a key, else the section."""
    found = customer_or_404(request, pk)
    if "print" in request.GET:
        page = print_page(line_of(request, found), Filters.of(request.GET))
        return render_page(request, "desk/timeline/timeline_print.html", page)
    section = timeline_section(request, found)
    if "keep" in request.GET:
        remember(request, section.filters, by=staff_member(request))
    if request.htmx and ("before" in request.GET or "after" in request.GET):
        return render_page(request, "components/timeline.html", _without_known_end(request, section))
    opened = "opened" in request.GET
    fields = FilterFields(
        found, section.filters, _filter_form(request, found, section.filters) if opened else None, opened
    )
    context = {**vars(section), **vars(fields)}
    if not request.htmx:
        return render(request, "desk/timeline/timeline.html", context)
    response = render(request, "desk/timeline/timeline_section.html", context)
    response["HX-Replace-Url"] = _current_path(request) + "?" + section.filters.explicit_query
    return response


@require_safe
def timeline_filters(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show the form alone, which the customer's page fetches when it is opened."""
    found, filters = customer_or_404(request, pk), Filters.of(request.GET)
    fields = FilterFields(found, filters, _filter_form(request, found, filters), opened=True)
    return render_page(request, "desk/timeline/filter_fields.html", fields)


def _filter_form(request: HtmxHttpRequest, customer: Customer, filters: Filters) -> FilterForm:
    return FilterForm(line_of(request, customer), filters)


def _without_known_end(request: HtmxHttpRequest, section: TimelineSection) -> TimelineSection:
    """Leave out the link at the end that the page has already, and the title of the day that it ended with."""
    before, days = Place.of(request.GET).before, section.days
    if before and days:
        days[0].is_continued = days[0].day == timezone.localdate(before[0])
    return replace(section, newer=None) if before else replace(section, older=None)


def _current_path(request: HtmxHttpRequest) -> str:
    """Return the path of the page that htmx sends the request from, without its query."""
    return (request.htmx.current_url_abs_path or request.path).partition("?")[0]
