"""Whom somebody means by what they remember: part of a name, of an address, a tag, or most of a name with a typo."""

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
"""Words of a search that are read."""

ENOUGH_MATCHES = 5
"""Where so many bear a name as it was typed, nobody with a similar one is looked for."""

_MIN_SHARE = 0.4
"""The share of what was typed, in trigrams, that a similar name has to hold."""

_MAX_SIMILAR = 20

_WORD_BREAK = re.compile(r"[\s!-/:-@\[-`{-~]+", re.ASCII)


def trigrams(text: str) -> list[str]:
    """As the SQL function customers_trigrams makes them of a whole text."""
    return _windows("  " + _WORD_BREAK.sub("  ", text) + " ")


def substring_trigrams(word: str) -> list[str]:
    """Those of every text that `word` occurs in; one or two letters are looked for where words begin."""
    return _windows(("" if len(word) > 2 else "  ") + _WORD_BREAK.sub("  ", word))


def _windows(padded: str) -> list[str]:
    found = {padded[place : place + 3] for place in range(len(padded) - 2)}
    return sorted(gram for gram in found if not gram.endswith("  "))


def search_words(words: str) -> list[str]:
    return [word for word in sort_key(words.replace("\0", " ")).split() if substring_trigrams(word)][:MAX_WORDS]


def word_condition(words: str, tags: Iterable[str]) -> Q | None:
    """Every word occurs in the name, a contact point or one of `tags` (those in use); None when there are no words."""
    conditions = [Q(pk__in=_customers_with_word(word, tags)) for word in search_words(words)]
    return reduce(and_, conditions) if conditions else None


def _customers_with_word(word: str, tags: Iterable[str]) -> QuerySet:
    """Served by customers_by_trigram, contactpoints_by_trigram and customers_by_tag."""
    grams = substring_trigrams(word)
    named = Customer.objects.filter(trigrams__contains=grams)
    reached = ContactPoint.objects.filter(trigrams__contains=grams)
    if len(word) > 2:
        named, reached = named.filter(sort_key__contains=word), reached.filter(normalised__contains=word)
    tagged = Customer.objects.filter(tags__overlap=[word, *(tag for tag in tags if word in sort_key(tag))])
    return named.order_by().values("pk").union(reached.order_by().values("customer"), tagged.order_by().values("pk"))


def prefix_matches(customers: CustomerQuerySet, words: str) -> CustomerQuerySet:
    """Whose name begins so, by name. Served by customers_by_name."""
    start = sort_key(words)
    return customers.filter(sort_key__gte=start, sort_key__lt=f"{start}\U0010ffff").order_by("sort_key", "pk")


def similar_names(customers: CustomerQuerySet, words: str) -> CustomerQuerySet:
    """Whose names share most with what was typed, the most alike first. Served by customers_by_trigram."""
    asked = trigrams(sort_key(words))
    shared = " + ".join(['(%s = ANY("customers_customer"."trigrams"))::int'] * len(asked))
    share = RawSQL(f"({shared})::float8 / %s", [*asked, len(asked)], output_field=FloatField())
    alike = (
        customers.filter(trigrams__overlap=_rarest_trigrams(asked)).annotate(share=share).filter(share__gte=_MIN_SHARE)
    )
    return alike.order_by("-share", Length("sort_key"), "pk")[:_MAX_SIMILAR]


def _rarest_trigrams(asked: list[str]) -> list[str]:
    """As many of these, the rarest, that nobody who holds ALIKE of all of them lacks every one."""
    with connection.cursor() as cursor:
        cursor.execute(_COMMON_TRIGRAMS)
        common = dict(cursor.fetchall())
    return sorted(asked, key=lambda gram: common.get(gram, 0))[: len(asked) - ceil(_MIN_SHARE * len(asked)) + 1]


_COMMON_TRIGRAMS = """
SELECT gram, share
FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common (gram, share)
WHERE schemaname = current_schema() AND tablename = 'customers_customer' AND attname = 'trigrams'"""


def find_customers(customers: CustomerQuerySet, words: str, *, tags: Iterable[str], limit: int) -> list[int]:
    """At most `limit` of these customers, the likeliest first: by the name's beginning, by any part, alike."""
    holds = word_condition(words, tags)
    if holds is None:
        return []
    found = list(prefix_matches(customers, words).values_list("pk", flat=True)[:limit])
    if len(found) < limit:
        others = customers.filter(holds).order_by().values_list("pk", "sort_key")[: limit + len(found)]
        found += [pk for pk, _ in sorted(others, key=lambda row: (row[1], row[0])) if pk not in set(found)]
    if len(found) < ENOUGH_MATCHES:
        found += [one.pk for one in similar_names(customers, words).only("pk") if one.pk not in set(found)]
    return found[:limit]
