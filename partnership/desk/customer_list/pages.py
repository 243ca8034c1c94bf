"""A page of the list: first which customers, then the values of their columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from customers.search import find_customers, find_similar_names, word_condition
from interactions.models import Interaction
from interactions.querysets import InteractionQuerySet
from interactions.search import find_interactions, matching_rows, words_query
from partnership.core.formats import format_number
from partnership.core.pagination import parse_key
from partnership.desk.customer_list.choices import filter_choices
from partnership.desk.customer_list.columns import ListedCustomer, all_columns, load_customers
from partnership.desk.customer_list.filters import filter_customers
from partnership.desk.customer_list.orders import ORDERS, PARTNERSHIP, Position
from partnership.desk.customer_list.params import Criteria, encode_query
from partnership.staff.models import User

_PAGE_SIZE = 25

# Up to here the matching customers are found first and sorted then; of more, reading on along the order's index soon
# fills a page.
FEW = 1000

# Entries with the words of a search whose customers are found by it.
_MOST_ENTRIES = 200


@dataclass(frozen=True)
class _ColumnHead:
    """A column's head. `url` orders by it; `sorted_as`: how the list is ordered now, for aria-sort."""

    label: str
    url: str
    sorted_as: str


@dataclass(frozen=True)
class Matches:
    """Customers that match, a search's likeliest first. `is_cut`: there are more than were read."""

    pks: list[int]
    is_cut: bool

    @property
    def count(self) -> str:
        number = format_number(len(self.pks))
        return _("%(few)s+") % {"few": number} if self.is_cut else number


@dataclass(frozen=True)
class ListPage:
    """A page. `found`: None where nothing narrows; `after`: the key of the next page; `similar`: customers that do not
    match, but whose names are like the words of the search."""

    rows: list[ListedCustomer]
    criteria: Criteria
    columns: tuple[str, ...]
    found: Matches | None
    after: str | None
    similar: list[ListedCustomer]

    @property
    def is_filtered(self) -> bool:
        return bool(self.criteria.keys() - {"sort"})

    @property
    def count(self) -> str:
        return self.found.count if self.found else ""

    @property
    def ends_early(self) -> bool:
        """Whether the last page of a search was read, but not the last match."""
        return "sort" not in self.criteria and "q" in self.criteria and self.count.endswith("+") and not self.after

    @property
    def query(self) -> str:
        return encode_query(self.criteria)

    @property
    def saving_query(self) -> str:
        """The query string of the page that saves this view."""
        return urlencode({"query": self.query})

    @property
    def older(self) -> str | None:
        return self._url(after=self.after) if self.after else None

    def _url(self, **changes: str) -> str:
        return f"{reverse('customers')}?{encode_query({**self.criteria, **changes})}"

    @property
    def labels(self) -> list[tuple[str, str]]:
        """The names and labels of the columns shown."""
        known = all_columns()
        return [(name, str(known[name].label)) for name in self.columns if name in known]

    @property
    def heads(self) -> list[_ColumnHead]:
        fixed = [(_("Name"), "name"), (_("Tier"), ""), (_("Scores"), PARTNERSHIP)]
        known = all_columns()
        chosen = [(label, known[name].order) for name, label in self.labels]
        return [self._head(label, order) for label, order in (*fixed, *chosen)]

    def _head(self, label: str, order: str) -> _ColumnHead:
        if not order:
            return _ColumnHead(label, "", "")
        current = self.criteria.get("sort", "" if "q" in self.criteria else PARTNERSHIP)
        way = "descending" if ORDERS[order].descending else "ascending"
        return _ColumnHead(label, self._url(sort=order), way if order == current else "")

    @property
    def width(self) -> int:
        return len(self.columns) + 4


