"""The list of customers, and the form of a customer's record."""

from contextlib import nullcontext
from dataclasses import dataclass

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
from partnership.core.requests import HtmxHttpRequest, accepts_form, held, posted, render_page
from partnership.desk.bulk.operations import BulkAction, actions_for
from partnership.desk.customer.forms import CustomerForm
from partnership.desk.customer_list.choices import filter_choices
from partnership.desk.customer_list.forms import ListForm
from partnership.desk.customer_list.pages import ListPage, list_customers
from partnership.desk.saved_views.selection import ViewSelection, requested_view, select_view
from partnership.desk.web.single_pages import FormPage
from partnership.desk.web.statement_timeout import TooSlowError, statement_timeout
from partnership.staff.access import staff_member


@dataclass(frozen=True)
class _CustomersPage:
    listing: ListPage
    form: ListForm
    views: ViewSelection
    bulk_actions: dict[str, BulkAction]


@require_safe
@vary_on_headers("HX-Request")
def customers(request: HtmxHttpRequest) -> HttpResponse:
    """Show the list; to htmx its results alone, and after the first page only more rows."""
    form, after, viewer = ListForm(request.GET), request.GET.get("after", ""), staff_member(request)
    views = select_view(viewer, requested_view(request.GET))
    try:
        with statement_timeout() if form.criteria else nullcontext():
            listing = list_customers(
                visible_customers(request),
                form.criteria,
                viewer=viewer,
                at=timezone.localtime(),
                columns=views.columns,
                after=after,
            )
    except TooSlowError:
        return render(request, "desk/web/too_slow.html", {"form": form}, status=503)
    fragment = ("#more" if after else "#results") if request.htmx else ""
    if not fragment:
        form.offer(filter_choices())
    page = _CustomersPage(listing, form, views, actions_for(viewer))
    return render_page(request, f"desk/customer_list/customers.html{fragment}", page)


@accepts_form
def new_customer(request: HttpRequest) -> HttpResponse:
    instance = Customer(owner=staff_member(request), since=timezone.localdate())
    return _edit(request, instance, _("Add a customer"), _("Add"), back=reverse("customers"))


@accepts_form
def edit_customer(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk)
    return _edit(request, customer, _("Details"), _("Save"), back=customer.get_absolute_url())


@transaction.atomic
def _edit(request: HttpRequest, customer: Customer, title: str, action: str, *, back: str) -> HttpResponse:
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
    return FormPage(title, form, action, back).render(request)
