"""Find customers by part of a name or address, by tag, or by a misspelt name."""

import re
from collections.abc import Iterable
from functools import reduce
from math import ceil
from operator import and_

from django.db import connection
from django.db.models import FloatField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length

from customers.models import ContactPoint, Customer
from customers.names import sort_key
from customers.querysets import CustomerQuerySet

MAX_WORDS = 8

# With this many exact matches, similar names are not searched.
_ENOUGH_MATCHES = 5

# Share of the search text's trigrams that a similar name must contain.
_MIN_SHARE = 0.4

_MAX_SIMILAR = 20

_WORD_BREAK = re.compile(r"[\s!-/:-@\[-`{-~]+", re.ASCII)


def trigrams(text: str) -> list[str]:
    """Return the trigrams of a whole text, as the SQL function customers_trigrams does."""
    return _windows("  " + _WORD_BREAK.sub("  ", text) + " ")


def _substring_trigrams(word: str) -> list[str]:
    """Return the trigrams of every text that contains `word`; a word of one or two letters matches word beginnings
    only."""
    return _windows(("" if len(word) > 2 else "  ") + _WORD_BREAK.sub("  ", word))


def _windows(padded: str) -> list[str]:
    """Return the sorted three-letter windows of a padded text."""
    found = {padded[place : place + 3] for place in range(len(padded) - 2)}
    return sorted(gram for gram in found if not gram.endswith("  "))


def search_words(words: str) -> list[str]:
    """Return the words of a search that are looked up."""
    return [word for word in sort_key(words.replace("\0", " ")).split() if _substring_trigrams(word)][:MAX_WORDS]


def word_condition(words: str, tags: Iterable[str]) -> Q | None:
    """Match customers with every word in their name, a contact point or one of `tags`. None without words."""
    conditions = [Q(pk__in=_customers_with_word(word, tags)) for word in search_words(words)]
    return reduce(and_, conditions) if conditions else None


def _customers_with_word(word: str, tags: Iterable[str]) -> QuerySet[Customer, object]:
    """Find customers with one word. Served by customers_by_trigram, contactpoints_by_trigram, customers_by_tag."""
    grams = _substring_trigrams(word)
    named = Customer.objects.filter(trigrams__contains=grams)
    reached = ContactPoint.objects.filter(trigrams__contains=grams)
    if len(word) > 2:
        named, reached = named.filter(sort_key__contains=word), reached.filter(normalised__contains=word)
    tagged = Customer.objects.filter(tags__overlap=[word, *(tag for tag in tags if word in sort_key(tag))])
    return named.order_by().values("pk").union(reached.order_by().values("customer"), tagged.order_by().values("pk"))


def _prefix_matches(customers: CustomerQuerySet, words: str) -> CustomerQuerySet:
    """Find customers whose name begins with the words, in name order. Served by customers_by_name."""
    start = sort_key(words)
    return customers.filter(sort_key__gte=start, sort_key__lt=f"{start}\U0010ffff").order_by("sort_key", "pk")


def _similar_names(customers: CustomerQuerySet, words: str) -> CustomerQuerySet:
    """Find customers with a similar name, most similar first. Served by customers_by_trigram."""
    asked = trigrams(sort_key(words))
    shared = " + ".join(['(%s = ANY("customers_customer"."trigrams"))::int'] * len(asked))
    share = RawSQL(f"({shared})::float8 / %s", [*asked, len(asked)], output_field=FloatField())
    alike = (
        customers.filter(trigrams__overlap=_rarest_trigrams(asked)).annotate(share=share).filter(share__gte=_MIN_SHARE)
    )
    return alike.order_by("-share", Length("sort_key"), "pk")[:_MAX_SIMILAR]


def _rarest_trigrams(asked: list[str]) -> list[str]:
    """Return the rarest trigrams, enough that every name with _MIN_SHARE of them contains at least one."""
    with connection.cursor() as cursor:
        cursor.execute(_COMMON_TRIGRAMS)
        common = dict(cursor.fetchall())
    return sorted(asked, key=lambda gram: common.get(gram, 0))[: len(asked) - ceil(_MIN_SHARE * len(asked)) + 1]


_COMMON_TRIGRAMS = """
SELECT gram, share
FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common (gram, share)
WHERE schemaname = current_schema() AND tablename = 'customers_customer' AND attname = 'trigrams'"""


def find_customers(customers: CustomerQuerySet, words: str, *, tags: Iterable[str], limit: int) -> list[int]:
    """Return up to `limit` customers: names that begin with the words, then partial matches, then similar names."""
    holds = word_condition(words, tags)
    if holds is None:
        return []
    found = list(_prefix_matches(customers, words).values_list("pk", flat=True)[:limit])
    if len(found) < limit:
        others = customers.filter(holds).order_by().values_list("pk", "sort_key")[: limit + len(found)]
        found += [pk for pk, _ in sorted(others, key=lambda row: (row[1], row[0])) if pk not in set(found)]
    if len(found) < _ENOUGH_MATCHES:
        found += [one.pk for one in _similar_names(customers, words).only("pk") if one.pk not in set(found)]
    return found[:limit]


def suggest_customers(customers: CustomerQuerySet, words: str, *, limit: int) -> list[Customer]:
    """Return the customers that the first letters of a name may mean, the likeliest first, with name and photo."""
    found = find_customers(customers.unmerged(), words, tags=(), limit=limit)
    by_pk = {one.pk: one for one in Customer.objects.filter(pk__in=found).only("name", "photo")}
    return [by_pk[pk] for pk in found if pk in by_pk]
