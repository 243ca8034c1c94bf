from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partnership.desk.customer_page import composer_of, customer_page, relationship
from partnership.desk.finding import posted, staff_member, visible_customers


@require_http_methods(["GET", "HEAD", "POST"])
def compose(request: HttpRequest, pk: int, tab: str) -> HttpResponse:
    """A tab of the composer: GET shows the customer's page with it open, POST records."""
    customer = get_object_or_404(relationship(visible_customers(request)).standing(), pk=pk)
    form = composer_of(customer, tab, posted(request))
    if form.is_valid():
        form.save(by=staff_member(request), at=timezone.now())
        messages.success(request, _("Recorded."))
        return redirect(customer)
    status = 422 if form.is_bound else 200
    return render(request, "desk/customer.html", customer_page(request, customer, form=form), status=status)
