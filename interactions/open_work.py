"""The conversations and promises of a colleague, as open work to be handed over."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from customers.models import Commitment, Customer
from interactions.models import Conversation
from partnership.core.formats import format_number
from partnership.staff.models import User
from partnership.staff.people.open_work import WORK, WorkKind


def _conversations(person: User) -> QuerySet[Conversation]:
    open_ones = Conversation.objects.filter(assignee=person, joined_into=None).exclude(
        status=Conversation.Status.CLOSED
    )
    return open_ones.select_related("customer").order_by("last_interaction_at", "pk")


def _promises(person: User) -> QuerySet[Commitment]:
    ours = Commitment.objects.outstanding().filter(party=Commitment.Party.US, owner=person)
    return ours.select_related("customer").order_by("due_on", "pk")


def _hand_over_conversations(person: User, *, to: User, by: User, at: datetime) -> int:
    return _conversations(person).filter(customer__in=Customer.objects.visible_to(to)).update(assignee=to)


def _hand_over_promises(person: User, *, to: User, by: User, at: datetime) -> int:
    """Give the promises, not the entries that say who made them."""
    return _promises(person).filter(customer__in=Customer.objects.visible_to(to)).update(owner=to)


def _count_conversations(number: int) -> str:
    text = ngettext(
        "%(number)s open conversation assigned to them", "%(number)s open conversations assigned to them", number
    )
    return text % {"number": format_number(number)}


def _count_promises(number: int) -> str:
    text = ngettext(
        "%(number)s promise of ours that they have to keep",
        "%(number)s promises of ours that they have to keep",
        number,
    )
    return text % {"number": format_number(number)}


WORK += [
    WorkKind(
        "conversations",
        _count_conversations,
        _conversations,
        lambda thread: (f"{thread.customer}: {thread}", reverse("conversation", args=[thread.pk])),
        _hand_over_conversations,
    ),
    WorkKind(
        "promises",
        _count_promises,
        _promises,
        lambda promise: (
            f"{promise.customer}: {promise}",
            f"{reverse('customer', args=[promise.customer_id])}#promises-title",
        ),
        _hand_over_promises,
    ),
]
