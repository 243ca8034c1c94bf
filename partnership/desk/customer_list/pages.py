"""A page of the list: whom first, then what is shown of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import ArrayAgg
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from customers.search import find_customers
from interactions.models import Interaction
from interactions.search import find_interactions, words_query
from partnership.core.pagination import as_text, parse_key
from partnership.desk.customer_list.choices import choices
from partnership.desk.customer_list.columns import COLUMNS, Column, rows_of
from partnership.desk.customer_list.filters import narrowed
from partnership.desk.customer_list.orders import ORDERS, PARTNERSHIP, UNPLACED, Places
from partnership.desk.customer_list.params import query_of
from partnership.desk.customer_list.rows import drawn
from partnership.staff.models import User

SIZE = 50

FEW = 1000
"""Up to here those who fit are found first and put in order then; of more, a walk along the order soon meets a page."""

ENTRIES = 200
"""Entries with the words of a search whose customers are found by it."""


@dataclass(frozen=True)
class Head:
    """A column's head: `url` orders by it, `now` says how the list is ordered by it."""

    label: Any
    url: str
    now: str


@dataclass(frozen=True)
class Listing:
    """`found`: how many fit, None where everybody does; `after`: the key of the next page."""

    rows: list[SafeString]
    asked: dict[str, Any]
    columns: tuple[str, ...]
    found: int | None
    after: str | None

    @property
    def shown(self) -> list[tuple[str, Column]]:
        return [(name, COLUMNS[name]) for name in self.columns]

    @property
    def is_filtered(self) -> bool:
        return bool(self.asked.keys() - {"sort"})

    @property
    def count(self) -> str:
        if self.found is None:
            return ""
        return _("%(few)s+") % {"few": f"{FEW:,}"} if self.found > FEW else str(self.found)

    @property
    def query(self) -> str:
        return query_of(self.asked)

    @property
    def kept(self) -> str:
        """For the page that saves this view."""
        return urlencode({"query": self.query})

    @property
    def older(self) -> str | None:
        return self.url(after=self.after) if self.after else None

    def url(self, **changes: str) -> str:
        return f"{reverse('customers')}?{query_of({**self.asked, **changes})}"

    @property
    def heads(self) -> list[Head]:
        fixed = [(_("Name"), "name"), (_("Tier"), ""), (_("Scores"), PARTNERSHIP)]
        return [self.head(*one) for one in (*fixed, *((column.label, column.sort) for _name, column in self.shown))]

    def head(self, label: Any, sort: str) -> Head:
        sorted_by = self.asked.get("sort", "" if "q" in self.asked else PARTNERSHIP)
        way = "descending" if sort and ORDERS[sort].downward else "ascending"
        return Head(label, self.url(sort=sort) if sort else "", way if sort and sort == sorted_by else "")

    @property
    def width(self) -> int:
        return len(self.columns) + 4


def listing(
    visible: CustomerQuerySet,
    asked: dict[str, Any],
    *,
    viewer: User,
    at: datetime,
    columns: tuple[str, ...],
    after: str = "",
    size: int = SIZE,
) -> Listing:
    """A page of those that were asked for. BadRequest when `after` is no place among them."""
    fitting = narrowed(visible, asked, viewer=viewer, at=at)
    few = fewest(fitting, visible, asked, at=at)
    among = fitting if few is None or len(few) > FEW else visible.filter(pk__in=few)
    if "q" in asked and "sort" not in asked:
        places = ranked(few or [], after, size + 1)
    else:
        order = ORDERS[asked.get("sort", PARTNERSHIP)]
        places = order.places(among, after, size + 1, everybody=few is None)
    pks = [pk for _place, _row, pk in places[:size]]
    key = as_key(places[size - 1]) if len(places) > size else None
    rows = drawn(rows_of(pks, columns, today=at.date()), columns)
    return Listing(rows, asked, columns, None if few is None else len(few), key)


def as_key(place: tuple[Any, int, int]) -> str:
    return as_text(UNPLACED if place[0] is None else place[0], place[1])


def ranked(pks: Sequence[int], after: str, limit: int) -> Places:
    start = parse_key(after, int)[0] + 1 if after else 0
    return [(start + number, pk, pk) for number, pk in enumerate(pks[start : start + limit])]


def fewest(
    fitting: CustomerQuerySet, visible: CustomerQuerySet, asked: dict[str, Any], *, at: datetime
) -> list[int] | None:
    """Who fits, FEW + 1 at most, those that were searched for with the likeliest first; None where nothing narrows."""
    if "q" in asked:
        return searched(fitting, visible, asked["q"], at=at)
    if asked.keys() - {"sort"}:
        # In one value: to take a thousand rows apart takes longer than to find them.
        return fitting.order_by().values("pk")[: FEW + 1].aggregate(pks=ArrayAgg("pk"))["pks"] or []
    return None


def searched(fitting: CustomerQuerySet, visible: CustomerQuerySet, words: str, *, at: datetime) -> list[int]:
    """By name, contact point and tag, then by the words of their history; FEW at most."""
    known = choices()
    found = find_customers(fitting, words, tags=known.tags, limit=FEW)
    query = words_query(words, known.languages)
    if query is None or len(found) == FEW:
        return found
    hits = find_interactions(visible_entries(visible), query, at=at, limit=ENTRIES)
    if not hits:
        return found
    who = Interaction.objects.filter(pk__in=[pk for pk, _key in hits]).order_by().values("customer")
    told = fitting.filter(pk__in=who).order_by("sort_key", "pk").values_list("pk", flat=True)
    return list(dict.fromkeys([*found, *told]))[:FEW]


def visible_entries(visible: CustomerQuerySet) -> Any:
    """Everybody's but those of the few whom the viewer may not see: cheaper than asking for each row whose it is."""
    hidden = Customer.objects.filter(restricted=True).exclude(pk__in=visible.filter(restricted=True))
    return Interaction.objects.exclude(customer__in=hidden.order_by().values("pk"))
