"""Partnership: whom to give the next hour to, each with the reason that leads.

What customers ask, how often and how loudly, moves nobody here: it is in none of the factors.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from partnership.core.compiled_queries import by_keys
from partnership.core.pagination import Page, page_of, parse_key
from partnership.focus.lanes.factors import Breakdown, breakdown
from partnership.focus.lanes.reasons import is_urgent, sentence
from partnership.focus.lanes.scopes import Scope
from partnership.focus.lanes.waiting_lane import UNSHOWN
from partnership.focus.models import FocusItem

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
    page = page_of(ranked.only("place")[: size + 1], size=size, key=lambda item: (repr(item.place), item.pk))
    return Page(partners(page.rows, as_of=as_of), page.after)


def by_place(visible: CustomerQuerySet) -> QuerySet[FocusItem]:
    """What leads of everybody whom we may give time to by ourselves. Served by focus_items_in_order."""
    return FocusItem.objects.filter(
        leads=True, customer__in=visible.unmerged(), customer__lifecycle=Customer.Lifecycle.ACTIVE,
        customer__do_not_contact=False,
    ).order_by("-place", "-id")  # fmt: skip


def partners(chosen: Iterable[FocusItem], *, as_of: date) -> list[Partner]:
    """One read, however many: these items in full, and their customers' other reasons."""
    order = [item.pk for item in chosen]
    items: dict[int, FocusItem] = {}
    also: dict[int, list[str]] = defaultdict(list)
    for item in OTHERS_READ(order):
        if item.pk in order:
            items[item.pk] = item
        else:
            also[item.customer_id].append(sentence(item, as_of=as_of))
    return [partner_of(items[pk], also[items[pk].customer_id], as_of=as_of) for pk in order if pk in items]


def with_their_others(pks: Collection[int]) -> QuerySet[FocusItem]:
    customers = FocusItem.objects.filter(pk__in=pks).values("customer")
    stand = Q(leads=False, state__in=[FocusItem.State.OPEN, FocusItem.State.TAKEN])
    found = FocusItem.objects.filter(Q(pk__in=pks) | stand, customer__in=customers).order_by("-place", "id")
    unshown = (f"customer__{name}" for name in UNSHOWN)
    return found.select_related("customer__owner", "customer__score__tier", "taken_by").defer(*unshown)


OTHERS_READ = by_keys(with_their_others)


def partner_of(item: FocusItem, also: list[str], *, as_of: date) -> Partner:
    why = breakdown(item, partnership_of(item))
    return Partner(item, sentence(item, as_of=as_of), why, is_urgent(item, as_of=as_of), also)


def partnership_of(item: FocusItem) -> float:
    score = getattr(item.customer, "score", None)
    return score.partnership if score else 0.0
