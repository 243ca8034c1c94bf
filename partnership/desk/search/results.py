"""The search for everything: customers, conversations and entries, as far as the viewer may see."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQueryCombinable
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Left
from django.utils.safestring import SafeString

from customers import search as customer_search
from customers.names import fold
from customers.querysets import CustomerQuerySet
from interactions.models import Channel, Interaction, Kind
from interactions.querysets import InteractionQuerySet
from interactions.search import find_interactions, matching_rows, words_query
from partnership.core.pagination import Page, parse_key
from partnership.desk.customer_list.choices import filter_choices
from partnership.desk.customer_list.columns import ListedCustomer, load_customers
from partnership.desk.customer_list.pages import entries_of
from partnership.desk.timeline.filters import Filters

_MOST_CUSTOMERS = 200

# Characters of a text in which the words to show are looked for.
_HEADLINE_CHARACTERS = 20_000

# Around what is marked, until the text is escaped for HTML.
_MARK_START, _MARK_STOP = "\x02", "\x03"
_MARKS: Any = {"config": "simple", "start_sel": _MARK_START, "stop_sel": _MARK_STOP}


@dataclass(frozen=True)
class CustomerHit:
    """A customer found; `name` is safe HTML, the words marked."""

    listed: ListedCustomer
    name: SafeString


@dataclass(frozen=True)
class EntryHit:
    """An entry found; `title` and `text` are safe HTML, the words marked."""

    pk: int
    customer_id: int
    customer: str
    conversation_id: int | None
    kind: str
    kind_label: str
    channel_label: str
    author: str
    occurred_at: datetime
    title: SafeString
    text: SafeString


@dataclass(frozen=True)
class FoundCustomers(Page[CustomerHit]):
    """A page of customers. `similar`: on the first page of few, those with a similar name."""

    similar: list[CustomerHit]


def find_customers(
    visible: CustomerQuerySet, words: str, *, at: datetime, size: int, after: str = ""
) -> FoundCustomers:
    """List the likeliest first. BadRequest when `after` is no key."""
    among = visible.unmerged()
    found = customer_search.find_customers(among, words, tags=filter_choices().tags, limit=_MOST_CUSTOMERS)
    similar = customer_search.find_similar_names(among, words, found=found)
    start = parse_key(after, int)[0] if after else 0
    end = start + size
    return FoundCustomers(
        _read_customers(found[start:end], words, at=at),
        f"{end},{found[end - 1]}" if len(found) > end else None,
        _read_customers(similar, words, at=at),
    )


def _read_customers(pks: list[int], words: str, *, at: datetime) -> list[CustomerHit]:
    listed = load_customers(pks, ("contact", "heard", "owner"), at=at)
    return [CustomerHit(row, _mark_name(row.customer.name, words)) for row in listed]


def find_conversations(
    visible: CustomerQuerySet, words: str, *, filters: Filters, at: datetime, size: int, after: str = ""
) -> Page[EntryHit]:
    """List as find_entries does, one entry of each conversation: the newest that holds the words."""
    query = words_query(words, filter_choices().languages)
    if query is None:
        return Page([], None)
    newest = _newest_by_conversation(_entries(visible, filters), query)
    return _find_entries(newest, query, at=at, size=size, after=after)


def find_entries(
    visible: CustomerQuerySet,
    words: str,
    *,
    filters: Filters,
    at: datetime,
    size: int,
    after: str = "",
    without_conversations: bool = False,
) -> Page[EntryHit]:
    """List the best first where they are few, else the newest. BadRequest when `after` is no key."""
    query = words_query(words, filter_choices().languages)
    if query is None:
        return Page([], None)
    entries = _entries(visible, filters)
    if without_conversations:
        entries = entries.filter(conversation=None)
    return _find_entries(entries, query, at=at, size=size, after=after)


def _entries(visible: CustomerQuerySet, filters: Filters) -> InteractionQuerySet:
    return entries_of(visible).filter(filters.condition)


def _find_entries(
    entries: InteractionQuerySet, query: SearchQueryCombinable, *, at: datetime, size: int, after: str
) -> Page[EntryHit]:
    hits = find_interactions(entries, query, at=at, after=after, limit=size + 1)
    rows = _read_hits([pk for pk, _key in hits[:size]], query)
    return Page(rows, hits[size - 1][1] if len(hits) > size else None)


def _newest_by_conversation(entries: InteractionQuerySet, query: SearchQueryCombinable) -> InteractionQuerySet:
    """Served by interactions_by_conversation."""
    later = Q(occurred_at__gt=OuterRef("occurred_at")) | Q(pk__gt=OuterRef("pk"))
    others = entries.filter(later, conversation=OuterRef("conversation"), occurred_at__gte=OuterRef("occurred_at"))
    return entries.filter(~Exists(matching_rows(others.order_by(), query)), conversation__isnull=False)


def _read_hits(pks: list[int], query: SearchQueryCombinable) -> list[EntryHit]:
    """Read these entries in this order. Words are marked on the page's own entries alone: marking is slow."""
    rows = (
        Interaction.objects.filter(pk__in=pks)
        .only("customer_id", "conversation_id", "kind", "channel", "occurred_at")
        .annotate(
            customer_name=F("customer__name"),
            author_name=F("author__name"),
            title=SearchHeadline("subject", query, highlight_all=True, **_MARKS),
            text=SearchHeadline(Left("body", _HEADLINE_CHARACTERS), query, max_words=40, min_words=20, **_MARKS),
        )
    )
    by_pk: dict[int, Any] = {row.pk: row for row in rows}  # with annotations that the types do not know
    return [
        EntryHit(
            pk=pk,
            customer_id=row.customer_id,
            customer=row.customer_name,
            conversation_id=row.conversation_id,
            kind=row.kind,
            kind_label=str(Kind(row.kind).label),
            channel_label=str(Channel(row.channel).label),
            author=row.author_name or "",
            occurred_at=row.occurred_at,
            title=_mark(row.title),
            text=_mark(row.text),
        )
        for pk in pks
        if (row := by_pk.get(pk))
    ]


def _mark(text: str) -> SafeString:
    """Turn the signs around words into marks in HTML. A text that holds such signs itself is marked too much."""
    first, *others = escape(text).split(_MARK_START)
    marked = (f"<mark>{part.replace(_MARK_STOP, '</mark>', 1)}" if _MARK_STOP in part else part for part in others)
    return SafeString("".join([first, *marked]).replace(_MARK_STOP, ""))


def _mark_name(name: str, words: str) -> SafeString:
    """Mark the words in a name, regardless of accents, case and script."""
    pieces = [fold(character) for character in name]
    places = [place for place, piece in enumerate(pieces) for _letter in piece]
    searched = [re.escape(word) for word in customer_search.search_words(words)]
    parts, end = [], 0
    for match in re.finditer("|".join(searched), "".join(pieces)) if searched else ():
        start, stop = places[match.start()], places[match.end() - 1] + 1
        parts += [escape(name[end:start]), f"<mark>{escape(name[max(start, end) : stop])}</mark>"]
        end = stop
    return SafeString("".join([*parts, escape(name[end:])]))
