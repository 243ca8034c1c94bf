"""The list of customers, and the form of a customer's record."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

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
from partnership.core.forms import save_unique
from partnership.core.requests import HtmxHttpRequest, accepts_form, held, posted, render_page, report_done
from partnership.desk.bulk.operations import BulkAction, actions_for
from partnership.desk.customer.forms import CustomerForm, NewCustomerForm
from partnership.desk.customer_list.choices import filter_choices, forget_choices
from partnership.desk.customer_list.columns import ListedCustomer
from partnership.desk.customer_list.duplicates import find_likely_duplicates
from partnership.desk.customer_list.forms import ListForm
from partnership.desk.customer_list.pages import ListPage, list_customers
from partnership.desk.saved_views.selection import ViewSelection, requested_view, select_view
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
@transaction.atomic
def new_customer(request: HttpRequest) -> HttpResponse:
    """Add a customer, with how to reach them, and their organisation if it is new."""
    instance = Customer(owner=staff_member(request), since=timezone.localdate())
    form = NewCustomerForm(
        posted(request),
        request.FILES or None,
        instance=instance,
        visible=visible_customers(request),
        by=staff_member(request),
    )
    if form.is_valid() and save_unique(form):
        return _leave(request, form.instance, _("The customer is added."))
    likely = _likely_duplicates(request, form.data) if form.is_bound else []
    page = _CustomerFormPage(_("Add a customer"), form, _("Add customer"), reverse("customers"), likely)
    return _show_form(request, page)


@accepts_form
@transaction.atomic
def edit_customer(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk)
    form = CustomerForm(
        posted(request),
        request.FILES or None,
        instance=held(request, customer),
        visible=visible_customers(request),
        by=staff_member(request),
    )
    if form.is_valid():
        return _leave(request, form.save(), _("Saved."))
    return _show_form(request, _CustomerFormPage(_("Details"), form, _("Save"), customer.get_absolute_url(), []))


@dataclass(frozen=True)
class _CustomerFormPage:
    """`action` labels the button, `back` is the URL of Cancel; `likely`: customers who may be the same."""

    title: str
    form: CustomerForm
    action: str
    back: str
    likely: list[ListedCustomer]


def _show_form(request: HttpRequest, page: _CustomerFormPage) -> HttpResponse:
    status = 422 if page.form.is_bound else 200
    return render_page(request, "desk/customer_list/customer_form.html", page, status=status)


def _leave(request: HttpRequest, saved: Customer, text: str) -> HttpResponse:
    forget_choices()
    report_done(request, text)
    may_see = visible_customers(request).filter(pk=saved.pk).exists()
    return redirect(saved) if may_see else redirect("customers")


@require_safe
def likely_duplicates(request: HttpRequest) -> HttpResponse:
    """Show the likely duplicates of a new customer while the form is filled in."""
    try:
        with statement_timeout():
            likely = _likely_duplicates(request, request.GET)
    except TooSlowError:
        likely = []
    return render(request, "desk/customer_list/likely_duplicates.html", {"likely": likely})


def _likely_duplicates(request: HttpRequest, given: Mapping[str, Any]) -> list[ListedCustomer]:
    return find_likely_duplicates(
        visible_customers(request),
        name=given.get("name", ""),
        email=given.get("email", ""),
        phone=given.get("phone", ""),
        at=timezone.localtime(),
    )
