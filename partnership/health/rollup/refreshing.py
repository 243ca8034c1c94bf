"""Keep the metrics equal to what they count.

What changes a history, or a score as other rules do, appends a StaleMetrics row in the same transaction; once the
customer is rescored, their metrics are counted again. On a new day the periods have moved on, and everybody's are.
"""

from collections.abc import Collection
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import connection

from interactions.models.kinds import ANSWERS, AWAITS_ANSWER, IS_PERSONAL_SQL
from partnership.core.locks import LockKey
from partnership.core.refresh import refresh_chunks, refresh_claimed
from partnership.health.models import StaleMetrics
from partnership.health.rollup.metrics import METRICS
from partnership.health.rollup.periods import PERIODS
from partnership.scoring.engine.rescoring import customer_chunks
from partnership.scoring.models import DEFAULT_RESPONSE_HOURS, Score
from partnership.staff.business_hours import READING_SQL, firm_calendar
from partnership.staff.models import Firm

BATCH = 1000
"""Stale customers of one transaction."""


def refresh_stale(*, at: datetime, batch: int = BATCH) -> int:
    """Count a batch of stale customers who are rescored; how many. None while somebody else is at it."""
    return refresh_claimed(CLAIM, partial(_refresh_customers, at=at), lock=LockKey.HEALTH_REFRESH, batch=batch)


def refresh_new_day(*, at: datetime) -> int:
    """Everybody, once the local day is new and everybody is scored for it; how many."""
    day = Firm.current().local_date(at)
    standing = Score.objects.filter(customer__merged_into=None)
    # Who is new or has news is counted with the stale ones.
    behind = standing.exclude(customer__metrics__day=day).exclude(customer__in=StaleMetrics.objects.values("customer"))
    if standing.exclude(day=day).exists() or not behind.exists():
        return 0
    return refresh_all(at=at, answers=False)


def refresh_all(*, at: datetime, answers: bool = True) -> int:
    """Everybody, a chunk after the other; how many. Without `answers` those that are known stand: they do not age."""
    work = partial(_refresh_customers if answers else refresh_metrics, at=at)
    return refresh_chunks(customer_chunks(), work, lock=LockKey.HEALTH_REFRESH)


def _refresh_customers(customers: Collection[int], *, at: datetime) -> None:
    """Count these customers' answers and metrics, in the transaction under way."""
    refresh_answers(customers, at=at)
    refresh_metrics(customers, at=at)


def refresh_metrics(customers: Collection[int], *, at: datetime) -> None:
    """Count these customers' metrics, in the transaction under way."""
    firm = Firm.current()
    with connection.cursor() as cursor:
        cursor.execute(*_upsert(firm, firm.local_date(at), list(customers)))
        cursor.execute(_DELETE_MERGED, [list(customers)])


def _upsert(firm: Firm, day: date, customers: list[int]) -> tuple[str, list[Any]]:
    """Return the statement that counts and stores them, and its parameters."""
    facts: list[str] = []
    parameters: list[Any] = []
    for name, metric in METRICS.items():
        rows = metric.facts(firm, day).filter(**{f"{metric.customer}__in": customers})
        sql, given = rows.query.sql_with_params()
        facts.append(f"SELECT '{name}' AS metric, fact.* FROM ({sql}) fact (customer_id, day, number)")
        parameters += given
    numbers = _numbers()
    columns = {
        "customer_id": "customer.id",
        "period": "period.name",
        "day": "%s::date",
        "tier_id": "score.tier_id",
        "tier_then_id": "score_then.tier_id",
        "partnership": "coalesce(score.partnership, 0)",
        "thin": "coalesce(score.confidence < rules.thin_below, true)",
        "partnership_then": "score_then.partnership",
        "loudness": "coalesce(score.loudness, 0)",
        **{name: f"coalesce(counted.{name}, 0)" for name in numbers},
    }
    changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in ("customer_id", "period"))
    periods = ", ".join(f"('{name}', {2 * place + 1}, {weeks})" for place, (name, weeks) in enumerate(PERIODS.items()))
    # By period, so that the rows that one dashboard reads lie together.
    statement = f"""
WITH period (name, place, weeks) AS (VALUES {periods}),
facts AS MATERIALIZED ({" UNION ALL ".join(facts)}),
summed AS (SELECT customer_id, metric, sum(number)::bigint AS total, ARRAY[{", ".join(_sums())}]::bigint[] AS counts
  FROM facts GROUP BY customer_id, metric),
counted AS (SELECT customer_id, period.name, {", ".join(f"{sql} AS {name}" for name, sql in numbers.items())}
  FROM summed CROSS JOIN period GROUP BY customer_id, period.name)
INSERT INTO health_customermetrics ({", ".join(columns)})
SELECT {", ".join(columns.values())}
FROM customers_customer customer CROSS JOIN period
LEFT JOIN scoring_score score ON score.customer_id = customer.id
LEFT JOIN scoring_ruleset rules ON rules.id = score.rule_set_id
LEFT JOIN LATERAL (
  SELECT tier_id, partnership FROM scoring_scoresnapshot snapshot
  WHERE snapshot.customer_id = customer.id AND snapshot.day <= %s::date - 7 * period.weeks
  ORDER BY snapshot.day DESC LIMIT 1) score_then ON true
LEFT JOIN counted ON counted.customer_id = customer.id AND counted.name = period.name
WHERE customer.id = ANY(%s) AND customer.merged_into_id IS NULL
ORDER BY period.weeks, customer.id
ON CONFLICT (period, customer_id) DO UPDATE SET {changed}"""
    return statement, [*parameters, *[day] * (2 * 2 * len(PERIODS)), day, day, customers]


