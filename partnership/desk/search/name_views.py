"""Suggestions for a name that is being typed into a form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.lookups import visible_customers
from customers.models import Customer
from customers.search import word_condition

_MOST_SUGGESTIONS = 12


@require_safe
def names(request: HttpRequest) -> HttpResponse:
    """Offer customers for `introducer_name`, organisations for `organisation_name`."""
    customers = visible_customers(request).unmerged()
    typed = request.GET.get("introducer_name", "")
    if "organisation_name" in request.GET:
        customers = customers.filter(kind=Customer.Kind.ORGANISATION)
        typed = request.GET["organisation_name"]
    condition = word_condition(typed[:300], ())
    found = customers.filter(condition) if condition else customers.none()
    suggested = found.select_related("organisation").order_by("sort_key", "id")[:_MOST_SUGGESTIONS]
    return render(request, "desk/search/names.html", {"found": suggested})
