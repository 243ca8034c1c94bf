"""The customers whom a colleague owns, as open work to be handed over."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import ngettext

from customers.bulk import assign
from customers.models import Customer
from customers.querysets import CustomerQuerySet
from partnership.core.formats import format_number
from partnership.staff.models import User
from partnership.staff.people.open_work import WORK, WorkKind


def _owned(person: User) -> CustomerQuerySet:
    return Customer.objects.unmerged().filter(owner=person).order_by("sort_key", "pk")


def _hand_over(person: User, *, to: User, by: User, at: datetime) -> int:
    return assign(_owned(person), owner=to)


def _count(number: int) -> str:
    text = ngettext("%(number)s customer whom they own", "%(number)s customers whom they own", number)
    return text % {"number": format_number(number)}


WORK.append(
    WorkKind(
        "customers",
        _count,
        _owned,
        lambda customer: (str(customer), reverse("customer", args=[customer.pk])),
        _hand_over,
    )
)
