from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from interactions.models import Kind
from partnership.desk.customer_page import customer_page, relationship, why_page
from partnership.desk.finding import customer_or_404, visible_customers
from partnership.desk.timeline import WHOLE, Filters, days_of, rows_of, timeline_page


@require_safe
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(relationship(visible_customers(request)), pk=pk)
    if found.merged_into_id:
        return redirect("customer", found.merged_into_id)
    return render(request, "desk/customer.html", customer_page(request, found))


@require_safe
@vary_on_headers("HX-Request")
def why(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(relationship(visible_customers(request)).standing(), pk=pk)
    template = "desk/why.html#reasons" if request.htmx else "desk/why.html"  # type: ignore[attr-defined]
    return render(request, template, why_page(found, as_of=timezone.localdate()))


@require_safe
@vary_on_headers("HX-Request")
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    found = customer_or_404(request, pk)
    filters, before = Filters.of(request.GET), request.GET.get("before", "")
    days, older = timeline_page(found, filters, before)
    context = {
        "customer": found,
        "days": days,
        "filters": filters,
        "kinds": Kind.choices,
        "only": ", ".join(str(Kind(kind).label) for kind in filters.kinds),
        "older": older and filters.url(found.pk, before=older),
    }
    fragment = request.htmx and before  # type: ignore[attr-defined]
    return render(request, "components/timeline.html" if fragment else "desk/timeline.html", context)


@require_safe
def entry(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """One row of the timeline, whole: what a link to it opens."""
    found = customer_or_404(request, pk)
    rows = rows_of(found, limit=WHOLE).filter(pk=entry_pk)
    days = days_of(rows, found)
    if not days:
        raise Http404
    return render(request, "desk/entry.html", {"customer": found, "days": days})
