from contextlib import nullcontext

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from customers.lookups import customer_or_404, visible_customers
from customers.models import Customer
from partnership.core.requests import HtmxHttpRequest, accepts_form, held, posted
from partnership.desk.bulk.operations import offered_to
from partnership.desk.customer.forms import CustomerForm
from partnership.desk.customer_list.choices import choices
from partnership.desk.customer_list.forms import ListForm
from partnership.desk.customer_list.pages import listing
from partnership.desk.saved_views.selection import Shelf, view_named
from partnership.desk.web.statement_timeout import TooSlowError, statement_timeout
from partnership.staff.access import staff_member


@require_safe
@vary_on_headers("HX-Request")
def customers(request: HtmxHttpRequest) -> HttpResponse:
    """The list; where htmx asks, its results alone, and further down only more rows."""
    form = ListForm(request.GET)
    after = request.GET.get("after", "")
    shelf = Shelf.of(staff_member(request), view_named(request.GET))
    try:
        with statement_timeout() if form.asked else nullcontext():
            found = listing(
                visible_customers(request),
                form.asked,
                viewer=staff_member(request),
                at=timezone.localtime(),
                columns=shelf.columns,
                after=after,
            )
    except TooSlowError:
        return render(request, "desk/web/too_slow.html", {"form": form}, status=503)
    context = {"listing": found, "form": form, "shelf": shelf, "bulk": offered_to(staff_member(request))}
    if request.htmx:
        return render(request, f"desk/customer_list/customers.html#{'more' if after else 'results'}", context)
    form.offer(choices())
    return render(request, "desk/customer_list/customers.html", context)


@accepts_form
def new_customer(request: HttpRequest) -> HttpResponse:
    instance = Customer(owner=staff_member(request), since=timezone.localdate())
    return edit(request, instance, _("Add a customer"), _("Add"), back=reverse("customers"))


@accepts_form
def edit_customer(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk)
    return edit(request, customer, _("Details"), _("Save"), back=customer.get_absolute_url())


@transaction.atomic
def edit(request: HttpRequest, customer: Customer, title: str, action: str, *, back: str) -> HttpResponse:
    form = CustomerForm(
        posted(request),
        request.FILES or None,
        instance=held(request, customer),
        visible=visible_customers(request),
        by=staff_member(request),
    )
    if form.is_valid():
        saved = form.save()
        messages.success(request, _("Saved."))
        may_see = visible_customers(request).filter(pk=saved.pk).exists()
        return redirect(saved) if may_see else redirect("customers")
    context = {"title": title, "form": form, "action": action, "back": back}
    return render(request, "desk/web/form.html", context, status=422 if form.is_bound else 200)
