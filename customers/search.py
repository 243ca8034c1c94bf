"""Find customers by part of a name or address, by a phone number, by tag, or by a misspelt name."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import reduce
from math import ceil
from operator import and_, or_

from django.db import connection
from django.db.models import FloatField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length

from customers.models import ContactPoint, Customer
from customers.names import fold, sort_key
from customers.normalisation import phone_parts
from customers.querysets import CustomerQuerySet

MAX_WORDS = 8

# With this many exact matches, similar names are not searched.
_ENOUGH_MATCHES = 5

# Share of the search text's trigrams that a similar name must contain.
_MIN_SHARE = 0.4

_MAX_SIMILAR = 20

_PHONE_NUMBER = re.compile(
    r"(?<!\S)(?:tel:)?(?P<number>[+(\d][\d\s().\-/\u2010-\u2015]+\d)(?:\s*(?:ext\.?|x|#)\s*\d+)?(?![^\s,;])",
    re.IGNORECASE,
)

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
    """Return the words of a search that are looked up, folded as names are."""
    return [fold(part) for parts in _split(words) for part in parts]


def _split(words: str) -> list[tuple[str, ...]]:
    """Split a search at its spaces, but for those within a phone number."""
    text = "".join(sign for sign in words.replace("\0", " ") if unicodedata.category(sign) != "Cf")
    groups: list[tuple[str, ...]] = []
    end = 0
    for found in _PHONE_NUMBER.finditer(text):
        if phone_parts(found["number"]):
            groups += [*((word,) for word in text[end : found.start()].split()), tuple(found["number"].split())]
            end = found.end()
    groups += [(word,) for word in text[end:].split()]
    kept = (tuple(part for part in group if _substring_trigrams(fold(part))) for group in groups)
    return [group for group in kept if group][:MAX_WORDS]


def word_condition(words: str, tags: Iterable[str]) -> Q | None:
    """Match customers with every word in their name, a contact point or one of `tags`. None without words."""
    conditions = [Q(pk__in=_customers_with(group, tags)) for group in _split(words)]
    return reduce(and_, conditions) if conditions else None


def _customers_with(group: tuple[str, ...], tags: Iterable[str]) -> QuerySet[Customer, object]:
    """Find customers with one word, or with a phone number or all its parts.

    Served by customers_by_trigram, contactpoints_by_trigram, customers_by_tag.
    """
    whole, folded = " ".join(group), tuple(map(fold, group))
    named = Customer.objects.filter(_contains("sort_key", folded)).order_by().values("pk")
    spellings = {group, tuple(map(str.casefold, group)), folded}
    reached = ContactPoint.objects.filter(reduce(or_, (_contains("normalised", parts) for parts in spellings)))
    alike = [tag for tag in tags if all(part in fold(tag) for part in folded)]
    tagged = Customer.objects.filter(tags__overlap=[whole, *alike]).order_by().values("pk")
    called = ContactPoint.objects.filter(_is_phone_number(whole)).order_by().values("customer")
    return named.union(reached.order_by().values("customer"), tagged, called)


def _is_phone_number(text: str) -> Q:
    """Match the phone numbers that the text may mean, in whatever notation; none if it is no number."""
    parts = phone_parts(text) if _PHONE_NUMBER.fullmatch(text) else []
    conditions = (_contains("normalised", [part]) for part in parts)
    return reduce(or_, conditions, Q(pk__in=[])) & Q(kind=ContactPoint.Kind.PHONE)


def _contains(column: str, parts: Collection[str]) -> Q:
    """Match rows whose column, whose trigrams are stored, contains all the parts."""
    grams = sorted({gram for part in parts for gram in _substring_trigrams(part)})
    long_parts = (Q(**{f"{column}__contains": part}) for part in parts if len(part) > 2)
    return reduce(and_, long_parts, Q(trigrams__contains=grams))


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
    """Return up to `limit` customers: names that begin with the words, then partial matches, by name."""
    holds = word_condition(words, tags)
    if holds is None:
        return []
    found = list(_prefix_matches(customers, words).values_list("pk", flat=True)[:limit])
    if len(found) < limit:
        others = customers.filter(holds).order_by().values_list("pk", "sort_key")[: limit + len(found)]
        found += [pk for pk, _ in sorted(others, key=lambda row: (row[1], row[0])) if pk not in set(found)]
    return found[:limit]


def find_similar_names(customers: CustomerQuerySet, words: str, *, found: Collection[int]) -> list[int]:
    """Return customers with a similar name, unless enough were `found`; most similar first, without those."""
    if len(found) >= _ENOUGH_MATCHES or not any(map(str.isalpha, words)):
        return []
    return [one.pk for one in _similar_names(customers, words).only("pk") if one.pk not in set(found)]


def suggest_customers(customers: CustomerQuerySet, words: str, *, limit: int) -> list[Customer]:
    """Return the customers that the first letters of a name may mean, the likeliest first, with name and photo."""
    among = customers.unmerged()
    found = find_customers(among, words, tags=(), limit=limit)
    found += find_similar_names(among, words, found=found)
    by_pk = {one.pk: one for one in Customer.objects.filter(pk__in=found[:limit]).only("name", "photo")}
    return [by_pk[pk] for pk in found if pk in by_pk]
