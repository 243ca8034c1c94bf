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

MOST_WORDS = 8
"""Words of a search that are read."""

ENOUGH = 5
"""Where so many bear a name as it was typed, nobody with a similar one is looked for."""

ALIKE = 0.4
"""The share of what was typed, in trigrams, that a similar name has to hold."""

SIMILAR = 20

BETWEEN_WORDS = re.compile(r"[\s!-/:-@\[-`{-~]+", re.ASCII)


def trigrams(text: str) -> list[str]:
    """As the SQL function customers_trigrams makes them of a whole text."""
    return windows("  " + BETWEEN_WORDS.sub("  ", text) + " ")


def trigrams_within(word: str) -> list[str]:
    """Those of every text that `word` occurs in; one or two letters are looked for where words begin."""
    return windows(("" if len(word) > 2 else "  ") + BETWEEN_WORDS.sub("  ", word))


def windows(padded: str) -> list[str]:
    found = {padded[place : place + 3] for place in range(len(padded) - 2)}
    return sorted(gram for gram in found if not gram.endswith("  "))


def asked_words(words: str) -> list[str]:
    return [word for word in sort_key(words.replace("\0", " ")).split() if trigrams_within(word)][:MOST_WORDS]


def holding(words: str, tags: Iterable[str]) -> Q | None:
    """Every word occurs in the name, a contact point or one of `tags` (those in use); None when there are no words."""
    conditions = [Q(pk__in=bearers(word, tags)) for word in asked_words(words)]
    return reduce(and_, conditions) if conditions else None


def bearers(word: str, tags: Iterable[str]) -> QuerySet:
    """Served by customers_by_trigram, contactpoints_by_trigram and customers_by_tag."""
    grams = trigrams_within(word)
    named = Customer.objects.filter(trigrams__contains=grams)
    reached = ContactPoint.objects.filter(trigrams__contains=grams)
    if len(word) > 2:
        named, reached = named.filter(sort_key__contains=word), reached.filter(normalised__contains=word)
    tagged = Customer.objects.filter(tags__overlap=[word, *(tag for tag in tags if word in sort_key(tag))])
    return named.order_by().values("pk").union(reached.order_by().values("customer"), tagged.order_by().values("pk"))


def beginning(customers: CustomerQuerySet, words: str) -> CustomerQuerySet:
    """Whose name begins so, by name. Served by customers_by_name."""
    start = sort_key(words)
    return customers.filter(sort_key__gte=start, sort_key__lt=f"{start}\U0010ffff").order_by("sort_key", "pk")


def similar(customers: CustomerQuerySet, words: str) -> CustomerQuerySet:
    """Whose names share most with what was typed, the most alike first. Served by customers_by_trigram."""
    asked = trigrams(sort_key(words))
    shared = " + ".join(['(%s = ANY("customers_customer"."trigrams"))::int'] * len(asked))
    share = RawSQL(f"({shared})::float8 / %s", [*asked, len(asked)], output_field=FloatField())
    alike = customers.filter(trigrams__overlap=rarest(asked)).annotate(share=share).filter(share__gte=ALIKE)
    return alike.order_by("-share", Length("sort_key"), "pk")[:SIMILAR]


def rarest(asked: list[str]) -> list[str]:
    """As many of these, the rarest, that nobody who holds ALIKE of all of them lacks every one."""
    with connection.cursor() as cursor:
        cursor.execute(COMMON_TRIGRAMS)
        common = dict(cursor.fetchall())
    return sorted(asked, key=lambda gram: common.get(gram, 0))[: len(asked) - ceil(ALIKE * len(asked)) + 1]


COMMON_TRIGRAMS = """
SELECT gram, share
FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common (gram, share)
WHERE schemaname = current_schema() AND tablename = 'customers_customer' AND attname = 'trigrams'"""


def found_by(customers: CustomerQuerySet, words: str, *, tags: Iterable[str], limit: int) -> list[int]:
    """At most `limit` of these customers, the likeliest first: by the name's beginning, by any part, alike."""
    holds = holding(words, tags)
    if holds is None:
        return []
    found = list(beginning(customers, words).values_list("pk", flat=True)[:limit])
    if len(found) < limit:
        others = customers.filter(holds).order_by().values_list("pk", "sort_key")[: limit + len(found)]
        found += [pk for pk, _ in sorted(others, key=lambda row: (row[1], row[0])) if pk not in set(found)]
    if len(found) < ENOUGH:
        found += [one.pk for one in similar(customers, words).only("pk") if one.pk not in set(found)]
    return found[:limit]


def suggest_customers(customers: CustomerQuerySet, words: str, *, limit: int) -> list[Customer]:
    """Return the customers that the first letters of a name may mean, the likeliest first, with name and photo."""
    found = found_by(customers.standing(), words, tags=(), limit=limit)
    by_pk = {one.pk: one for one in Customer.objects.filter(pk__in=found).only("name", "photo")}
    return [by_pk[pk] for pk in found if pk in by_pk]
