from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from customers.models import Customer
from partnership.desk.customer_list import ListForm, listing
from partnership.desk.finding import customer_or_404, posted, staff_member, visible_customers
from partnership.desk.forms.customer import CustomerForm


@require_safe
@vary_on_headers("HX-Request")
def customers(request: HttpRequest) -> HttpResponse:
    form = ListForm(request.GET)
    form.is_valid()
    found = listing(visible_customers(request), form.asked, after=request.GET.get("after", ""))
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "desk/customers.html#rows", {"listing": found})
    form.offer_choices()
    return render(request, "desk/customers.html", {"form": form, "listing": found})


@require_http_methods(["GET", "HEAD", "POST"])
def new_customer(request: HttpRequest) -> HttpResponse:
    instance = Customer(owner=staff_member(request), since=timezone.localdate())
    return edit(request, instance, _("Add a customer"), _("Add"), back=reverse("customers"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_customer(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk)
    return edit(request, customer, _("Details"), _("Save"), back=customer.get_absolute_url())


def edit(request: HttpRequest, customer: Customer, title: str, action: str, *, back: str) -> HttpResponse:
    form = CustomerForm(posted(request), instance=customer, visible=visible_customers(request))
    if form.is_valid():
        saved = form.save()
        messages.success(request, _("Saved."))
        may_see = visible_customers(request).filter(pk=saved.pk).exists()
        return redirect(saved) if may_see else redirect("customers")
    context = {"title": title, "form": form, "action": action, "back": back}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)
