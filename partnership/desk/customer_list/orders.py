"""The orders of the list. Customers without a value come last, the newest first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.querysets import CustomerQuerySet
from interactions.models import Conversation
from partnership.core.pagination import format_key, parse_key, parse_moment
from partnership.desk.customer_list.filters import inbound_entries

_NO_VALUE = "-"


class Position(NamedTuple):
    """Where a customer stands: the value sorted by (None: no value) and the key of the row that has it."""

    value: object
    row: int
    customer: int

    @property
    def key(self) -> str:
        """The text that the next page's URL carries."""
        return format_key(_NO_VALUE if self.value is None else self.value, self.row)


def last_inbound_at() -> Subquery:
    """Served by interactions_timeline."""
    newest = inbound_entries().filter(customer=OuterRef("pk")).order_by("-occurred_at", "-id")
    return Subquery(newest.values("occurred_at")[:1])


def waiting_since() -> Subquery:
    """When the conversation that waits longest began to wait."""
    return Subquery(Conversation.objects.waiting().filter(customer=OuterRef("pk")).values("waiting_since")[:1])


def _owner_and_name() -> Case:
    return Case(When(owner__isnull=False, then=Concat(F("owner__name"), Value("\x1f"), F("sort_key"))))


def _last_inbound_entries(customers: CustomerQuerySet) -> QuerySet[Any]:
    """Find the last inbound entry of each customer, walking back through all entries. Served by interactions_newest."""
    beyond = Q(occurred_at__gt=OuterRef("occurred_at")) | Q(pk__gt=OuterRef("pk"))
    # ">=" besides, in the words of interactions_timeline, or each probe reads the customer's whole line.
    later = inbound_entries().filter(beyond, customer=OuterRef("customer"), occurred_at__gte=OuterRef("occurred_at"))
    rows = inbound_entries().filter(~Exists(later), customer__in=customers.order_by())
    return rows.annotate(place=F("occurred_at"))


def _longest_waiting_conversations(customers: CustomerQuerySet) -> QuerySet[Any]:
    """Find each customer's conversation that waits longest. Served by conversations_waiting."""
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
    """An order. `value`: the expression sorted by; `read` parses it from a key's text; `walk` gives rows with `place`
    and `customer` in this order, for a long list: reading on along an index beats sorting all customers."""

    label: str | Promise
    value: Callable[[], Combinable]
    read: Callable[[str], Any]
    descending: bool = True
    walk: Callable[[CustomerQuerySet], QuerySet[Any]] | None = None

    def positions(self, customers: CustomerQuerySet, after: str, limit: int, *, is_narrowed: bool) -> list[Position]:
        """List the next `limit` positions after the key `after`. BadRequest when it is none."""
        placed = customers.annotate(place=self.value())
        without_value = placed.filter(place=None)
        if after.startswith(f"{_NO_VALUE},"):
            return self._without_value(without_value.filter(pk__lt=parse_key(after, str)[1]), limit)
        if self.walk and not is_narrowed:
            found = self._with_value(self.walk(customers), "customer", after, limit)
        else:
            found = self._with_value(placed.filter(place__isnull=False), "pk", after, limit)
        return found + self._without_value(without_value, limit - len(found))

    def _with_value(self, rows: QuerySet[Any], customer: str, after: str, limit: int) -> list[Position]:
        if after:
            value, pk = parse_key(after, self.read)
            way = "lt" if self.descending else "gt"
            beyond = Q(**{f"place__{way}": value}) | Q(**{f"pk__{way}": pk})
            rows = rows.filter(Q(**{f"place__{way}e": value}) & beyond)
        sign = "-" if self.descending else ""
        found = rows.order_by(f"{sign}place", f"{sign}pk").values_list("place", "pk", customer)[:limit]
        return [Position(*row) for row in found]

    def _without_value(self, customers: QuerySet[Any], limit: int) -> list[Position]:
        if not limit:
            return []
        return [Position(None, pk, pk) for pk in customers.order_by("-pk").values_list("pk", flat=True)[:limit]]


PARTNERSHIP = "partnership"

# By their names in URLs.
ORDERS: dict[str, Order] = {
    PARTNERSHIP: Order(_("by partnership"), lambda: F("score__partnership"), float),
    "name": Order(_("by name"), lambda: F("sort_key"), str, descending=False),
    "heard": Order(_("last heard first"), last_inbound_at, parse_moment, walk=_last_inbound_entries),
    "waiting": Order(
        _("waiting longest"), waiting_since, parse_moment, descending=False, walk=_longest_waiting_conversations
    ),
    "since": Order(_("newest customers"), lambda: F("since"), date.fromisoformat),
    "renews": Order(_("next renewal first"), lambda: F("renews_on"), date.fromisoformat, descending=False),
    "owner": Order(_("by owner"), _owner_and_name, str, descending=False),
}
