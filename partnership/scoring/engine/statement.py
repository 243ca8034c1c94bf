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

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from partnership.scoring.engine.formulas import SUMS, scores_sql, tiered_scores_sql
from partnership.scoring.engine.matching import Parameters, payload_number_sql, rule_condition
from partnership.scoring.models import RuleSet, ValueRule

# Far beyond what moves a score, but one absurd row must not overflow and so stop the rescoring of all others.
_MAX_DAY_POINTS = 8 * 10**9
"""Thousandths that a rule takes from what one day measures: times 2³⁰ they still fit a bigint."""

_MAX_RULE_POINTS = 10**17
"""What a rule adds to a sum at most: some 93,000 points."""


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


INTERACTIONS = "interactions_interaction"


def compile_rules(
    rule_set: RuleSet,
    *,
    day: date,
    customers: Sequence[int] | None = None,
    history: str = INTERACTIONS,
    leaving_out: ValueRule | None = None,
) -> Statement:
    """The statement that scores `customers` (primary keys; None: everybody who stands) under a rule set as of a day.

    What occurred by the end of that local day counts, and nothing later. `history` is the table to read, or a query in
    parentheses with its columns. `leaving_out`: as if the set didn't have that rule.
    """
    numbered = [(number, rule) for number, rule in enumerate(rule_set.rules.all(), 1) if rule != leaving_out]
    tiers = list(rule_set.tiers.all())
    parameters: Parameters = {"day": day}
    countable = f"FROM {history} AS history WHERE occurred_on <= %(day)s"
    parts = _customer_conditions(customers, parameters)
    matches = {number: rule_condition(rule, number, parameters) for number, rule in numbered}
    daily = [(number, rule) for number, rule in numbered if _is_daily(rule)]
    direct = [(number, rule) for number, rule in numbered if not _is_daily(rule)]
    stages = {}
    for part, chosen in enumerate(parts, 1):
        stages[f"counted{part}"] = _day_points_stage(
            daily, matches, f"{countable} {chosen.format('customer_id')}", parameters
        )
        stages[f"by_day{part}"] = _by_day_stage(daily, f"counted{part}")
        stages[f"by_row{part}"] = _by_row_stage(
            direct, matches, f"{countable} {chosen.format('customer_id')}", parameters
        )
    stages |= {
        "fading": _rule_sums_stage(numbered, daily, parts),
        "summed": _sums_stage(numbered),
        "scored": scores_sql(rule_set),
        "standing": tiered_scores_sql(rule_set, tiers, history),
    }
    clause = ",\n".join(f"{name} AS NOT MATERIALIZED (\n{text}\n)" for name, text in stages.items())
    return Statement(f"WITH {clause}", parameters, is_large=len(parts) > 1)


_MAX_IN_ONE_PART = 1000
"""So few customers are scored in one go."""


def _customer_conditions(customers: Sequence[int] | None, parameters: Parameters) -> list[str]:
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
    if len(ids) <= _MAX_IN_ONE_PART:
        return ["AND {} = ANY(%(customers1)s)"]
    middle = len(ids) // 2
    parameters["customers1"], parameters["customers2"] = ids[:middle], ids[middle:]
    return ["AND {} = ANY(%(customers1)s)", "AND {} = ANY(%(customers2)s)"]


_NumberedRules = Sequence[tuple[int, ValueRule]]
_Matches = dict[int, str]


def _is_daily(rule: ValueRule) -> bool:
    """Whether a day's points are not just the sum of its rows' points: capped, or measured."""
    return rule.daily_cap is not None or rule.per != ValueRule.Per.EVENT


def _day_points_stage(rules: _NumberedRules, matches: _Matches, countable: str, parameters: Parameters) -> str:
    columns = ["customer_id", "occurred_on"]
    earned = {number: _day_points(rule, matches[number], number, parameters) for number, rule in rules}
    for number, rule in rules:
        columns.append(f"count(*) FILTER (WHERE {matches[number]}) AS n{number}")
        columns.append(f"{_points_under_shared_cap(rule, number, rules, earned)} AS p{number}")
    counts = " OR ".join(f"({matches[number]})" for number, _ in rules) or "false"
    return f"""  SELECT {", ".join(columns)}
  {countable} AND ({counts})
  GROUP BY customer_id, occurred_on"""