def list_customers(
    visible: CustomerQuerySet,
    criteria: Criteria,
    *,
    viewer: User,
    at: datetime,
    columns: tuple[str, ...],
    after: str = "",
    size: int = _PAGE_SIZE,
) -> ListPage:
    """Read the page after the key `after`. BadRequest when it is none."""
    matching = filter_customers(visible, criteria, viewer=viewer, at=at)
    found = _find_matching(matching, visible, criteria, at=at)
    if found and "q" in criteria and "sort" not in criteria:
        positions = _positions_by_rank(found.pks, after, size + 1)
    else:
        order = ORDERS[criteria.get("sort", PARTNERSHIP)]
        among = _narrow(matching, visible, criteria, found)
        positions = order.positions(among, after, size + 1, is_narrowed=found is not None)
    rows = load_customers([position.customer for position in positions[:size]], columns, at=at)
    next_key = positions[size - 1].key if len(positions) > size else None
    similar = find_similar_names(matching, criteria["q"], found=found.pks) if found and "q" in criteria else []
    return ListPage(rows, criteria, columns, found, next_key, load_customers(similar, ("contact", "owner"), at=at))


def _positions_by_rank(pks: Sequence[int], after: str, limit: int) -> list[Position]:
    start = parse_key(after, int)[0] + 1 if after else 0
    return [Position(start + number, pk, pk) for number, pk in enumerate(pks[start : start + limit])]


def _find_matching(
    matching: CustomerQuerySet, visible: CustomerQuerySet, criteria: Criteria, *, at: datetime
) -> Matches | None:
    """Find the matching customers, FEW at most; None where nothing narrows."""
    if "q" in criteria:
        return _search_customers(matching, visible, criteria["q"], at=at)
    if criteria.keys() - {"sort"}:
        # As one array: taking a thousand rows apart takes longer than finding them.
        pks = matching.order_by().values("pk")[: FEW + 1].aggregate(pks=ArrayAgg("pk"))["pks"] or []
        return Matches(pks[:FEW], is_cut=len(pks) > FEW)
    return None


def _narrow(
    matching: CustomerQuerySet, visible: CustomerQuerySet, criteria: Criteria, found: Matches | None
) -> CustomerQuerySet:
    """Keep what was found, all of it where only a part was read."""
    if found is None:
        return matching
    if not found.is_cut:
        return visible.filter(pk__in=found.pks)
    return matching_customers(matching, visible, criteria["q"]) if "q" in criteria else matching


def _search_customers(matching: CustomerQuerySet, visible: CustomerQuerySet, words: str, *, at: datetime) -> Matches:
    """Find customers by name, contact point and tag, then by the words of their history; FEW at most."""
    choices = filter_choices()
    found = find_customers(matching, words, tags=choices.tags, limit=FEW + 1)
    query = words_query(words, choices.languages)
    if query is None or len(found) > FEW:
        return Matches(found[:FEW], is_cut=len(found) > FEW)
    hits = find_interactions(entries_of(visible), query, at=at, limit=_MOST_ENTRIES + 1)
    if hits:
        customers = Interaction.objects.filter(pk__in=[pk for pk, _key in hits]).order_by().values("customer")
        by_history = matching.filter(pk__in=customers).order_by("sort_key", "pk").values_list("pk", flat=True)
        found = list(dict.fromkeys([*found, *by_history]))
    return Matches(found[:FEW], is_cut=len(found) > FEW or len(hits) > _MOST_ENTRIES)


def matching_customers(matching: CustomerQuerySet, visible: CustomerQuerySet, words: str) -> CustomerQuerySet:
    """Find every customer that a search finds, by name, contact point, tag or history; similar names are none."""
    choices = filter_choices()
    holds, query = word_condition(words, choices.tags), words_query(words, choices.languages)
    if query is not None:
        entries = matching_rows(entries_of(visible), query).order_by().values("customer")
        holds = Q(pk__in=entries) | holds if holds else Q(pk__in=entries)
    return matching.filter(holds) if holds else matching.none()


def entries_of(visible: CustomerQuerySet) -> InteractionQuerySet:
    """Find the entries of visible customers, by excluding the few hidden ones: cheaper than checking each entry's."""
    hidden = Customer.objects.filter(restricted=True).exclude(pk__in=visible.filter(restricted=True))
    return Interaction.objects.exclude(customer__in=hidden.order_by().values("pk"))
