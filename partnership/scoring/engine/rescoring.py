"""Keep stored scores equal to what the rules compute from the history.

A change of a history appends a StaleScore row in the same transaction. Rescoring locks Score rows first, so that any
number of workers can run without two of them working on one customer.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from customers.merging.resolution import lock_survivors
from partnership.core.locks import LockKey, held_numbers
from partnership.core.refresh import refresh_claimed
from partnership.scoring.engine.formulas import SUMS, tier_reached_sql
from partnership.scoring.engine.matching import Parameters
from partnership.scoring.engine.statement import compile_rules
from partnership.scoring.models import RuleSet
from partnership.scoring.signals import TierChange, scores_changed, tiers_changed
from partnership.staff.models import Firm

BATCH = 500  # stale customers rescored in one transaction
CHUNK = 10_000  # customers of a full rescore in one transaction, which locks them for about a second
TREND_BATCH = 2_000  # customers whose weeks are filled in in one transaction
TREND_WEEKS = 53  # weeks for which snapshots are backfilled: there is one a year ago

_TREND = timedelta(weeks=4)

# A snapshot is taken when one of these has moved by a point.
_SNAPSHOT_SCORES = ("reciprocity", "commitment", "partnership", "loudness")

SCORES = (*_SNAPSHOT_SCORES, "confidence")


def rescore_stale(*, at: datetime, batch: int = BATCH) -> int:
    """Rescore a batch of stale customers that no other worker has locked, and return their number."""
    day = Firm.current().local_date(at)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MAKE_MISSING_SCORES)
        cursor.execute(_CLAIM_STALE, {"batch": batch})
        claimed = [pk for (pk,) in cursor.fetchall()]
        if claimed:
            # Deleted before computing: a change that commits later leaves a row of its own for the next round.
            cursor.execute("DELETE FROM scoring_stalescore WHERE customer_id = ANY(%s)", [claimed])
            write_scores(_active_rule_set(), day, claimed, at)
        return len(claimed)


def rescore(customer_ids: Sequence[int], *, at: datetime) -> None:
    """Rescore these customers, waiting for workers that have locked them."""
    day = Firm.current().local_date(at)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MAKE_SCORES, [list(customer_ids)])
        cursor.execute(_LOCK_SCORES, [list(customer_ids)])
        cursor.execute("DELETE FROM scoring_stalescore WHERE customer_id = ANY(%s)", [list(customer_ids)])
        write_scores(_active_rule_set(), day, customer_ids, at)


def _active_rule_set() -> RuleSet:
    """Read the active set once the Score rows are locked.

    A set activated before is seen; one activated later is followed by a full rescore, which waits for these rows.
    """
    return RuleSet.objects.active()


def rescore_all(*, at: datetime) -> int:
    """Rescore all customers chunk by chunk, and return their number."""
    done = 0
    for chunk in customer_chunks():
        rescore(chunk, at=at)
        done += len(chunk)
    return done


def customer_chunks(after: int = 0) -> Iterator[list[int]]:
    """Yield the ids of unmerged customers above `after`, CHUNK at a time; each chunk is read when it is needed."""
    while chunk := _next_chunk(after):
        yield chunk
        after = chunk[-1]


def _next_chunk(after: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM customers_customer WHERE id > %s AND merged_into_id IS NULL ORDER BY id LIMIT %s",
            [after, CHUNK],
        )
        return [pk for (pk,) in cursor.fetchall()]


def write_scores(rule_set: RuleSet, day: date, customer_ids: Collection[int], at: datetime) -> None:
    """Compute and store scores and snapshots of customers whose Score rows this transaction has locked."""
    lock_survivors(customer_ids)  # before their snapshots, as in a merge
    with _judged_scores(rule_set, day, customer_ids, at=at) as (cursor, parameters):
        cursor.execute(_TIERS_CHANGED, parameters)
        changes = [TierChange(*row) for row in cursor.fetchall()]
        cursor.execute(_SCORES_CHANGED, parameters)
        moved = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(_SAVE_SCORES, parameters)
        cursor.execute(_SAVE_SNAPSHOTS, parameters)
    if moved:
        scores_changed.send(sender=None, customer_ids=moved)
    if changes:
        tiers_changed.send(sender=None, changes=changes, day=day, at=at)


def backfill_snapshots(customer_ids: Collection[int], *, at: datetime, last_weeks: int = TREND_WEEKS) -> None:
    """Write a snapshot per week of the last year, so that an imported history has a trend at once."""
    rule_set, today, ids = RuleSet.objects.active(), Firm.current().local_date(at), sorted(customer_ids)
    for start in range(0, len(ids), CHUNK):
        for weeks in range(last_weeks, 0, -1):
            day, chunk = today - timedelta(weeks=weeks), ids[start : start + CHUNK]
            with (
                transaction.atomic(),
                _judged_scores(rule_set, day, _customers_with_history(chunk, by=day), at=at, with_pins=False) as (
                    cursor,
                    parameters,
                ),
            ):
                cursor.execute(_SAVE_SNAPSHOTS, parameters)
    if ids:
        scores_changed.send(sender=None, customer_ids=ids)


def fill_in_trends(*, at: datetime, batch: int = TREND_BATCH) -> int:
    """Write the weekly snapshots of a batch of customers whose history was imported; return their number.

    None while an import is under way, as more of their history may come, or while another worker is at it.
    """
    if held_numbers(LockKey.IMPORT):
        return 0
    work = partial(backfill_snapshots, at=at)
    return refresh_claimed(_CLAIM_TRENDS, work, lock=LockKey.TREND_FILLING, batch=batch)


def _customers_with_history(customer_ids: Collection[int], *, by: date) -> list[int]:
    """Return the customers with an interaction by that day."""
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS_WITH_HISTORY, {"ids": list(customer_ids), "day": by})
        return [pk for (pk,) in cursor.fetchall()]


@contextmanager
def _judged_scores(
    rule_set: RuleSet, day: date, customer_ids: Collection[int], *, at: datetime, with_pins: bool = True
) -> Iterator[tuple[CursorWrapper, Parameters]]:
    """Make the temporary table judged_scores: scores as of `day`, compared with earlier snapshots.

    `with_pins` must be False for a past day, whose pins are not recorded.
    """
    statement = compile_rules(rule_set, day=day, customers=list(customer_ids))
    ranked = [tier for tier in rule_set.tiers.all() if not tier.for_newcomers]
    judge = _JUDGE.format(
        up=tier_reached_sql(ranked, margin=rule_set.margin),
        down=tier_reached_sql(ranked, margin=-rule_set.margin),
    )
    parameters: Parameters = {
        "day": day,
        "at": at,
        "rule_set": rule_set.pk,
        "thin_below": rule_set.thin_below,
        "with_pins": with_pins,
        "trend_day": day - _TREND,
    }
    with connection.cursor() as cursor:
        statement.execute(cursor, judge, into="judged_scores", **parameters)
        yield cursor, parameters
        cursor.execute("DROP TABLE judged_scores")


_SCORE_COLUMNS = ", ".join(["customer_id", *SUMS, *SCORES, "earned_tier_id"])

_MAKE_BLANK_SCORES = """
INSERT INTO scoring_score ({columns})
SELECT id, {zeros} FROM ({{ids}}) AS new (id) WHERE NOT EXISTS (SELECT FROM scoring_score WHERE customer_id = id)
ORDER BY id ON CONFLICT (customer_id) DO NOTHING""".format(
    columns=", ".join(["customer_id", *SUMS, *SCORES]), zeros=", ".join(["0"] * (len(SUMS) + len(SCORES)))
)
_MAKE_MISSING_SCORES = _MAKE_BLANK_SCORES.format(ids="SELECT DISTINCT customer_id FROM scoring_stalescore")
_MAKE_SCORES = _MAKE_BLANK_SCORES.format(ids="SELECT unnest(%s::bigint[])")

_CLAIM_STALE = """
SELECT customer_id FROM scoring_score
WHERE customer_id IN (SELECT customer_id FROM scoring_stalescore GROUP BY customer_id ORDER BY min(id) LIMIT %(batch)s)
ORDER BY customer_id FOR UPDATE SKIP LOCKED"""

_CLAIM_TRENDS = """
DELETE FROM scoring_missingtrend WHERE customer_id IN (
  SELECT customer_id FROM scoring_missingtrend GROUP BY customer_id ORDER BY min(id) LIMIT %(batch)s
) RETURNING customer_id"""

_CUSTOMERS_WITH_HISTORY = """
SELECT given.id FROM unnest(%(ids)s::bigint[]) AS given (id) WHERE EXISTS (
  SELECT FROM interactions_interaction WHERE customer_id = given.id AND occurred_on <= %(day)s)"""

_LOCK_SCORES = "SELECT customer_id FROM scoring_score WHERE customer_id = ANY(%s) ORDER BY customer_id FOR UPDATE"

# What a tier of any set is under these rules.
_SAME_TIER = "CASE WHEN {0}.rule_set_id = %(rule_set)s THEN {0}.id ELSE {0}.same_as_id END"

# The tier shown changes only when the thresholds are passed by the margin, compared with the last snapshot before
# today. No margin applies to thin evidence, or to the first tier after thin evidence or a pin. A pin overrides it.
_JUDGE = f"""
SELECT {", ".join(f"fresh.{name}" for name in _SCORE_COLUMNS.split(", "))},
  coalesce(pinned.id, CASE
    WHEN fresh.confidence < %(thin_below)s OR kept.id IS NULL OR former.for_newcomers THEN fresh.earned_tier_id
    WHEN up.rank > kept.rank THEN up.id
    WHEN down.rank < kept.rank THEN down.id
    ELSE kept.id END) AS tier_id,
  fresh.partnership - earlier.partnership AS trend, last.tier_id AS last_tier_id, pinned.id IS NOT NULL AS pinned,
  last.id IS NULL OR last.pinned <> (pinned.id IS NOT NULL) OR last.rule_set_id <> %(rule_set)s OR greatest(
    {", ".join(f"abs(fresh.{name} - last.{name})" for name in _SNAPSHOT_SCORES)}) >= 1 AS moved
