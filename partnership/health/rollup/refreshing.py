"""Keeping the tallies equal to what the measures count.

What changes a history appends a StaleTally row in the same transaction; once the customer is rescored, their tally is
counted anew. On a new day the spans have moved on: everybody's is.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from interactions.models.kinds import ANSWERS, AWAITS_ANSWER
from partnership.health.models import StaleTally
from partnership.health.rollup.metrics import MEASURES
from partnership.health.rollup.periods import PERIODS
from partnership.scoring.engine.rescoring import next_chunk
from partnership.scoring.models import DEFAULT_RESPONSE_HOURS, Score
from partnership.staff.business_hours import READING, calendar
from partnership.staff.models import Firm

BATCH = 1000
"""Stale customers of one transaction."""

LOCK = 0x4EA174
"""PostgreSQL's advisory lock of whoever counts."""


@transaction.atomic
def refresh_stale(*, at: datetime, batch: int = BATCH) -> int:
    """Count a batch of stale customers who are rescored; how many. None while somebody else is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            return 0
        # Seen before counting: what commits from here on leaves a row of its own for the next round.
        cursor.execute(CLAIM, {"batch": batch})
        claimed = sorted({pk for (pk,) in cursor.fetchall()})
    if claimed:
        tell_answers(claimed, at=at)
        tally(claimed, at=at)
    return len(claimed)


def refresh_new_day(*, at: datetime) -> int:
    """Everybody, once the local day is new and everybody is scored for it; how many."""
    day = Firm.current().local_date(at)
    standing = Score.objects.filter(customer__merged_into=None)
    # Who is new or has news is counted with the stale ones.
    behind = standing.exclude(customer__tally__day=day).exclude(customer__in=StaleTally.objects.values("customer"))
    if standing.exclude(day=day).exists() or not behind.exists():
        return 0
    return refresh_all(at=at, answers=False)


def refresh_all(*, at: datetime, answers: bool = True) -> int:
    """Everybody, a chunk after the other; how many. Without `answers` those that are known stand: they do not age."""
    done, last = 0, 0
    while chunk := next_chunk(last):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            if answers:
                tell_answers(chunk, at=at)
            tally(chunk, at=at)
        done, last = done + len(chunk), chunk[-1]
    return done


def tally(customers: Collection[int], *, at: datetime) -> None:
    """Make these customers' tallies what the measures count, in the transaction under way."""
    firm = Firm.current()
    with connection.cursor() as cursor:
        statement, parameters = counting(firm, firm.local_date(at), list(customers))
        cursor.execute(statement, parameters)
        cursor.execute(DROP_MERGED, [list(customers)])


def counting(firm: Firm, day: date, customers: list[int]) -> tuple[str, list[Any]]:
    """The statement that counts and keeps them, and its parameters."""
    facts: list[str] = []
    parameters: list[Any] = []
    for name, measure in MEASURES.items():
        rows = measure.facts(firm, day).filter(customer__in=customers)
        sql, given = rows.query.sql_with_params()
        facts.append(f"SELECT '{name}' AS measure, fact.* FROM ({sql}) fact (customer_id, day, number)")
        parameters += given
    columns = {name: pivoted(name) for name in MEASURES}
    standing = {
        "customer_id": "customer.id",
        "day": "%s::date",
        "rank": "tier.rank",
        "partnership": "coalesce(score.partnership, 0)",
        "loudness": "coalesce(score.loudness, 0)",
        "rank_then": then("(SELECT rank FROM scoring_tier WHERE id = stood.tier_id)"),
        "partnership_then": then("stood.partnership"),
    }
    changed = ", ".join(f"{name} = excluded.{name}" for name in [*standing, *columns] if name != "customer_id")
    statement = f"""
WITH facts AS MATERIALIZED ({" UNION ALL ".join(facts)}),
summed AS (SELECT customer_id, measure, sum(number)::bigint AS total, ARRAY[{", ".join(sums())}]::bigint[] AS counts
  FROM facts GROUP BY customer_id, measure),
pivoted AS (SELECT customer_id, {", ".join(f"{sql} AS {name}" for name, sql in columns.items())}
  FROM summed GROUP BY customer_id)
INSERT INTO health_tally ({", ".join([*standing, *columns])})
SELECT {", ".join([*standing.values(), *(kept(name) for name in columns)])}
FROM customers_customer customer
LEFT JOIN scoring_score score ON score.customer_id = customer.id
LEFT JOIN scoring_tier tier ON tier.id = score.tier_id
LEFT JOIN pivoted ON pivoted.customer_id = customer.id
WHERE customer.id = ANY(%s) AND customer.merged_into_id IS NULL
ON CONFLICT (customer_id) DO UPDATE SET {changed}"""
    days = [day] * (2 * 2 * len(PERIODS)), [day], [day] * (2 * len(PERIODS))
    return statement, [*parameters, *days[0], *days[1], *days[2], customers]


