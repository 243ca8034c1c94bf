"""Customers whom somebody may be about to add a second time."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from customers.models import ContactPoint
from customers.normalisation import normalise
from customers.querysets import CustomerQuerySet
from customers.search import suggest_customers
from partnership.desk.customer_list.columns import ListedCustomer, load_customers

_MOST = 5

# A shorter name is the beginning of too many.
_LEAST_LETTERS = 3


def find_likely_duplicates(
    visible: CustomerQuerySet, *, name: str, email: str, phone: str, at: datetime
) -> list[ListedCustomer]:
    """List who has the e-mail address or the phone number, then who has such a name; at most five."""
    same_point = visible.unmerged().filter(contact_points__in=_same_points(email, phone)).order_by("sort_key", "pk")
    found = list(same_point.values_list("pk", flat=True)[:_MOST])
    name = name.strip()[:300]
    if len(name) >= _LEAST_LETTERS:
        found += [one.pk for one in suggest_customers(visible, name, limit=_MOST)]
    return load_customers(list(dict.fromkeys(found))[:_MOST], ("contact", "owner"), at=at)


def _same_points(email: str, phone: str) -> QuerySet[ContactPoint]:
    """Served by customers_contactpoint_one_owner."""
    conditions = Q(pk__in=[])
    for kind, value in (("email", email), ("phone", phone)):
        try:
            conditions |= Q(kind=kind, normalised=normalise(kind, value[:320]))
        except ValidationError:
            continue  # not typed, or not to its end
    return ContactPoint.objects.filter(conditions)
