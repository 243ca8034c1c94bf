"""The actions on customers ticked in the list, and which customers those are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers import bulk
from customers.querysets import CustomerQuerySet
from partnership.core.params import parse_number
from partnership.desk.bulk.forms import AssignForm, LifecycleForm, TagForm
from partnership.desk.customer_list.filters import filter_customers
from partnership.desk.customer_list.forms import ListForm
from partnership.desk.customer_list.pages import matching_customers
from partnership.staff.access import LEAST_ROLE, has_role
from partnership.staff.models import User


@dataclass(frozen=True)
class BulkAction:
    """An action. `apply` takes the customers and the form's fields, and returns how many it changed."""

    label: str | Promise
    form: type[forms.Form]
    apply: Callable[..., int]


# By their names in URLs.
ACTIONS: dict[str, BulkAction] = {
    "tag": BulkAction(_("Add tag"), TagForm, bulk.tag),
    "untag": BulkAction(_("Remove tag"), TagForm, bulk.untag),
    "assign": BulkAction(_("Assign owner"), AssignForm, bulk.assign),
    "lifecycle": BulkAction(_("Set lifecycle"), LifecycleForm, bulk.set_lifecycle),
}


def actions_for(user: User) -> dict[str, BulkAction]:
    return {name: action for name, action in ACTIONS.items() if has_role(user, LEAST_ROLE[f"bulk {name}"])}


def chosen_customers(visible: CustomerQuerySet, data: QueryDict, *, viewer: User, at: datetime) -> CustomerQuerySet:
    """Find the visible customers that were ticked, or with `everyone` all that the list's `query` finds."""
    if not data.get("everyone"):
        pks = [pk for text in data.getlist("pk") if (pk := parse_number(text)) is not None]
        return visible.unmerged().filter(pk__in=pks)
    criteria = ListForm(QueryDict(data.get("query", "")[:2000])).criteria
    matching = filter_customers(visible, criteria, viewer=viewer, at=at)
    return matching_customers(matching, visible, criteria["q"]) if "q" in criteria else matching
