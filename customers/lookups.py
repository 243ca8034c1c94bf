"""Customers that the signed-in user may see, and which of them lists and dashboards count."""

from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from partnership.staff.access import staff_member

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ANY_LIFECYCLE = "all"

# The filter of the list of customers and of Health, so that both mean the same ones.
LIFECYCLE_FILTERS: "list[tuple[str, StrOrPromise]]" = [
    ("", _("all but ended")), (ANY_LIFECYCLE, _("all")), *Customer.Lifecycle.choices,
]  # fmt: skip


def lifecycle_condition(chosen: str, path: str = "") -> Q:
    """Return the condition of one of LIFECYCLE_FILTERS; `path` leads to the customer, such as `customer__`."""
    if chosen == ANY_LIFECYCLE:
        return Q()
    if chosen:
        return Q(**{f"{path}lifecycle": chosen})
    if not path:
        return ~Q(lifecycle=Customer.Lifecycle.ENDED)
    # No join: served by customers_let_be.
    ended = Customer.objects.filter(lifecycle=Customer.Lifecycle.ENDED).order_by().values("pk")
    return ~Q(**{f"{path.removesuffix('__')}__in": ended})


def visible_customers(request: HttpRequest) -> CustomerQuerySet:
    return Customer.objects.visible_to(staff_member(request))


def customer_or_404(request: HttpRequest, pk: int) -> Customer:
    """Find a visible customer that was not merged into another; nothing is written for a merged one."""
    return get_object_or_404(visible_customers(request).unmerged(), pk=pk)