def _sums() -> list[str]:
    """Return the sums of each period and of the one before it; period.place is where a period's stands."""
    within = "coalesce(sum(number) FILTER (WHERE day > %s::date - {first} AND day <= %s::date - {last}), 0)"
    spans = [(7 * weeks, back * 7 * weeks) for weeks in PERIODS.values() for back in (0, 1)]
    return [within.format(first=last + length, last=last) for length, last in spans]


def _numbers() -> dict[str, str]:
    """Map each column to its value among a customer's sums of one period."""
    columns = {}
    for name, metric in METRICS.items():
        if metric.day:
            columns[name] = f"max(counts[period.place]) FILTER (WHERE metric = '{name}')"
            columns[f"before_{name}"] = f"max(counts[period.place + 1]) FILTER (WHERE metric = '{name}')"
        else:
            columns[name] = f"max(total) FILTER (WHERE metric = '{name}')"
    return columns


def refresh_answers(customers: Collection[int], *, at: datetime) -> None:
    """Derive these customers' answers from their conversations, in the transaction under way."""
    firm = Firm.current()
    given: dict[str, Any] = {
        "customers": list(customers),
        "asks": sorted(AWAITS_ANSWER),
        "answers": sorted(ANSWERS),
        "last": DEFAULT_RESPONSE_HOURS,
    }
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM health_answer WHERE customer_id = ANY(%(customers)s)", given)
        cursor.execute(_FIRST_INTERACTION, given)
        (first,) = cursor.fetchone()
        clock = firm_calendar(firm, begin=min(first or at, at), end=at).head(at)
        reading: dict[str, Any] = {"edges": list(clock.edges), "readings": list(clock.readings), "zone": firm.timezone}
        cursor.execute(_INSERT_ANSWERS, {**given, **reading})


CLAIM = """
DELETE FROM health_stalemetrics WHERE customer_id IN (
  SELECT customer_id FROM health_stalemetrics stale
  WHERE NOT EXISTS (SELECT FROM scoring_stalescore score WHERE score.customer_id = stale.customer_id)
  GROUP BY customer_id ORDER BY min(id) LIMIT %(batch)s
) RETURNING customer_id"""

_DELETE_MERGED = """
DELETE FROM health_customermetrics metrics USING customers_customer customer
WHERE customer.id = metrics.customer_id AND customer.merged_into_id IS NOT NULL AND customer.id = ANY(%s)"""

_FIRST_INTERACTION = """
SELECT min((SELECT min(occurred_at) FROM interactions_interaction WHERE customer_id = given.id))
FROM unnest(%(customers)s::bigint[]) AS given (id)"""


def reading(column: str) -> str:
    return READING_SQL.format(at=f"date_part('epoch', {column})", edges="%(edges)s", readings="%(readings)s")


# A turn ends with our first answer, or unanswered with a settlement; what they add meanwhile waits with it. Automatic
# replies and bulk mail neither ask nor answer. The target is that of the tier they had when they asked.
_INSERT_ANSWERS = f"""
WITH spoken AS (
  SELECT customer_id, conversation_id, occurred_at, id, direction = 'inbound' AS asks, false AS settles
  FROM interactions_interaction
  WHERE customer_id = ANY(%(customers)s) AND conversation_id IS NOT NULL AND (
    direction = 'inbound' AND kind = ANY(%(asks)s) OR direction = 'outbound' AND kind = ANY(%(answers)s))
  AND {IS_PERSONAL_SQL}
  UNION ALL
  SELECT customer_id, conversation_id, at, settlement.id, false, true
  FROM interactions_settlement settlement JOIN interactions_conversation thread ON thread.id = conversation_id
  WHERE customer_id = ANY(%(customers)s) AND answered <> 'yes'
), numbered AS (
  SELECT *, count(*) FILTER (WHERE NOT asks) OVER (PARTITION BY customer_id, conversation_id
    ORDER BY occurred_at, settles, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS turn
  FROM spoken
), answered AS (
  SELECT customer_id, conversation_id, min(occurred_at) FILTER (WHERE asks) AS asked_at,
    max(occurred_at) FILTER (WHERE NOT asks AND NOT settles) AS answered_at
  FROM numbered GROUP BY customer_id, conversation_id, turn
), clocked AS (
  SELECT answered.*, {reading("answered_at")} - {reading("asked_at")} AS waited,
    coalesce(tier.response_hours, %(last)s) AS promised
  FROM answered
  LEFT JOIN LATERAL (
    SELECT tier_id FROM scoring_scoresnapshot stood WHERE stood.customer_id = answered.customer_id
      AND stood.day <= (asked_at AT TIME ZONE %(zone)s)::date ORDER BY stood.day DESC LIMIT 1) stood ON true
  LEFT JOIN scoring_tier tier ON tier.id = stood.tier_id
  WHERE asked_at IS NOT NULL AND answered_at IS NOT NULL
)
INSERT INTO health_answer (customer_id, conversation_id, asked_at, answered_at, waited, promised, late)
SELECT customer_id, conversation_id, asked_at, answered_at, waited, promised, waited > promised * 3600
FROM clocked ORDER BY answered_at, conversation_id"""
