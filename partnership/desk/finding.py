"""What a request brings: who asks, what they may see (everything else is not there), what they sent."""

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from customers.models import Commitment, Customer, Goal
from customers.querysets import CustomerQuerySet
from partnership.staff.models import User


def staff_member(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # LoginRequiredMiddleware lets nobody else through
    return request.user


def visible_customers(request: HttpRequest) -> CustomerQuerySet:
    return Customer.objects.visible_to(staff_member(request))


def customer_or_404(request: HttpRequest, pk: int) -> Customer:
    """One who stands: nothing is written on the line of one who was merged away."""
    return get_object_or_404(visible_customers(request).standing(), pk=pk)


def goal_or_404(request: HttpRequest, pk: int) -> Goal:
    visible = Goal.objects.filter(customer__in=visible_customers(request))
    return get_object_or_404(visible.select_related("customer"), pk=pk)


def promise_or_404(request: HttpRequest, pk: int) -> Commitment:
    visible = Commitment.objects.filter(customer__in=visible_customers(request))
    return get_object_or_404(visible.select_related("customer"), pk=pk)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: also when nothing was filled in."""
    return request.POST if request.method == "POST" else None
