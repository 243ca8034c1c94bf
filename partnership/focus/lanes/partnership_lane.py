"""Partnerships: whom to give the next hour to, each with the first of their reasons.

What customers ask for, how often and how loudly, is in no factor and changes no place here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from partnership.core.pagination import Page, build_page, format_key, parse_key
from partnership.focus.lanes.factors import Breakdown, breakdown
from partnership.focus.lanes.reasons import is_urgent, sentence
from partnership.focus.lanes.scopes import Scope
from partnership.focus.lanes.waiting_lane import UNSHOWN_OF_CUSTOMER
from partnership.focus.models import FocusItem

SIZE = 10


@dataclass(frozen=True)
class Partner:
    """A row of the lane: `reason` is the item's sentence, `other_reasons` those of the customer's other items."""

    item: FocusItem
    reason: str
    why: Breakdown
    is_urgent: bool
    other_reasons: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Its place in the lane."""
        return format_key(repr(self.item.place), self.item.pk)

    @property
    def customer(self) -> Customer:
        return self.item.customer


def partnership_lane(
    visible: CustomerQuerySet, *, as_of: date, scope: Scope | None = None, after: str = "", size: int = SIZE
) -> Page[Partner]:
    """Return a page of the lane. BadRequest when `after` is no position in it."""
    ranked = leading_items(visible)
    if scope:
        ranked = ranked.filter(scope.items)
    if after:
        place, pk = parse_key(after, float)
        ranked = ranked.filter(place__lte=place).exclude(place=place, pk__gte=pk)
    page = build_page(ranked.only("place")[: size + 1], size=size, key=lambda item: (repr(item.place), item.pk))
    return Page(partners(page.rows, as_of=as_of), page.after)


def leading_items(visible: CustomerQuerySet) -> QuerySet[FocusItem]:
    """Return the first item of each active customer whom we may contact. Served by focus_items_in_order."""
    return FocusItem.objects.filter(
        is_lead=True, customer__in=visible.unmerged(), customer__lifecycle=Customer.Lifecycle.ACTIVE,
        customer__do_not_contact=False,
    ).order_by("-place", "-id")  # fmt: skip


def partners(chosen: Iterable[FocusItem], *, as_of: date) -> list[Partner]:
    """Read these items in full and their customers' other reasons, in one statement."""
    order = [item.pk for item in chosen]
    items: dict[int, FocusItem] = {}
    others: dict[int, list[str]] = defaultdict(list)
    for item in _with_other_reasons(order):
        if item.pk in order:
            items[item.pk] = item
        else:
            others[item.customer_id].append(sentence(item, as_of=as_of))
    return [_partner(items[pk], others[items[pk].customer_id], as_of=as_of) for pk in order if pk in items]


def _with_other_reasons(pks: Collection[int]) -> QuerySet[FocusItem]:
    customers = FocusItem.objects.filter(pk__in=pks).values("customer")
    stand = Q(is_lead=False, state__in=[FocusItem.State.OPEN, FocusItem.State.TAKEN])
    found = FocusItem.objects.filter(Q(pk__in=pks) | stand, customer__in=customers).order_by("-place", "id")
    unshown = (f"customer__{name}" for name in UNSHOWN_OF_CUSTOMER)
    return found.select_related("customer__owner", "customer__score__tier", "taken_by").defer(*unshown)


def _partner(item: FocusItem, other_reasons: list[str], *, as_of: date) -> Partner:
    why = breakdown(item, _partnership_score(item))
    return Partner(item, sentence(item, as_of=as_of), why, is_urgent(item, as_of=as_of), other_reasons)


def _partnership_score(item: FocusItem) -> float:
    score = getattr(item.customer, "score", None)
    return score.partnership if score else 0.0
