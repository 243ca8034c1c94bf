"""What a request brings: who asks, what they may see (everything else is not there), what they sent."""

from typing import TypeVar

from django.db import models
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from customers.models import Commitment, ContactPoint, Customer, Goal
from customers.querysets import CustomerQuerySet
from interactions.models import Conversation, Interaction
from interactions.querysets import InteractionQuerySet
from partnership.staff.models.people.people import User

M = TypeVar("M", bound=models.Model)


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


def visible_entries(request: HttpRequest) -> InteractionQuerySet:
    """With what its actions depend on."""
    visible = visible_customers(request).standing()
    return Interaction.objects.filter(customer__in=visible).select_related("customer", "author", "wall_post")


def entry_or_404(request: HttpRequest, pk: int, entry_pk: int) -> Interaction:
    """One that stands on that customer's line of time."""
    return get_object_or_404(visible_entries(request), pk=entry_pk, customer=pk)


def conversation_or_404(request: HttpRequest, pk: int) -> Conversation:
    """With its customer, and who has it or stands in for them."""
    visible = Conversation.objects.filter(customer__in=visible_customers(request).standing())
    return get_object_or_404(visible.select_related("customer", "assignee__cover__cover", "department"), pk=pk)


def contact_point_or_404(request: HttpRequest, pk: int) -> ContactPoint:
    visible = ContactPoint.objects.filter(customer__in=visible_customers(request))
    return get_object_or_404(visible.select_related("customer"), pk=pk)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: also when nothing was filled in."""
    return request.POST if request.method == "POST" else None


def held(request: HttpRequest, record: M) -> M:
    """What is about to be changed, as it stands now and until the end of the transaction."""
    if request.method != "POST" or record.pk is None:
        return record
    model = type(record)
    return get_object_or_404(model._default_manager.select_for_update(no_key=True, of=("self",)), pk=record.pk)
