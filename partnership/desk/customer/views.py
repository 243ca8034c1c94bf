from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from customers.lookups import customer_or_404
from partnership.core.requests import HtmxHttpRequest, render_page
from partnership.desk.customer.facts import about_section
from partnership.desk.customer.page import customer_page, draft_section
from partnership.desk.customer.relationship import relationship_or_404
from partnership.desk.customer.score_page import score_form, score_json, score_page
from partnership.staff.access import staff_member


@require_safe
def customer(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    found = relationship_or_404(staff_member(request), pk, today=timezone.localdate())
    if found.customer.merged_into_id:
        raise Http404  # partnership.desk.merging.middleware redirects to the survivor
    page = customer_page(request, found, draft_section(request, found))
    return render_page(request, "desk/customer/customer.html", page)


@require_safe
@vary_on_headers("HX-Request")
def about(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show the right column, which the customer's page fetches; without JavaScript a page of its own."""
    template = "desk/customer/about.html" if request.htmx else "desk/customer/about_page.html"
    return render_page(request, template, about_section(request, customer_or_404(request, pk)))


@require_safe
@vary_on_headers("HX-Request")
def why(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    found, form = customer_or_404(request, pk), score_form(request)
    template = "desk/customer/why.html#reasons" if request.htmx else "desk/customer/why.html"
    return render_page(request, template, score_page(found, form), status=200 if form.is_valid() else 422)


@require_safe
def why_as_json(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    found, form = customer_or_404(request, pk), score_form(request)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    return JsonResponse(score_json(found, form))
