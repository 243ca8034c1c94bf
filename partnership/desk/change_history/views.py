"""What was changed about a customer, and the earlier texts of one entry."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import quote

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from customers.lookups import customer_or_404, visible_customers
from customers.models import Customer
from interactions.change_history import AuditedModel, Event, Version, versions
from interactions.models import Deletion, Interaction
from interactions.permissions import may_restore
from partnership.core.requests import HtmxHttpRequest, render_page
from partnership.desk.change_history.customer_history import customer_history
from partnership.desk.web.lookups import visible_entries
from partnership.staff.access import staff_member


@dataclass(frozen=True)
class _CustomerHistoryPage:
    """A page of changes. `older`: the URL of the next page; `first_day`: when they were added, if no event says so."""

    customer: Customer
    events: list[Event]
    older: str | None
    first_day: datetime | None


@dataclass(frozen=True)
class _EntryHistoryPage:
    """The newest earlier texts. `entry`: None if it was deleted; `has_more`: there are more versions."""

    customer: Customer
    entry: Interaction | None
    entry_pk: int
    versions: list[Version]
    has_more: bool


@require_safe
@vary_on_headers("HX-Request")
def of_customer(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    customer, before = customer_or_404(request, pk), request.GET.get("before", "")
    found = customer_history(customer, visible=visible_customers(request), before=before)
    page = _CustomerHistoryPage(
        customer=customer,
        events=found.rows,
        older=f"{reverse('customer_history', args=[pk])}?before={quote(found.after)}" if found.after else None,
        first_day=None if found.after or _has_addition(customer) else customer.created_at,
    )
    fragment = "#events" if request.htmx and before else ""
    return render_page(request, f"desk/change_history/history.html{fragment}", page)


def _has_addition(customer: Customer) -> bool:
    """Tell whether an event says who added the customer; there is none for those older than the history."""
    events = cast("type[Model]", AuditedModel(Customer).events)
    return events._base_manager.filter(pgh_obj_id=customer.pk, pgh_label="insert").exists()


@require_safe
def of_entry(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Show an entry's earlier texts; a deleted entry's only to users who may restore it."""
    customer = customer_or_404(request, pk)
    entry = visible_entries(request).filter(pk=entry_pk, customer=pk).first()
    if entry is None and not _is_restorable(request, pk, entry_pk):
        raise Http404
    found, has_more = versions(entry_pk, entry)
    page = _EntryHistoryPage(customer, entry, entry_pk, found, has_more)
    return render_page(request, "desk/change_history/entry_history.html", page)


def _is_restorable(request: HttpRequest, pk: int, entry_pk: int) -> bool:
    deletions = Deletion.objects.filter(customer=pk, interaction_id=entry_pk, undone_at=None)
    deletion = deletions.select_related("customer").first()
    return deletion is not None and may_restore(staff_member(request), deletion)
