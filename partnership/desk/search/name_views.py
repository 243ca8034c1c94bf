from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.lookups import visible_customers
from customers.models import Customer
from customers.search import word_condition

SUGGESTIONS = 12


@require_safe
def names(request: HttpRequest) -> HttpResponse:
    """Options of a list: whom the name that is being typed may mean. `organisation_name` asks for organisations."""
    among = visible_customers(request).unmerged()
    typed = request.GET.get("introducer_name", "")
    if "organisation_name" in request.GET:
        among = among.filter(kind=Customer.Kind.ORGANISATION)
        typed = request.GET["organisation_name"]
    asked = word_condition(typed[:300], ())
    found = among.filter(asked).select_related("organisation").order_by("sort_key", "id") if asked else among.none()
    return render(request, "desk/search/names.html", {"found": found[:SUGGESTIONS]})