FROM (SELECT tiered_scores.*, {{up}} AS up_id, {{down}} AS down_id FROM tiered_scores) fresh
LEFT JOIN LATERAL (
  SELECT * FROM scoring_scoresnapshot WHERE customer_id = fresh.customer_id AND day < %(day)s
  ORDER BY day DESC LIMIT 1) last ON true
LEFT JOIN LATERAL (
  SELECT partnership FROM scoring_scoresnapshot WHERE customer_id = fresh.customer_id AND day <= %(trend_day)s
  ORDER BY day DESC LIMIT 1) earlier ON true
LEFT JOIN LATERAL (
  SELECT tier.id FROM scoring_tierpin pin JOIN scoring_tier as_pinned ON as_pinned.id = pin.tier_id
  JOIN scoring_tier tier ON tier.rule_set_id = %(rule_set)s AND tier.id = {_SAME_TIER.format("as_pinned")}
  WHERE %(with_pins)s AND pin.customer_id = fresh.customer_id AND pin.until >= %(day)s) pinned ON true
LEFT JOIN scoring_tier former ON former.id = last.tier_id AND NOT last.pinned
LEFT JOIN scoring_tier kept
  ON kept.rule_set_id = %(rule_set)s AND kept.id = {_SAME_TIER.format("former")} AND NOT kept.for_newcomers
