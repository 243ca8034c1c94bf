"""Customers that the signed-in user may see."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from partnership.staff.access import staff_member


def visible_customers(request: HttpRequest) -> CustomerQuerySet:
    return Customer.objects.visible_to(staff_member(request))


def customer_or_404(request: HttpRequest, pk: int) -> Customer:
    """Find a visible customer that was not merged into another; nothing is written for a merged one."""
    return get_object_or_404(visible_customers(request).unmerged(), pk=pk)