def sums() -> list[str]:
    """Of each period and the one before it."""
    within = "coalesce(sum(number) FILTER (WHERE day > %s::date - {first} AND day <= %s::date - {last}), 0)"
    spans = [(7 * weeks, back * 7 * weeks) for weeks in PERIODS.values() for back in (0, 1)]
    return [within.format(first=last + length, last=last) for length, last in spans]


def then(column: str) -> str:
    """As the last snapshot before each period said."""
    of_each = [
        f"""(SELECT {column} FROM scoring_scoresnapshot stood WHERE stood.customer_id = customer.id
  AND stood.day <= %s::date - {7 * weeks} ORDER BY stood.day DESC LIMIT 1)"""
        for weeks in PERIODS.values()
    ]
    return f"ARRAY[{', '.join(of_each)}]"


def pivoted(name: str) -> str:
    return f"max({'counts' if MEASURES[name].day else 'total'}) FILTER (WHERE measure = '{name}')"


def kept(name: str) -> str:
    nothing = f"array_fill(0::bigint, ARRAY[{2 * len(PERIODS)}])" if MEASURES[name].day else "0"
    return f"coalesce(pivoted.{name}, {nothing})"


def tell_answers(customers: Collection[int], *, at: datetime) -> None:
    """Make these customers' answers what their conversations say."""
    firm = Firm.current()
    given: dict[str, Any] = {
        "customers": list(customers),
        "asks": sorted(AWAITS_ANSWER),
        "answers": sorted(ANSWERS),
        "last": DEFAULT_RESPONSE_HOURS,
    }
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM health_answer WHERE customer_id = ANY(%(customers)s)", given)
        cursor.execute(FIRST_WORD, given)
        (first,) = cursor.fetchone()
        clock = calendar(firm, begin=min(first or at, at), end=at).until(at)
        reading: dict[str, Any] = {"edges": list(clock.edges), "readings": list(clock.readings), "zone": firm.timezone}
        cursor.execute(TELL_ANSWERS, {**given, **reading})


CLAIM = """
DELETE FROM health_staletally WHERE customer_id IN (
  SELECT customer_id FROM health_staletally stale
  WHERE NOT EXISTS (SELECT FROM scoring_stalescore score WHERE score.customer_id = stale.customer_id)
  GROUP BY customer_id ORDER BY min(id) LIMIT %(batch)s
) RETURNING customer_id"""

DROP_MERGED = """
DELETE FROM health_tally USING customers_customer customer
WHERE customer.id = health_tally.customer_id AND customer.merged_into_id IS NOT NULL AND customer.id = ANY(%s)"""

FIRST_WORD = """
SELECT min((SELECT min(occurred_at) FROM interactions_interaction WHERE customer_id = given.id))
FROM unnest(%(customers)s::bigint[]) AS given (id)"""


def reading(column: str) -> str:
    return READING.format(at=f"date_part('epoch', {column})", edges="%(edges)s", readings="%(readings)s")


# A turn ends with our first answer; what they add meanwhile waits with it. What a machine sent neither asks nor
# answers. The promise is that of the tier they had when they asked.
TELL_ANSWERS = f"""
WITH spoken AS (
  SELECT customer_id, conversation_id, occurred_at, id, direction = 'inbound' AS asks
  FROM interactions_interaction
  WHERE customer_id = ANY(%(customers)s) AND conversation_id IS NOT NULL AND (
    direction = 'inbound' AND kind = ANY(%(asks)s) OR direction = 'outbound' AND kind = ANY(%(answers)s))
  AND NOT payload ? 'auto_reply'
), turns AS (
  SELECT *, count(*) FILTER (WHERE NOT asks) OVER (PARTITION BY customer_id, conversation_id ORDER BY occurred_at, id
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS turn
  FROM spoken
), answered AS (
  SELECT customer_id, conversation_id, min(occurred_at) FILTER (WHERE asks) AS asked_at,
    max(occurred_at) FILTER (WHERE NOT asks) AS answered_at
  FROM turns GROUP BY customer_id, conversation_id, turn
), clocked AS (
  SELECT answered.*, {reading("answered_at")} - {reading("asked_at")} AS waited, tier.rank,
    coalesce(tier.response_hours, %(last)s) AS promised
  FROM answered
  LEFT JOIN LATERAL (
    SELECT tier_id FROM scoring_scoresnapshot stood WHERE stood.customer_id = answered.customer_id
      AND stood.day <= (asked_at AT TIME ZONE %(zone)s)::date ORDER BY stood.day DESC LIMIT 1) stood ON true
  LEFT JOIN scoring_tier tier ON tier.id = stood.tier_id
  WHERE asked_at IS NOT NULL AND answered_at IS NOT NULL
)
INSERT INTO health_answer (customer_id, conversation_id, asked_at, answered_at, rank, waited, promised, late)
SELECT customer_id, conversation_id, asked_at, answered_at, rank, waited, promised, waited > promised * 3600
FROM clocked ORDER BY answered_at, conversation_id"""
