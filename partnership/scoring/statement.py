"""Rule sets compiled to SQL: the one definition of every score.

One statement serves a customer after an event, stale ones in a batch, everybody at night, a draft's preview, a score
as of a past day, and the per-rule reasons of an explanation. Who asks picks the columns: PostgreSQL drops what nobody
reads.

Its stages, all named in the statement:

    counted1… (customer, day): rows counted and points in thousandths, of rules that look at a day as a whole
    by_day1…  customer: of these rules rows n, points p in thousandths, decayed points d in 2⁻³⁰ thousandths
    by_row1…  customer: the same of all other rules, straight from the rows
    fading    customer: both, n1…, p1…, d1… by the rule's place in the set
    summed    customer: the six sums
    scored    customer: effort, keep, reciprocity, commitment, partnership, loudness, confidence
    standing  scored, with the earned tier

Served by the index interactions_scoring alone, but for rules that read the payload, or money.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from partnership.scoring.models import RuleSet, Tier, ValueRule

UNIT = 1000 * 2**30
"""A sum of this many is one point."""

SUMS = tuple(ValueRule.Sum.values)

# Far beyond what moves a score, but one absurd row must not overflow and so stop the rescoring of all others.
MOST_OF_A_DAY = 8 * 10**9
"""Thousandths that a rule takes from one day's minutes or money: times 2³⁰ they still fit a bigint."""

MOST_OF_A_RULE = 10**17
"""What a rule adds to a sum at most: some 93,000 points."""

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Statement:
    """`with_clause` opens a statement whose body selects from `standing` and the stages above it."""

    with_clause: str
    parameters: Parameters
    is_large: bool

    def execute(self, cursor: CursorWrapper, select: str, *, into: str = "", **more: Any) -> None:
        """Run `select` over the stages in the transaction under way; `into` makes a temporary table of what it finds.

        A statement that writes to a table of ours is never planned in parallel; making one of a query is.
        """
        if self.is_large:
            # Walking the index in order beats hashing: what is summed up is as large as what is read.
            cursor.execute("SET LOCAL enable_hashagg = off")
        make = f"CREATE TEMP TABLE {into} ON COMMIT DROP AS " if into else ""
        cursor.execute(f"{make}{self.with_clause}\n{select}", {**self.parameters, **more})

    def rows(self, select: str, **more: Any) -> list[dict[str, Any]]:
        with transaction.atomic() if self.is_large else nullcontext(), connection.cursor() as cursor:
            self.execute(cursor, select, **more)
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def compile_rules(rule_set: RuleSet, *, day: date, customers: Sequence[int] | None = None) -> Statement:
    """The statement that scores `customers` (primary keys; None: everybody who stands) under a rule set as of a day.

    What occurred by the end of that local day counts, and nothing later.
    """
    numbered = list(enumerate(rule_set.rules.all(), 1))
    tiers = list(rule_set.tiers.all())
    parameters: Parameters = {"day": day}
    parts = shares(customers, parameters)
    matches = {number: condition(rule, number, parameters) for number, rule in numbered}
    daily = [(number, rule) for number, rule in numbered if is_daily(rule)]
    direct = [(number, rule) for number, rule in numbered if not is_daily(rule)]
    stages = {}
    for part, chosen in enumerate(parts, 1):
        stages[f"counted{part}"] = counted(daily, matches, chosen)
        stages[f"by_day{part}"] = by_day(daily, f"counted{part}")
        stages[f"by_row{part}"] = by_row(direct, matches, chosen, parameters)
    stages |= {
        "fading": fading(numbered, daily, parts),
        "summed": summed(numbered),
        "scored": scored(rule_set),
        "standing": standing(rule_set, tiers),
    }
    clause = ",\n".join(f"{name} AS NOT MATERIALIZED (\n{text}\n)" for name, text in stages.items())
    return Statement(f"WITH {clause}", parameters, is_large=len(parts) > 1)


TOGETHER = 1000
"""So few customers are scored in one go."""


def shares(customers: Sequence[int] | None, parameters: Parameters) -> list[str]:
    """Whom each part of the statement looks at, as conditions on a column of customers.

    Two parts for many customers: PostgreSQL gives each to a process of its own, and each walks its stretch of the index
    in order, which it does twice as fast as parallel processes gather what they found out of order.
    """
    if customers is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce((min(id) + max(id)) / 2, 0) FROM customers_customer")
            (parameters["middle"],) = cursor.fetchone()
        return ["AND {} <= %(middle)s", "AND {} > %(middle)s"]
    ids = sorted(customers)
    parameters["customers1"] = ids
    if len(ids) <= TOGETHER:
        return ["AND {} = ANY(%(customers1)s)"]
    middle = len(ids) // 2
    parameters["customers1"], parameters["customers2"] = ids[:middle], ids[middle:]
    return ["AND {} = ANY(%(customers1)s)", "AND {} = ANY(%(customers2)s)"]