def _by_day_stage(rules: _NumberedRules, counted: str) -> str:
    columns = ["customer_id"]
    for number, rule in rules:
        decayed = f"sum(CASE WHEN p{number} > 0 THEN p{number} * {_decay_weight(rule)} END)"
        columns += [f"sum(n{number})::bigint AS n{number}", f"sum(p{number})::bigint AS p{number}"]
        columns.append(f"{_bounded_sum(decayed)} AS d{number}")
    return f"  SELECT {', '.join(columns)} FROM {counted} GROUP BY customer_id"


def _by_row_stage(rules: _NumberedRules, matches: _Matches, countable: str, parameters: Parameters) -> str:
    columns = ["customer_id"]
    for number, rule in rules:
        points = int(rule.points * 1000)
        chooses = f"FILTER (WHERE {matches[number]})"
        columns += [
            f"count(*) {chooses} AS n{number}",
            f"(sum({points}) {chooses})::bigint AS p{number}",
            f"{_bounded_sum(f'sum({points} * {_decay_weight(rule)}) {chooses}')} AS d{number}",
        ]
    parameters["kinds"] = sorted({kind for _, rule in rules for kind in rule.kinds})
    return f"""  SELECT {", ".join(columns)}
  {countable} AND kind = ANY(%(kinds)s::text[])
  GROUP BY customer_id"""


def _bounded_sum(decayed: str) -> str:
    """A rule's part of a sum as a bigint, whatever the rows say; least() would pass over a NULL."""
    return f"least(coalesce({decayed}, 0), {_MAX_RULE_POINTS})::bigint"


def _decay_weight(rule: ValueRule) -> str:
    """2³⁰ times what is left of a point after the whole days since; nothing long before power() would underflow."""
    halvings = f"greatest((occurred_on - %(day)s) / {float(rule.half_life)!r}::float8, -64)"
    return f"round(1073741824 * power(2::float8, {halvings}))::bigint"


def _day_points(rule: ValueRule, matches: str, number: int, parameters: Parameters) -> str:
    """A day's points in thousandths, rounded half up, capped; what is measured is capped in any case."""
    thousandths = int(rule.points * 1000)
    cap = _MAX_DAY_POINTS if rule.daily_cap is None else int(rule.daily_cap * 1000)
    if rule.per == ValueRule.Per.EVENT:
        return f"least({thousandths} * count(*) FILTER (WHERE {matches}), {cap})"
    units = 60 if rule.per == ValueRule.Per.HOUR else 1
    total = f"coalesce(sum({_measured_column(rule, number, parameters)}) FILTER (WHERE {matches}), 0)::numeric"
    return f"least(round({thousandths} * {total} / {units}), {cap})::bigint"


def _measured_column(rule: ValueRule, number: int, parameters: Parameters) -> str:
    if rule.per == ValueRule.Per.NUMBER:
        return payload_number_sql(rule, number, parameters)
    return "abs(amount)" if rule.per == ValueRule.Per.UNIT else "minutes"


def _points_under_shared_cap(rule: ValueRule, number: int, rules: _NumberedRules, earned: dict[int, str]) -> str:
    """What the rules before it in the set have left of the cap that they share."""
    before = [earned[other] for other, one in rules if one.shared_cap == rule.shared_cap and other < number]
    if not rule.shared_cap or not before:
        return earned[number]
    assert rule.daily_cap is not None
    return f"least({earned[number]}, greatest({int(rule.daily_cap * 1000)} - ({' + '.join(before)}), 0))"


def _rule_sums_stage(rules: _NumberedRules, daily: _NumberedRules, parts: Sequence[str]) -> str:
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


def _sums_stage(rules: _NumberedRules) -> str:
    columns = ["customer_id"]
    for name in SUMS:
        fed_by = [f"d{number}" for number, rule in rules if rule.sum == name]
        columns.append(f"{' + '.join(fed_by) or '0::bigint'} AS {name}")
    return f"  SELECT {', '.join(columns)} FROM fading"