JOIN scoring_tier up ON up.id = up_id
JOIN scoring_tier down ON down.id = down_id"""

# Only of customers who had a tier under the same rules: everybody_rescored announces the effect of other rules.
_TIERS_CHANGED = """
SELECT judged.customer_id, stored.tier_id, judged.tier_id, judged.pinned
FROM judged_scores judged JOIN scoring_score stored ON stored.customer_id = judged.customer_id
WHERE stored.rule_set_id = %(rule_set)s AND stored.tier_id <> judged.tier_id ORDER BY judged.customer_id"""

_DERIVED_FROM = ("rule_set_id", "tier_id", "pinned", *SCORES)

_SCORES_CHANGED = f"""
SELECT judged.customer_id
FROM (SELECT *, %(rule_set)s::bigint AS rule_set_id FROM judged_scores) judged
JOIN scoring_score stored ON stored.customer_id = judged.customer_id
WHERE (stored.day IS NULL OR stored.day = %(day)s) AND ({
    ", ".join(f"stored.{name}" for name in _DERIVED_FROM)
}) IS DISTINCT FROM ({", ".join(f"judged.{name}" for name in _DERIVED_FROM)}) ORDER BY judged.customer_id"""

_SAVE_SCORES = f"""
INSERT INTO scoring_score ({_SCORE_COLUMNS}, tier_id, pinned, trend, day, rule_set_id)
SELECT {_SCORE_COLUMNS}, tier_id, pinned, trend, %(day)s, %(rule_set)s FROM judged_scores
ON CONFLICT (customer_id) DO UPDATE SET {
    ", ".join(
        f"{name} = excluded.{name}"
        for name in [*_SCORE_COLUMNS.split(", ")[1:], "tier_id", "pinned", "trend", "day", "rule_set_id"]
    )
}"""

_SAVE_SNAPSHOTS = f"""
INSERT INTO scoring_scoresnapshot (customer_id, day, recorded_at, rule_set_id, {", ".join(SCORES)}, tier_id, pinned)
SELECT customer_id, %(day)s, %(at)s, %(rule_set)s, {", ".join(SCORES)}, tier_id, pinned FROM judged_scores judged
WHERE moved OR tier_id IS DISTINCT FROM last_tier_id OR EXISTS (
  SELECT FROM scoring_scoresnapshot today WHERE today.customer_id = judged.customer_id AND today.day = %(day)s)
ON CONFLICT (customer_id, day) DO UPDATE SET recorded_at = excluded.recorded_at, rule_set_id = excluded.rule_set_id, {
    ", ".join(f"{name} = excluded.{name}" for name in [*SCORES, "tier_id", "pinned"])
}"""