Numbered = Sequence[tuple[int, ValueRule]]
Matches = dict[int, str]
COUNTABLE = "FROM interactions_interaction WHERE occurred_on <= %(day)s"


def is_daily(rule: ValueRule) -> bool:
    """Whether a day's points are not just the sum of its rows' points: capped, or measured in minutes or money."""
    return rule.daily_cap is not None or rule.per != ValueRule.Per.EVENT


def counted(rules: Numbered, matches: Matches, chosen: str) -> str:
    columns = ["customer_id", "occurred_on"]
    for number, rule in rules:
        columns.append(f"count(*) FILTER (WHERE {matches[number]}) AS n{number}")
        columns.append(f"{day_points(rule, matches[number])} AS p{number}")
    counts = " OR ".join(f"({matches[number]})" for number, _ in rules) or "false"
    return f"""  SELECT {", ".join(columns)}
  {COUNTABLE} {chosen.format("customer_id")} AND ({counts})
  GROUP BY customer_id, occurred_on"""


def by_day(rules: Numbered, counted: str) -> str:
    columns = ["customer_id"]
    for number, rule in rules:
        decayed = f"sum(CASE WHEN p{number} > 0 THEN p{number} * {weight(rule)} END)"
        columns += [f"sum(n{number})::bigint AS n{number}", f"sum(p{number})::bigint AS p{number}"]
        columns.append(f"{bounded(decayed)} AS d{number}")
    return f"  SELECT {', '.join(columns)} FROM {counted} GROUP BY customer_id"


def by_row(rules: Numbered, matches: Matches, chosen: str, parameters: Parameters) -> str:
    columns = ["customer_id"]
    for number, rule in rules:
        points = int(rule.points * 1000)
        chooses = f"FILTER (WHERE {matches[number]})"
        columns += [
            f"count(*) {chooses} AS n{number}",
            f"(sum({points}) {chooses})::bigint AS p{number}",
            f"{bounded(f'sum({points} * {weight(rule)}) {chooses}')} AS d{number}",
        ]
    parameters["kinds"] = sorted({kind for _, rule in rules for kind in rule.kinds})
    return f"""  SELECT {", ".join(columns)}
  {COUNTABLE} {chosen.format("customer_id")} AND kind = ANY(%(kinds)s::text[])
  GROUP BY customer_id"""


def bounded(decayed: str) -> str:
    """A rule's part of a sum as a bigint, whatever the rows say; least() would pass over a NULL."""
    return f"least(coalesce({decayed}, 0), {MOST_OF_A_RULE})::bigint"


def weight(rule: ValueRule) -> str:
    """2³⁰ times what is left of a point after the whole days since; nothing long before power() would underflow."""
    halvings = f"greatest((occurred_on - %(day)s) / {float(rule.half_life)!r}::float8, -64)"
    return f"round(1073741824 * power(2::float8, {halvings}))::bigint"


def day_points(rule: ValueRule, matches: str) -> str:
    """A day's points in thousandths, rounded half up, capped; what is measured is capped in any case."""
    thousandths = int(rule.points * 1000)
    cap = MOST_OF_A_DAY if rule.daily_cap is None else int(rule.daily_cap * 1000)
    if rule.per == ValueRule.Per.EVENT:
        return f"least({thousandths} * count(*) FILTER (WHERE {matches}), {cap})"
    measured, units = {
        ValueRule.Per.UNIT: ("abs(amount)", 1),
        ValueRule.Per.MINUTE: ("minutes", 1),
        ValueRule.Per.HOUR: ("minutes", 60),
    }[ValueRule.Per(rule.per)]
    total = f"coalesce(sum({measured}) FILTER (WHERE {matches}), 0)::numeric"
    return f"least(round({thousandths} * {total} / {units}), {cap})::bigint"


def fading(rules: Numbered, daily: Numbered, parts: Sequence[str]) -> str:
    """Stages stacked and added up, rather than joined: no estimate can make PostgreSQL compute one of them again for
    every customer, as it may on tables that were never analysed. Of one type each, so that unread columns still go."""
    of_day = {number for number, _ in daily}
    names = [f"{name}{number}" for number, _ in rules for name in "npd"]

    def stack(stage: str, belongs: Callable[[int], bool]) -> str:
        given = [f"{name}{number}" if belongs(number) else "NULL::bigint" for number, _ in rules for name in "npd"]
        return f"SELECT {', '.join(['customer_id', 'false AS stands', *given])} FROM {stage}"

    zeros = ", ".join(["id AS customer_id", "true AS stands", *(f"0::bigint AS {name}" for name in names)])
    totals = ", ".join(["customer_id", *(f"sum({name})::bigint AS {name}" for name in names)])
    stacks = []
    for part, chosen in enumerate(parts, 1):
        whose = f"WHERE merged_into_id IS NULL {chosen.format('id')}"
        stacks.append(f"SELECT {zeros} FROM customers_customer {whose}")
        stacks.append(stack(f"by_day{part}", of_day.__contains__))
        stacks.append(stack(f"by_row{part}", lambda number: number not in of_day))
    stacked = "\n    UNION ALL ".join(stacks)
    return f"""  SELECT {totals}
  FROM (
    {stacked}
  ) stacked
  GROUP BY customer_id HAVING bool_or(stands)"""


