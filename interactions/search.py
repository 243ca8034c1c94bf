"""Full-text search of entries."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable, SearchRank
from django.db import connection, transaction

from interactions.models import Interaction
from interactions.models.words import STEMMERS, entry_words
from interactions.querysets import InteractionQuerySet
from partnership.core.caching import read_cached
from partnership.core.pagination import parse_key, parse_moment

# A page of text pasted into the search asks for its first words.
MAX_WORDS, _MAX_WORD_LENGTH = 12, 80

# Bytes from which a word also matches longer words: three Latin letters, or one sign of a script with a sign per word.
_MIN_PREFIX_BYTES = 3


def search_words(words: str) -> list[str]:
    """Return the words of a search that have a letter or digit, at most MAX_WORDS."""
    found = (word for word in words.replace("\0", " ").split() if any(map(str.isalnum, word)))
    return [word[:_MAX_WORD_LENGTH] for _, word in zip(range(MAX_WORDS), found, strict=False)]


def words_query(words: str, languages: Iterable[str]) -> SearchQueryCombinable | None:
    """Match every word, as a prefix or by its stem in any of these language codes. None without words."""
    return words_query_from([(word, prefix_query(word)) for word in search_words(words)], languages)


def words_query_from(words: Iterable[tuple[str, str]], languages: Iterable[str]) -> SearchQueryCombinable | None:
    """Build the query from (word, prefix query) pairs."""
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


def prefix_query(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'{':*' if len(word.encode()) >= _MIN_PREFIX_BYTES else ''}"


# With more hits than this, the newest come first instead of the best.
_MAX_RANKED = 200

# Share of all rows above which walking back through time finds words faster than their index.
_COMMON_SHARE = 0.1

# Periods that are searched, newest first, before the whole history is.
_WINDOWS = (timedelta(days=7), timedelta(days=60), timedelta(days=500))

# (primary key, key of the page that begins after it).
_Hits = list[tuple[int, str]]


def matching_rows(rows: InteractionQuerySet, query: SearchQueryCombinable) -> InteractionQuerySet:
    """Keep the rows with these words. Served by interactions_by_words."""
    return rows.alias(words=entry_words()).filter(words=query)


def find_interactions(
    rows: InteractionQuerySet, query: SearchQueryCombinable, *, at: datetime, after: str = "", limit: int
) -> _Hits:
    """Return the next `limit` matching rows. Raise BadRequest for an invalid `after`."""
    hits = matching_rows(rows, query)
    place, pk = parse_key(after, str) if after else ("", 0)
    walk = is_common_query(query)
    if place in ("", "rank") and not walk and (best := _best_matches(hits, query)) is not None:
        pks = [one for one, _ in best]
        if place and pk not in pks:
            return []  # deleted since, so its place is unknown
        return best[pks.index(pk) + 1 if place else 0 :][:limit]
    if place == "rank":
        return []
    return _newest_matches(hits, at=at, after=after, limit=limit, walk=walk)


def is_common_query(query: SearchQueryCombinable) -> bool:
    """Estimate by the planner's statistics, which reads no rows. It assumes 2.5 per cent for a rare prefix."""
    everything = Interaction.objects.order_by()
    many = read_cached("interactions.expected", 60, lambda: _estimated_rows(everything))
    return _estimated_rows(matching_rows(everything, query)) > _COMMON_SHARE * many


def _estimated_rows(rows: InteractionQuerySet) -> int:
    (plan,) = json.loads(rows.values("pk").explain(format="json"))
    return int(plan["Plan"]["Plan Rows"])


@contextmanager
def _index_only_plan() -> Iterator[None]:
    """Force the index: the planner has no statistics on rare words and would read the whole table."""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on")


def _best_matches(hits: InteractionQuerySet, query: SearchQueryCombinable) -> _Hits | None:
    """Return all hits, best first and newest first among equals. None if there are more than MAX_RANKED."""
    with _index_only_plan():
        found = list(hits.order_by().values_list("pk", flat=True)[: _MAX_RANKED + 1])
    if len(found) > _MAX_RANKED:
        return None
    if not found:
        return []
    rank = SearchRank(entry_words(), query)
    ranks = Interaction.objects.filter(pk__in=found).annotate(rank=rank).order_by("-rank", "-occurred_at", "-pk")
    return [(pk, f"rank,{pk}") for pk in ranks.values_list("pk", flat=True)]


def _newest_matches(hits: InteractionQuerySet, *, at: datetime, after: str, limit: int, walk: bool) -> _Hits:
    """Return the newest hits, window by window. Served by interactions_newest, else interactions_by_words."""
    upper = at
    if after:
        upper, pk = parse_key(after, parse_moment)
        hits = hits.before(upper, pk)
    newest_first = hits.order_by("-occurred_at", "-id").values_list("pk", "occurred_at")
    rows: list[tuple[int, datetime]] = []
    with nullcontext() if walk else _index_only_plan():
        for window in (*_WINDOWS, None):
            found = newest_first.filter(occurred_at__gte=upper - window) if window else newest_first
            rows = list(found[:limit])
            if len(rows) == limit:
                break
    return [(pk, f"{moment.isoformat()},{pk}") for pk, moment in rows]
