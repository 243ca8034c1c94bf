"""What can be done to the customers who were chosen in the list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers import bulk
from customers.models import Customer
from customers.querysets import CustomerQuerySet
from partnership.desk.bulk.forms import AssignForm, LifecycleForm, TagForm
from partnership.desk.customer_list.filters import narrowed
from partnership.desk.customer_list.forms import ListForm
from partnership.desk.customer_list.pages import searched
from partnership.staff.access import LEAST_ROLE, has_role
from partnership.staff.models import User


@dataclass(frozen=True)
class Action:
    """`apply` takes the customers and the form's fields, and says how many it changed."""

    label: str | Promise
    form: Callable[..., Any]
    apply: Callable[..., int]


BULK: dict[str, Action] = {
    "tag": Action(_("Tag"), TagForm, bulk.tag),
    "untag": Action(_("Take a tag off"), TagForm, bulk.untag),
    "assign": Action(_("Assign"), AssignForm, bulk.assign),
    "lifecycle": Action(_("Set the lifecycle"), LifecycleForm, bulk.set_lifecycle),
}
"""By the words of the URL."""


def offered_to(user: User) -> dict[str, Action]:
    return {name: action for name, action in BULK.items() if has_role(user, LEAST_ROLE[f"bulk {name}"])}


def chosen(visible: CustomerQuerySet, given: QueryDict, *, viewer: User, at: datetime) -> CustomerQuerySet:
    """Those who were ticked, or with `everyone` all that the list's `query` finds; never one that is not visible."""
    if not given.get("everyone"):
        pks = [int(pk) for pk in given.getlist("pk") if pk.isdecimal() and len(pk) < 18]
        return visible.unmerged().filter(pk__in=pks)
    asked = ListForm(QueryDict(given.get("query", "")[:2000])).asked
    fitting: CustomerQuerySet = narrowed(visible, asked, viewer=viewer, at=at)
    if "q" in asked:
        return Customer.objects.filter(pk__in=searched(fitting, visible, asked["q"], at=at))
    return fitting
