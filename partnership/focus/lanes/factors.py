"""The factors of the Partnerships lane, each a query over many customers, and the formula that combines them.

A query finds (customer_id, cause, since, strength from 0 to 1, facts for the sentence) among %(customers)s as of
%(day)s. Demand is in no factor: what a customer asks for changes no place.

    place = head start + weight * strength * partnership / 100
"""

from dataclasses import dataclass
from typing import Any

from customers.models.commitment import OWED_SQL
from interactions.models import Direction
from interactions.models.kinds import IS_PERSONAL_SQL, WAS_SENT_SQL
from partnership.focus.models import FocusItem
from partnership.recoveries.lifecycle import OPEN_RECOVERIES
from partnership.scoring.engine.matching import rule_condition
from partnership.scoring.models import RuleSet, ValueRule
from partnership.scoring.models.value_rules import DEMAND_KINDS

Reason = FocusItem.Reason
Parameters = dict[str, Any]

# What rules toward these sums count is what a customer puts in; its days make the customer's rhythm.
_CONTRIBUTIONS = (ValueRule.Sum.KEPT, ValueRule.Sum.EFFORT, ValueRule.Sum.RECEIVED)


@dataclass(frozen=True)
class _Factor:
    """A reason and its query. `rest_days`: after so many days, what is done is raised again while its cause stands;
    None: never."""

    reason: str
    weight: float
    sql: str
    head_start: float = 0
    rest_days: int | None = None

    def place(self, strength: float, partnership: float) -> float:
        return self.head_start + self.weight * strength * partnership / 100


def evidence(rule_set: RuleSet, parameters: Parameters) -> str:
    """Return the query of the days on which customers put something in, with the days since the one before."""
    rules = [(number, rule) for number, rule in enumerate(rule_set.rules.all(), 1) if rule.sum in _CONTRIBUTIONS]
    counts = " OR ".join(f"({rule_condition(rule, number, parameters)})" for number, rule in rules) or "false"
    parameters |= {"asking": sorted(DEMAND_KINDS), "inbound": Direction.INBOUND}
    return f"""
  SELECT customer_id, day, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap
  FROM (
    SELECT DISTINCT customer_id, occurred_on AS day FROM interactions_interaction
    WHERE customer_id = ANY(%(customers)s) AND occurred_on > %(day)s - 365 AND occurred_on <= %(day)s
      AND direction = %(inbound)s AND kind <> ALL(%(asking)s::text[]) AND ({counts})
  ) days"""


RECOVERY = f"""
SELECT customer_id, 'recovery/' || id AS cause, (opened_at AT TIME ZONE %(zone)s)::date AS since,
  1::float8 AS strength, jsonb_build_object('what', left(what_happened, 300), 'recovery', id) AS facts
FROM ({OPEN_RECOVERIES}) recovery"""

# One that we owe stays until it is settled; from a quarter after its date on, it says ever less why to call today.
OUR_PROMISE = f"""
SELECT customer_id, 'promise/' || id || '/' || since AS cause, since,
  CASE WHEN since < %(day)s THEN least(1, 90.0 / (%(day)s - since)) ELSE 0.9 - (since - %(day)s) / 20.0 END::float8
    AS strength,
  jsonb_build_object('what', what, 'due_on', due_on, 'promise', id) AS facts
FROM (
  SELECT *, coalesce(due_on, (closed_at AT TIME ZONE %(zone)s)::date) AS since FROM customers_commitment
  WHERE party = 'us' AND ({OWED_SQL} OR status = 'open' AND due_on BETWEEN %(day)s AND %(day)s + 7)
    AND customer_id = ANY(%(customers)s)
) promise"""

# At most as many nudges as the firm allows.
THEIR_PROMISE = f"""
SELECT customer_id, 'promise/' || id || '/' || due_on AS cause, due_on AS since,
  CASE WHEN due_on < %(day)s THEN 1 ELSE 0.8 - (due_on - %(day)s) / 10.0 END::float8 AS strength,
  jsonb_build_object('what', what, 'due_on', due_on, 'promise', id) AS facts
FROM customers_commitment promise
WHERE party = 'them' AND ({OWED_SQL} OR status = 'open') AND due_on BETWEEN %(day)s - 14 AND %(day)s + 2
  AND customer_id = ANY(%(customers)s) AND %(nudge_ceiling)s > (
    SELECT count(*) FROM interactions_interaction nudge
    WHERE nudge.customer_id = promise.customer_id AND kind = 'nudge' AND direction = 'outbound' AND {WAS_SENT_SQL}
      AND occurred_on > %(day)s - %(nudge_days)s AND occurred_on <= %(day)s)"""

