from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from customers.lookups import customer_or_404, visible_customers
from customers.models import Customer
from interactions.change_history import AuditedModel, versions
from interactions.models import Deletion
from interactions.permissions import may_restore
from partnership.desk.change_history.customer_history import customer_history
from partnership.desk.web.lookups import visible_entries
from partnership.staff.access import staff_member


@require_safe
@vary_on_headers("HX-Request")
def of_customer(request: HttpRequest, pk: int) -> HttpResponse:
    customer, before = customer_or_404(request, pk), request.GET.get("before", "")
    page = customer_history(customer, visible=visible_customers(request), before=before)
    url = reverse("customer_history", args=[pk])
    context = {
        "customer": customer,
        "events": page.rows,
        "older": page.after and f"{url}?before={quote(page.after)}",
        "first_day": None if page.after or is_kept_who_added(customer) else customer.created_at,
    }
    fragment = request.htmx and before  # type: ignore[attr-defined]
    return render(
        request, "desk/change_history/history.html#events" if fragment else "desk/change_history/history.html", context
    )


def is_kept_who_added(customer: Customer) -> bool:
    """Not so where they came before that was kept."""
    events: Any = AuditedModel(Customer).events
    return bool(events._base_manager.filter(pgh_obj_id=customer.pk, pgh_label="insert").exists())


@require_safe
def of_entry(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Its earlier texts; those of a deleted one are for who may bring it back."""
    customer = customer_or_404(request, pk)
    entry = visible_entries(request).filter(pk=entry_pk, customer=pk).first()
    if entry is None and not is_restorable(request, pk, entry_pk):
        raise Http404
    found, has_more = versions(entry_pk, entry)
    context = {
        "customer": customer, "entry": entry, "entry_pk": entry_pk, "versions": found, "has_more": has_more,
    }  # fmt: skip
    return render(request, "desk/change_history/entry_history.html", context)


def is_restorable(request: HttpRequest, pk: int, entry_pk: int) -> bool:
    standing = Deletion.objects.filter(customer=pk, interaction_id=entry_pk, undone_at=None).select_related("customer")
    deletion = standing.first()
    return deletion is not None and may_restore(staff_member(request), deletion)
