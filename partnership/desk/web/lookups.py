"""Find a record by its key among those that the signed-in user may see; answer 404 for all others."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from customers.lookups import visible_customers
from customers.models import Commitment, ContactPoint, Goal
from interactions.models import Conversation, Interaction
from interactions.querysets import InteractionQuerySet


def goal_or_404(request: HttpRequest, pk: int) -> Goal:
    visible = Goal.objects.filter(customer__in=visible_customers(request))
    return get_object_or_404(visible.select_related("customer"), pk=pk)


def promise_or_404(request: HttpRequest, pk: int) -> Commitment:
    visible = Commitment.objects.filter(customer__in=visible_customers(request))
    return get_object_or_404(visible.select_related("customer"), pk=pk)


def visible_entries(request: HttpRequest) -> InteractionQuerySet:
    """Fetch entries with what their actions depend on."""
    visible = visible_customers(request).unmerged()
    return Interaction.objects.filter(customer__in=visible).select_related("customer", "author", "wall_post")


def entry_or_404(request: HttpRequest, pk: int, entry_pk: int) -> Interaction:
    """Find an entry on that customer's timeline."""
    return get_object_or_404(visible_entries(request), pk=entry_pk, customer=pk)


def conversation_or_404(request: HttpRequest, pk: int) -> Conversation:
    """Find a conversation with its customer, its assignee and their covers."""
    visible = Conversation.objects.filter(customer__in=visible_customers(request).unmerged())
    return get_object_or_404(visible.select_related("customer", "assignee__cover__cover", "department"), pk=pk)


def contact_point_or_404(request: HttpRequest, pk: int) -> ContactPoint:
    visible = ContactPoint.objects.filter(customer__in=visible_customers(request))
    return get_object_or_404(visible.select_related("customer"), pk=pk)
