"""The search for everything: customers, conversations and entries, each in its tab, within what the viewer may see."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any

from django.contrib.postgres.search import SearchHeadline
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Left
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from customers import search as names
from customers.models import Customer
from customers.names import sort_key
from customers.querysets import CustomerQuerySet
from interactions.models import Interaction, Kind
from interactions.querysets import InteractionQuerySet
from interactions.search import find_interactions, matching_rows, words_query
from partnership.core.pagination import parse_key
from partnership.desk.customer_list.choices import choices
from partnership.desk.customer_list.columns import rows_of
from partnership.desk.customer_list.pages import visible_entries

SIZE = 20
MOST_CUSTOMERS = 200
READ = 20_000
"""Characters of a text that are looked through for the words to show."""

CUSTOMERS, CONVERSATIONS, ENTRIES = "customers", "conversations", "entries"
TABS: dict[str, str | Promise] = {CUSTOMERS: _("Customers"), CONVERSATIONS: _("Conversations"), ENTRIES: _("Entries")}

START, STOP = "\x02", "\x03"
"""Around what is marked, until it is safe to say so in HTML."""


@dataclass(frozen=True)
class Found:
    """`after`: the key of the next page."""

    rows: list[Any]
    after: str | None


@dataclass(frozen=True)
class Hit:
    """An entry that holds the words; `title` and `text` are safe HTML."""

    pk: int
    customer_id: int
    customer: str
    conversation_id: int | None
    kind: str
    kind_label: str
    occurred_at: datetime
    title: SafeString
    text: SafeString


def customers_found(visible: CustomerQuerySet, words: str, *, today: date, after: str = "", size: int = SIZE) -> Found:
    """The likeliest first, similar names last. BadRequest when `after` is no place among them."""
    standing = visible.unmerged()
    found = names.find_customers(standing, words, tags=choices().tags, limit=MOST_CUSTOMERS)
    start = parse_key(after, int)[0] if after else 0
    page = found[start : start + size]
    rows: list[Any] = rows_of(page, ("contact", "heard", "owner"), today=today)
    for one in rows:
        one.marked = marked_name(one.name, words)
    more = len(found) > start + size
    return Found(rows, f"{start + size},{page[-1]}" if more else None)


def entries_found(
    visible: CustomerQuerySet, words: str, *, at: datetime, after: str = "", threads: bool = False, size: int = SIZE
) -> Found:
    """The best first where they are few, else the newest; `threads`: of each conversation one. As `after` says."""
    query = words_query(words, choices().languages)
    if query is None:
        return Found([], None)
    rows = visible_entries(visible)
    if threads:
        rows = newest_of_each(rows, query)
    hits = find_interactions(rows, query, at=at, after=after, limit=size + 1)
    found = read([pk for pk, _key in hits[:size]], query)
    return Found(found, hits[size - 1][1] if len(hits) > size else None)


def newest_of_each(rows: InteractionQuerySet, query: Any) -> InteractionQuerySet:
    """Of each conversation the newest that holds the words. Served by interactions_by_conversation."""
    later = Q(occurred_at__gt=OuterRef("occurred_at")) | Q(pk__gt=OuterRef("pk"))
    others = rows.filter(later, conversation=OuterRef("conversation"), occurred_at__gte=OuterRef("occurred_at"))
    return rows.filter(~Exists(matching_rows(others.order_by(), query)), conversation__isnull=False)


def read(pks: list[int], query: Any) -> list[Hit]:
    """These entries in this order, their words marked: only what is on the page is looked through for them."""
    marks: dict[str, Any] = {"config": "simple", "start_sel": START, "stop_sel": STOP}
    rows = (
        Interaction.objects.filter(pk__in=pks)
        .annotate(
            customer_name=F("customer__name"),
            title=SearchHeadline("subject", query, highlight_all=True, **marks),
            text=SearchHeadline(Left("body", READ), query, max_words=40, min_words=20, **marks),
        )
        .values_list(
            "pk", "customer_id", "customer_name", "conversation_id", "kind", "occurred_at", "title", "text", named=True
        )
    )
    by_pk = {row.pk: row for row in rows}
    return [hit_of(by_pk[pk]) for pk in pks if pk in by_pk]


def hit_of(row: Any) -> Hit:
    return Hit(
        pk=row.pk,
        customer_id=row.customer_id,
        customer=row.customer_name,
        conversation_id=row.conversation_id,
        kind=row.kind,
        kind_label=str(Kind(row.kind).label),
        occurred_at=row.occurred_at,
        title=marked(row.title),
        text=marked(row.text),
    )


def marked(text: str) -> SafeString:
    """START and STOP as marks in HTML, all else as text. A text that holds such signs marks too much, no more."""
    parts = escape(text).split(START)
    whole = parts[0] + "".join(
        f"<mark>{part.replace(STOP, '</mark>', 1)}" if STOP in part else part for part in parts[1:]
    )
    return SafeString(whole.replace(STOP, ""))


def marked_name(name: str, words: str) -> SafeString:
    """The words where they stand in the name; accents and case aside, as long as these don't change its length."""
    folded = sort_key(name)
    asked = [re.escape(word) for word in names.search_words(words)]
    if len(folded) != len(name) or not asked:
        return SafeString(escape(name))
    shown, end = [], 0
    for place in re.finditer("|".join(asked), folded):
        shown += [escape(name[end : place.start()]), "<mark>", escape(name[place.start() : place.end()]), "</mark>"]
        end = place.end()
    return SafeString("".join([*shown, escape(name[end:])]))


def likely(visible: CustomerQuerySet, words: str, *, most: int) -> list[Customer]:
    """Whom somebody is about to name, the likeliest first."""
    found = names.find_customers(visible.unmerged(), words, tags=(), limit=most)
    by_pk = {one.pk: one for one in Customer.objects.filter(pk__in=found).only("name", "photo")}
    return [by_pk[pk] for pk in found if pk in by_pk]
