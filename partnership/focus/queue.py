"""Partnership: whom to give the next hour to, each with the reason that leads.

What customers ask, how often and how loudly, moves nobody here: it is in none of the factors.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from partnership.focus.factors import Breakdown, breakdown
from partnership.focus.models import FocusItem
from partnership.focus.reasons import is_urgent, sentence
from partnership.focus.scopes import Scope
from partnership.paging import Page, page_of, parse_key

SIZE = 10


@dataclass(frozen=True)
class Partner:
    """`reason` is the item's sentence; `also` are the sentences of the customer's other items."""

    item: FocusItem
    reason: str
    why: Breakdown
    is_urgent: bool
    also: list[str] = field(default_factory=list)

    @property
    def customer(self) -> Customer:
        return self.item.customer


def partnership_lane(
    visible: CustomerQuerySet, *, as_of: date, scope: Scope | None = None, after: str = "", size: int = SIZE
) -> Page[Partner]:
    """Pages by key. BadRequest when `after` is no place in the lane."""
    ranked = by_place(visible)
    if scope:
        ranked = ranked.filter(scope.items)
    if after:
        place, pk = parse_key(after, float)
        ranked = ranked.filter(place__lte=place).exclude(place=place, pk__gte=pk)
    page = page_of(ranked[: size + 1], size=size, key=lambda item: (repr(item.place), item.pk))
    return Page(partners(page.rows, as_of=as_of), page.after)


def by_place(visible: CustomerQuerySet) -> QuerySet[FocusItem]:
    """What leads of everybody whom we may give time to by ourselves. Served by focus_items_in_order."""
    return (
        FocusItem.objects.filter(
            leads=True, customer__in=visible.standing(), customer__lifecycle=Customer.Lifecycle.ACTIVE,
            customer__do_not_contact=False,
        )
        .select_related("customer__owner", "customer__score__tier", "taken_by")
        .order_by("-place", "-id")
    )  # fmt: skip


def partners(leading: list[FocusItem], *, as_of: date) -> list[Partner]:
    """One read for their other reasons, however many."""
    also: dict[int, list[str]] = defaultdict(list)
    others = FocusItem.objects.filter(customer__in=[item.customer_id for item in leading], leads=False)
    if leading:
        for item in others.filter(state__in=[FocusItem.State.OPEN, FocusItem.State.TAKEN]).order_by("-place", "id"):
            also[item.customer_id].append(sentence(item, as_of=as_of))
    return [
        Partner(
            item, sentence(item, as_of=as_of), breakdown(item, partnership_of(item)), is_urgent(item, as_of=as_of),
            also[item.customer_id],
        )
        for item in leading
    ]  # fmt: skip


def partnership_of(item: FocusItem) -> float:
    score = getattr(item.customer, "score", None)
    return score.partnership if score else 0.0
