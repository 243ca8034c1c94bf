"""What is done to many customers at once: one statement each, whose triggers keep what stood before.

Each returns how many it changed; those who were so already are left alone.
"""

from django.db.models import F, Func, QuerySet, Value

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from partnership.staff.models import User


def those(customers: CustomerQuerySet) -> QuerySet[Customer]:
    return Customer.objects.filter(pk__in=customers.order_by().values("pk"))


def tag(customers: CustomerQuerySet, *, tag: str) -> int:
    untagged = those(customers).exclude(tags__contains=[tag])
    return untagged.update(tags=Func(F("tags"), Value(tag), function="array_append"))


def untag(customers: CustomerQuerySet, *, tag: str) -> int:
    tagged = those(customers).filter(tags__contains=[tag])
    return tagged.update(tags=Func(F("tags"), Value(tag), function="array_remove"))


def assign(customers: CustomerQuerySet, *, owner: User | None) -> int:
    return those(customers).exclude(owner=owner).update(owner=owner)


def set_lifecycle(customers: CustomerQuerySet, *, lifecycle: str) -> int:
    return those(customers).exclude(lifecycle=lifecycle).update(lifecycle=lifecycle)
