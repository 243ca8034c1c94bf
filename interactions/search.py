"""Words that somebody types, as a query of the full text (interactions.models.words), and what holds them."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable, SearchRank
from django.db import connection, transaction

from interactions.models import Interaction
from interactions.models.words import STEMMERS, Words
from interactions.querysets import InteractionQuerySet
from partnership.core.caching import read_cached
from partnership.core.pagination import parse_key, parse_moment

MOST_WORDS, LONGEST = 12, 80
"""What is read of a search; a page of text pasted into it asks for its first words."""

PREFIX_BYTES = 3
"""From here on a word finds what begins with it: three letters of ours, one of a script that has a sign per word."""


def asked_words(words: str) -> list[str]:
    """The words that a search is for, at most MOST_WORDS; what has no letter or digit is none."""
    found = (word for word in words.replace("\0", " ").split() if any(map(str.isalnum, word)))
    return [word[:LONGEST] for _, word in zip(range(MOST_WORDS), found, strict=False)]


def tsquery(words: str, languages: Iterable[str]) -> SearchQueryCombinable | None:
    """Every word, as the beginning of one or by its stem in any of these languages (codes); None without words."""
    return query_of([(word, beginning_of(word)) for word in asked_words(words)], languages)


def query_of(words: Iterable[tuple[str, str]], languages: Iterable[str]) -> SearchQueryCombinable | None:
    """`words`: each with how the query says that a word begins so."""
    codes = {language.split("-")[0] for language in languages}
    stemmers = sorted({STEMMERS[code] for code in codes if code in STEMMERS})
    queries = [
        reduce(
            or_,
            (SearchQuery(word, config=name, search_type="plain") for name in stemmers),
            SearchQuery(beginning, config="simple", search_type="raw"),
        )
        for word, beginning in words
    ]
    return reduce(and_, queries) if queries else None


def beginning_of(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'{':*' if len(word.encode()) >= PREFIX_BYTES else ''}"


RANKED = 200
"""Where no more rows hold the words, the best come first; else the newest."""

COMMON = 0.1
"""A share of all rows: words that the planner expects in more of them are soon met by walking back through time."""

WINDOWS = (timedelta(days=7), timedelta(days=60), timedelta(days=500))
"""How far back the newest are looked for before the whole history is."""

Hits = list[tuple[int, str]]
"""(pk, the key of the page that begins after it)."""


def saying(rows: InteractionQuerySet, query: SearchQueryCombinable) -> InteractionQuerySet:
    """Served by interactions_by_words."""
    return rows.alias(words=Words("language", "subject", "body")).filter(words=query)


def found_by(
    rows: InteractionQuerySet, query: SearchQueryCombinable, *, at: datetime, after: str = "", limit: int
) -> Hits:
    """The next `limit` of these rows that hold the words. BadRequest when `after` is no place among them."""
    hits = saying(rows, query)
    place, pk = parse_key(after, str) if after else ("", 0)
    walk = is_common(query)
    if place in ("", "rank") and not walk and (best := ranked(hits, query)) is not None:
        pks = [one for one, _ in best]
        if place and pk not in pks:
            return []  # gone meanwhile: where it stood nobody knows
        return best[pks.index(pk) + 1 if place else 0 :][:limit]
    if place == "rank":
        return []
    return newest(hits, at=at, after=after, limit=limit, walk=walk)


def is_common(query: SearchQueryCombinable) -> bool:
    """By the planner's statistics, which costs no reading; it takes the beginning of a rare word for 2.5 per cent."""
    everything = Interaction.objects.order_by()
    many = read_cached("interactions.expected", 60, lambda: expected(everything))
    return expected(saying(everything, query)) > COMMON * many


def expected(rows: InteractionQuerySet) -> int:
    (plan,) = json.loads(rows.values("pk").explain(format="json"))
    return int(plan["Plan"]["Plan Rows"])


@contextmanager
def through_its_index() -> Iterator[None]:
    """The planner knows too little of rare words: left alone, it reads the whole table to find a few."""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on")


def ranked(hits: InteractionQuerySet, query: SearchQueryCombinable) -> Hits | None:
    """All of them, the best first and of equals the newest; None where they are many."""
    with through_its_index():
        found = list(hits.order_by().values_list("pk", flat=True)[: RANKED + 1])
    if len(found) > RANKED:
        return None
    if not found:
        return []
    rank = SearchRank(Words("language", "subject", "body"), query)
    ranks = Interaction.objects.filter(pk__in=found).annotate(rank=rank).order_by("-rank", "-occurred_at", "-pk")
    return [(pk, f"rank,{pk}") for pk in ranks.values_list("pk", flat=True)]


def newest(hits: InteractionQuerySet, *, at: datetime, after: str, limit: int, walk: bool) -> Hits:
    """Back through time, window by window. Served by interactions_newest, with interactions_by_words unless walked."""
    upper = at
    if after:
        upper, pk = parse_key(after, parse_moment)
        hits = hits.before(upper, pk)
    newest_first = hits.order_by("-occurred_at", "-id").values_list("pk", "occurred_at")
    rows: list[tuple[int, datetime]] = []
    with nullcontext() if walk else through_its_index():
        for window in (*WINDOWS, None):
            found = newest_first.filter(occurred_at__gte=upper - window) if window else newest_first
            rows = list(found[:limit])
            if len(rows) == limit:
                break
    return [(pk, f"{moment.isoformat()},{pk}") for pk, moment in rows]
