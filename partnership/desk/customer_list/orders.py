"""In which order: each has a place for everybody it can place; the others come last, the newest first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.querysets import CustomerQuerySet
from interactions.models import Conversation
from partnership.core.pagination import parse_key, parse_moment
from partnership.desk.customer_list.filters import heard

Places = list[tuple[Any, int, int]]
"""(where one stands, None where one has no place; the pk of the row that says so; customer's pk)."""

UNPLACED = "-"


def last_heard() -> Subquery:
    """Served by interactions_timeline."""
    return Subquery(heard().filter(customer=OuterRef("pk")).order_by("-occurred_at", "-id").values("occurred_at")[:1])


def longest_waiting() -> Subquery:
    return Subquery(Conversation.objects.waiting().filter(customer=OuterRef("pk")).values("waiting_since")[:1])


def by_owner() -> Case:
    """By name within each owner's."""
    return Case(When(owner__isnull=False, then=Concat(F("owner__name"), Value("\x1f"), F("sort_key"))))


def walk_heard(customers: CustomerQuerySet) -> QuerySet:
    """Back through everybody's rows, passing those whose customer was heard of later. Served by interactions_newest."""
    beyond = Q(occurred_at__gt=OuterRef("occurred_at")) | Q(pk__gt=OuterRef("pk"))
    # ">=" besides, in the words of interactions_timeline, or each probe reads the customer's whole line.
    later = heard().filter(beyond, customer=OuterRef("customer"), occurred_at__gte=OuterRef("occurred_at"))
    return heard().filter(~Exists(later), customer__in=customers.order_by()).annotate(place=F("occurred_at"))


def walk_waiting(customers: CustomerQuerySet) -> QuerySet:
    """Served by conversations_waiting."""
    longer = (
        Conversation.objects.waiting()
        .filter(customer=OuterRef("customer"))
        .filter(
            Q(waiting_since__lt=OuterRef("waiting_since"))
            | Q(waiting_since=OuterRef("waiting_since"), pk__lt=OuterRef("pk"))
        )
    )
    rows = Conversation.objects.waiting().filter(~Exists(longer.order_by()), customer__in=customers.order_by())
    return rows.annotate(place=F("waiting_since"))


@dataclass(frozen=True)
class Order:
    """`place`: the expression that is sorted by; `read` takes it from the text of a key; `walk`: where the many are
    found in that order without looking at each, as rows with `place` and `customer`."""

    label: str | Promise
    place: Callable[[], Any]
    read: Callable[[str], Any]
    downward: bool = True
    walk: Callable[[CustomerQuerySet], QuerySet] | None = None

    def places(self, customers: CustomerQuerySet, after: str, limit: int, *, everybody: bool) -> Places:
        """The next `limit` after that key; walked to where nothing narrows. BadRequest when it is no key."""
        placed = customers.annotate(place=self.place())
        unplaced = placed.filter(place=None)
        if after.startswith(f"{UNPLACED},"):
            return self.rest(unplaced.filter(pk__lt=parse_key(after, str)[1]), limit)
        walk = self.walk(customers) if self.walk and everybody else None
        rows, who = (placed.filter(place__isnull=False), "pk") if walk is None else (walk, "customer")
        found = self.cut(rows, who, after, limit)
        return found + self.rest(unplaced, limit - len(found))

    def cut(self, rows: QuerySet, who: str, after: str, limit: int) -> Places:
        if after:
            value, pk = parse_key(after, self.read)
            way = "lt" if self.downward else "gt"
            beyond = Q(**{f"place__{way}": value}) | Q(**{f"pk__{way}": pk})
            rows = rows.filter(Q(**{f"place__{way}e": value}) & beyond)
        sign = "-" if self.downward else ""
        return list(rows.order_by(f"{sign}place", f"{sign}pk").values_list("place", "pk", who)[:limit])

    def rest(self, unplaced: QuerySet, limit: int) -> Places:
        return list(unplaced.order_by("-pk").values_list("place", "pk", "pk")[:limit]) if limit else []


PARTNERSHIP = "partnership"

ORDERS: dict[str, Order] = {
    PARTNERSHIP: Order(_("by partnership"), lambda: F("score__partnership"), float),
    "name": Order(_("by name"), lambda: F("sort_key"), str, downward=False),
    "heard": Order(_("last heard of first"), last_heard, parse_moment, walk=walk_heard),
    "waiting": Order(_("waiting longest"), longest_waiting, parse_moment, downward=False, walk=walk_waiting),
    "since": Order(_("newest customers"), lambda: F("since"), date.fromisoformat),
    "owner": Order(_("by owner"), by_owner, str, downward=False),
}
"""By the words of the URL."""