# Progress is a reading that moved the value, or a word where there is nothing to measure; a goal without any for a year
# is no longer waiting for a call. One that is due is said even if it moves.
GOAL = """
SELECT customer_id, CASE WHEN is_due THEN 'goal/' || id || '/due/' || due_on ELSE 'goal/' || id || '/' || moved_on END
    AS cause,
  CASE WHEN is_due THEN due_on ELSE moved_on END AS since,
  CASE WHEN is_due THEN 0.9 WHEN due_on <= %(day)s + 28 THEN 1 - (1 - idle) / 2 ELSE idle END::float8 AS strength,
  jsonb_build_object('title', title, 'due_on', due_on, 'moved_on', moved_on, 'is_due', is_due, 'goal', id) AS facts
FROM (
  SELECT goal.*, moved_on, coalesce(due_on BETWEEN %(day)s - 30 AND %(day)s + 7, false) AS is_due,
    greatest(%(day)s - moved_on, 0) / (greatest(%(day)s - moved_on, 0) + 21.0) AS idle
  FROM customers_goal goal, LATERAL (
    SELECT greatest((goal.set_at AT TIME ZONE %(zone)s)::date, (max(at) AT TIME ZONE %(zone)s)::date) AS moved_on
    FROM (
      SELECT at, value, lag(value) OVER (PARTITION BY value IS NULL ORDER BY at, id) AS former
      FROM customers_checkin WHERE goal_id = goal.id AND (at AT TIME ZONE %(zone)s)::date <= %(day)s
    ) reading
    WHERE value IS NULL OR value IS DISTINCT FROM coalesce(former, goal.baseline)
  ) progress
  WHERE status = 'active' AND customer_id = ANY(%(customers)s)
) goal
WHERE is_due OR moved_on BETWEEN %(day)s - 365 AND %(day)s - 21"""

# Against their own rhythm: three times as long as usual, and a fortnight at least. Six days make a rhythm.
QUIET = """
SELECT customer_id, 'quiet/' || max(day) AS cause, max(day) AS since,
  ((%(day)s - max(day)) / (%(day)s - max(day) + 3.0 * percentile_disc(0.5) WITHIN GROUP (ORDER BY gap)))::float8
    AS strength,
  jsonb_build_object('last', max(day), 'usual', percentile_disc(0.5) WITHIN GROUP (ORDER BY gap)) AS facts
FROM ({evidence}) evidence
GROUP BY customer_id
HAVING count(*) >= 6
  AND %(day)s - max(day) > greatest(13, 3 * percentile_disc(0.5) WITHIN GROUP (ORDER BY gap))"""

# Three days of doing their part within four weeks, after two months of nothing or for the first time.
ENGAGED = """
SELECT customer_id, 'engaged/' || began AS cause, began AS since, least(1, count(*) / 8.0)::float8 AS strength,
  jsonb_build_object('began', began, 'days', count(*)) AS facts
FROM (
  SELECT *, max(day) FILTER (WHERE gap IS NULL OR gap >= 60) OVER (PARTITION BY customer_id) AS began
  FROM ({evidence}) evidence
) run
WHERE began > %(day)s - 28 AND day >= began
GROUP BY customer_id, began HAVING count(*) >= 3"""

# Nobody of us has written or called since; a meeting is the product, not thanks. The newest stands for those before it.
# Served by interactions_value.
THANK = f"""
SELECT DISTINCT ON (customer_id) customer_id, 'thank/' || id AS cause, occurred_on AS since,
  (1 - (%(day)s - occurred_on) / 120.0)::float8 AS strength,
  jsonb_build_object('kind', kind, 'on', occurred_on, 'interaction', id) AS facts
FROM interactions_interaction gift
WHERE kind IN ('referral', 'testimonial') AND direction = 'inbound'
  AND occurred_on BETWEEN %(day)s - 60 AND %(day)s AND customer_id = ANY(%(customers)s)
  AND NOT EXISTS (
    SELECT FROM interactions_interaction word
    WHERE word.customer_id = gift.customer_id AND word.occurred_at > gift.occurred_at AND word.occurred_on <= %(day)s
      AND word.direction = 'outbound' AND word.kind IN ('message', 'call', 'gesture')
      AND {IS_PERSONAL_SQL})
ORDER BY customer_id, occurred_at DESC, id DESC"""

# Whom we failed comes first: a recovery's head start is more than any other factor can reach.
FACTORS = (
    _Factor(Reason.RECOVERY, 100, RECOVERY, head_start=100),
    _Factor(Reason.OUR_PROMISE, 90, OUR_PROMISE),
    _Factor(Reason.GOAL, 70, GOAL, rest_days=28),
    _Factor(Reason.QUIET, 60, QUIET, rest_days=28),
    _Factor(Reason.THANK, 55, THANK),
    _Factor(Reason.ENGAGED, 45, ENGAGED),
    _Factor(Reason.THEIR_PROMISE, 40, THEIR_PROMISE),
)

_FACTORS_BY_REASON = {factor.reason: factor for factor in FACTORS}


@dataclass(frozen=True)
class Breakdown:
    """The formula with an item's values."""

    weight: float
    strength: float
    partnership: float
    head_start: float
    place: float


def breakdown(item: FocusItem, partnership: float) -> Breakdown:
    factor = _FACTORS_BY_REASON[FocusItem.Reason(item.reason)]
    return Breakdown(
        factor.weight, item.strength, partnership, factor.head_start, factor.place(item.strength, partnership)
    )
