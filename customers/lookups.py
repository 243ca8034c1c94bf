"""Which customers a user may see, which colleagues can be given work on them, and which lists and dashboards count."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from partnership.staff.access import staff_member
from partnership.staff.models import ADMIN, MANAGER, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ANY_LIFECYCLE = "all"

# The filter of the list of customers and of Health, so that both mean the same ones.
LIFECYCLE_FILTERS: "list[tuple[str, StrOrPromise]]" = [
    ("", _("all but ended")), (ANY_LIFECYCLE, _("all")), *Customer.Lifecycle.choices,
]  # fmt: skip


def lifecycle_condition(chosen: str, path: str = "") -> Q:
    """Return the condition of one of LIFECYCLE_FILTERS; `path` leads to the customer, such as `customer__`."""
    if chosen == ANY_LIFECYCLE:
        return Q()
    if chosen:
        return Q(**{f"{path}lifecycle": chosen})
    if not path:
        return ~Q(lifecycle=Customer.Lifecycle.ENDED)
    # No join: served by customers_let_be.
    ended = Customer.objects.filter(lifecycle=Customer.Lifecycle.ENDED).order_by().values("pk")
    return ~Q(**{f"{path.removesuffix('__')}__in": ended})


def visible_customers(request: HttpRequest) -> CustomerQuerySet:
    return Customer.objects.visible_to(staff_member(request))


def customer_or_404(request: HttpRequest, pk: int) -> Customer:
    """Find a visible customer that was not merged into another; nothing is written for a merged one."""
    return get_object_or_404(visible_customers(request).unmerged(), pk=pk)


# For a choice among colleagues_for() that is none of them, as somebody else's window may still offer it.
NOT_OFFERED = _("That colleague may not see this customer: choose the owner or a manager.")


def colleagues_for(customer: Customer) -> QuerySet[User]:
    """Select the staff members who may be given work on the customer: at work, and allowed to see them."""
    staff = User.objects.at_work()
    if not customer.restricted:
        return staff
    managers = User.groups.through.objects.filter(group__name__in=[MANAGER, ADMIN]).values("user")
    return staff.filter(Q(pk=customer.owner_id) | Q(is_superuser=True) | Q(pk__in=managers))


def work_obstacle(user: User, customer_id: int) -> str:
    """Explain why the user cannot be given work on the customer; empty if they can."""
    if not User.objects.at_work().filter(pk=user.pk).exists():
        return gettext("%(name)s has no role or has left: choose another colleague.") % {"name": user}
    if not Customer.objects.visible_to(user).filter(pk=customer_id).exists():
        return gettext("%(name)s may not see this customer: choose the owner or a manager.") % {"name": user}
    return ""


def restriction_obstacle(customer: Customer, by: User) -> str:
    """Explain why the user may not make the customer restricted; empty if they may.

    Managers may, and the owner, unless they took the customer from a colleague, who could no longer see them.
    """
    if by.is_manager:
        return ""
    if customer.owner_id != by.pk:
        return gettext("Only the owner or a manager can make this customer restricted.")
    former = _former_owner(customer, by)
    if former is None:
        return ""
    return gettext("You took this customer over from %(name)s: only a manager can make them restricted.") % {
        "name": former
    }


def _former_owner(customer: Customer, by: User) -> User | None:
    """Return the active colleague who owned the customer until the user took over; None where another user did that."""
    events = Customer.pgh_event_model.objects.filter(pgh_obj_id=customer.pk)  # type: ignore[attr-defined]
    event = events.exclude(owner_id=customer.owner_id).order_by("-pgh_id").select_related("pgh_context").first()
    if event is None or event.owner_id is None or event.pgh_context is None:
        return None
    if event.pgh_context.metadata.get("user") != by.pk:
        return None
    return User.objects.at_work().filter(pk=event.owner_id).first()
