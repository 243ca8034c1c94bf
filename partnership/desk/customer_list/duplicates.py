"""Customers that a new record may duplicate."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Q

from customers.models import ContactPoint
from customers.normalisation import normalise, phone_parts
from customers.querysets import CustomerQuerySet
from customers.search import suggest_customers, word_condition
from partnership.desk.customer_list.columns import ListedCustomer, load_customers

_MOST = 5

# A shorter name is the beginning of too many.
_LEAST_LETTERS = 3

_NOBODY = Q(pk__in=[])


def find_likely_duplicates(
    visible: CustomerQuerySet, *, name: str, email: str, phone: str, at: datetime
) -> list[ListedCustomer]:
    """List who has the e-mail address or the phone number, then who has such a name; at most five."""
    reached = visible.unmerged().filter(_has_address(email) | _has_number(phone)).order_by("sort_key", "pk")
    found = list(reached.values_list("pk", flat=True)[:_MOST])
    name = name.strip()[:300]
    if len(name) >= _LEAST_LETTERS:
        found += [one.pk for one in suggest_customers(visible, name, limit=_MOST)]
    return load_customers(list(dict.fromkeys(found))[:_MOST], ("contact", "owner"), at=at)


def _has_address(email: str) -> Q:
    """Served by customers_contactpoint_one_owner."""
    try:
        same = ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL, normalised=normalise("email", email[:320]))
    except ValidationError:
        return _NOBODY  # not typed, or not to its end
    return Q(pk__in=same.values("customer"))


def _has_number(phone: str) -> Q:
    """In whatever notation."""
    phone = phone[:100]
    return (word_condition(phone, ()) if phone_parts(phone) else None) or _NOBODY