def summed(rules: Numbered) -> str:
    columns = ["customer_id"]
    for name in SUMS:
        fed_by = [f"d{number}" for number, rule in rules if rule.sum == name]
        columns.append(f"{' + '.join(fed_by) or '0::bigint'} AS {name}")
    return f"  SELECT {', '.join(columns)} FROM fading"


def condition(rule: ValueRule, number: int, parameters: Parameters) -> str:
    """Whether an interaction is one that the rule counts."""
    parts = [any_of("kind", rule.kinds, f"kinds{number}", parameters)]
    if rule.direction:
        parts.append(any_of("direction", [rule.direction], f"direction{number}", parameters))
    if rule.channels:
        parts.append(any_of("channel", rule.channels, f"channels{number}", parameters))
    if rule.payload:
        parameters[f"key{number}"] = rule.payload_key
        has = "late" if rule.payload_key == "days_late" else f"payload ? %(key{number})s"
        parts.append(has if rule.payload == ValueRule.Payload.HAS else f"NOT ({has})")
    if rule.per == ValueRule.Per.UNIT:
        parts.append(any_of("currency", [rule.currency], f"currency{number}", parameters))
    return " AND ".join(parts)


def any_of(column: str, values: Sequence[str], name: str, parameters: Parameters) -> str:
    if len(values) == 1:
        parameters[name] = values[0]
        return f"{column} = %({name})s"
    parameters[name] = list(values)
    return f"{column} = ANY(%({name})s::text[])"


def scored(rule_set: RuleSet) -> str:
    """scoring.md's formulas, in double precision."""
    kappa, alpha = float(rule_set.doubt), float(rule_set.promise_weight)
    in_points = ", ".join(f"{name}::float8 / {UNIT} AS {name}_points" for name in SUMS)
    return f"""  SELECT base.*, sqrt(reciprocity * commitment) AS partnership
  FROM (
    SELECT term.*,
      100 * ({alpha} * keep + (1 - {alpha}) * working) AS commitment,
      100 * least(1, 2 * (received_points + {kappa} / 4) / (received_points + given_points + {kappa})) AS reciprocity,
      100 * {saturation("demand_points", rule_set.demand_half)} AS loudness,
      {saturation("(kept_points + missed_points + received_points + working)", rule_set.confidence_half)} AS confidence
    FROM (
      SELECT points.*,
        (kept_points + {kappa} / 2) / (kept_points + missed_points + {kappa}) AS keep,
        {saturation("effort_points", rule_set.effort_half)} AS working
      FROM (SELECT summed.*, {in_points} FROM summed) points
    ) term
  ) base"""


def saturation(points: str, half: float) -> str:
    """From 0 toward 1, half way at so many points; power() would raise an error where it underflows."""
    return f"(1 - power(2::float8, greatest(-{points} / {float(half)!r}::float8, -1000)))"


def standing(rule_set: RuleSet, tiers: Iterable[Tier]) -> str:
    ranked = [tier for tier in tiers if not tier.for_newcomers]
    newcomers = next((tier for tier in tiers if tier.for_newcomers), ranked[0])
    return f"""  SELECT scored.*,
    CASE WHEN confidence >= {float(rule_set.thin_below)} THEN {tier_reached(ranked, margin=0)}
      WHEN EXISTS (
        SELECT FROM interactions_interaction
        WHERE customer_id = scored.customer_id AND occurred_on <= %(day)s - {rule_set.newcomer_days}
      ) THEN {ranked[0].pk}
      ELSE {newcomers.pk} END AS earned_tier_id
  FROM scored"""


def tier_reached(ranked: Sequence[Tier], *, margin: float) -> str:
    """The highest tier whose thresholds are all met with `margin` points to spare (or lacking, when negative)."""
    cases = []
    for tier in sorted(ranked[1:], key=lambda tier: tier.rank, reverse=True):
        met = [f"confidence >= {float(tier.confidence)}"]
        met += [
            f"{name} >= {at + margin}" for name in ("partnership", "commitment") if (at := float(getattr(tier, name)))
        ]
        cases.append(f"WHEN {' AND '.join(met)} THEN {tier.pk}")
    return f"CASE {' '.join(cases)} ELSE {ranked[0].pk} END" if cases else str(ranked[0].pk)
