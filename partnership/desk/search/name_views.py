"""Suggestions for a name that is being typed into a form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.lookups import visible_customers
from customers.models import Customer
from customers.search import word_condition

_MOST_SUGGESTIONS = 12
_FIELDS = ("organisation_name", "introducer_name", "introduced")


@require_safe
def names(request: HttpRequest) -> HttpResponse:
    """Offer customers for the field that is typed in, organisations alone for `organisation_name`."""
    customers = visible_customers(request).unmerged()
    typed = next((request.GET[field] for field in _FIELDS if field in request.GET), "")
    if "organisation_name" in request.GET:
        customers = customers.filter(kind=Customer.Kind.ORGANISATION)
    condition = word_condition(typed[:300], ())
    found = customers.filter(condition) if condition else customers.none()
    suggested = found.select_related("organisation").order_by("sort_key", "id")[:_MOST_SUGGESTIONS]
    return render(request, "desk/search/names.html", {"found": suggested})
