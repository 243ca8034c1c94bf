"""Rule sets compiled to SQL: the only definition of every score.

One statement serves a customer after an event, stale customers in a batch, all customers at night, the preview of a
draft, scores as of a past day, and the reasons of an explanation. The caller selects the columns it needs; PostgreSQL
does not compute the others.

The stages of the statement:

    day_points1… (customer, day): rows counted and points in thousandths, of rules with a cap or a measure
    by_day1…     customer: of these rules rows n, points p in thousandths, decayed points d in 2⁻³⁰ thousandths
    by_row1…     customer: the same for all other rules, straight from the rows
    rule_sums    customer: both together, n1…, p1…, d1… by the rule's place in the set
    sums         customer: the six sums
    scores       customer: effort, keep, reciprocity, commitment, partnership, loudness, confidence
    tiered_scores  scores, with the earned tier

The index interactions_scoring serves all of it, except for rules that read the payload or money.
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

# Both bounds are far beyond what moves a score. Without them, one absurd row would overflow a bigint and stop the
# rescoring of all customers.
MAX_DAY_POINTS = 8 * 10**9  # thousandths that a rule counts of one day's measure; times 2³⁰ they fit a bigint
MAX_RULE_POINTS = 10**17  # units that a rule adds to a sum: some 93,000 points


Row = dict[str, Any]  # of a statement, by column


@dataclass(frozen=True)
class Statement:
    """A WITH clause whose body may select from `tiered_scores` and the stages before it."""

    with_clause: str
    parameters: Parameters
    is_large: bool

    def execute(self, cursor: CursorWrapper, select: str, *, into: str = "", **parameters: Any) -> None:
        """Run `select` over the stages in the current transaction; `into` names a temporary table for the result.

        PostgreSQL plans CREATE TABLE AS in parallel, but never an INSERT or UPDATE.
        """
        if self.is_large:
            # Reading the index in order beats hashing here: the groups are about as many as the rows.
            cursor.execute("SET LOCAL enable_hashagg = off")
        make = f"CREATE TEMP TABLE {into} ON COMMIT DROP AS " if into else ""
        cursor.execute(f"{make}{self.with_clause}\n{select}", {**self.parameters, **parameters})

    def fetch_rows(self, select: str, **parameters: Any) -> list[Row]:
        """Run `select` over the stages and return its rows by column name."""
        with transaction.atomic() if self.is_large else nullcontext(), connection.cursor() as cursor:
            self.execute(cursor, select, **parameters)
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


INTERACTIONS = "interactions_interaction"


def compile_rules(
    rule_set: RuleSet,
    *,
    day: date,
    customers: Sequence[int] | None = None,
    history: str = INTERACTIONS,
    without_rule: ValueRule | None = None,
) -> Statement:
    """Compile the statement that scores `customers` (primary keys; None for all) under a rule set as of a day.

    Only what occurred by the end of that local day counts. `history` is the table to read, or a query in parentheses
    with the same columns. `without_rule` is left out of the set.
    """
    numbered = [(number, rule) for number, rule in enumerate(rule_set.rules.all(), 1) if rule != without_rule]
    tiers = list(rule_set.tiers.all())
    parameters: Parameters = {"day": day}
    countable = f"FROM {history} AS history WHERE occurred_on <= %(day)s"
    parts = _customer_conditions(customers, parameters)
    matches = {number: rule_condition(rule, number, parameters) for number, rule in numbered}
    daily = [(number, rule) for number, rule in numbered if _is_daily(rule)]
    direct = [(number, rule) for number, rule in numbered if not _is_daily(rule)]
    stages = {}
    for part, chosen in enumerate(parts, 1):
        stages[f"day_points{part}"] = _day_points_stage(
            daily, matches, f"{countable} {chosen.format('customer_id')}", parameters
        )
        stages[f"by_day{part}"] = _by_day_stage(daily, f"day_points{part}")
        stages[f"by_row{part}"] = _by_row_stage(
            direct, matches, f"{countable} {chosen.format('customer_id')}", parameters
        )
    stages |= {
        "rule_sums": _rule_sums_stage(numbered, daily, parts),
        "sums": _sums_stage(numbered),
        "scores": scores_sql(rule_set),
        "tiered_scores": tiered_scores_sql(rule_set, tiers, history),
    }
    clause = ",\n".join(f"{name} AS NOT MATERIALIZED (\n{text}\n)" for name, text in stages.items())
    return Statement(f"WITH {clause}", parameters, is_large=len(parts) > 1)


_MAX_IN_ONE_PART = 1000  # customers; more are scored in two parts


def _customer_conditions(customers: Sequence[int] | None, parameters: Parameters) -> list[str]:
    """Return for each part of the statement its condition on a column of customer ids.

    Many customers are split into two parts: PostgreSQL gives each part a process, which reads its stretch of the index
    in order. That is twice as fast as gathering unordered rows from parallel processes.
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
    """Say whether a day's points differ from the sum of its rows' points, being capped or measured."""
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
    """Return SQL that bounds a rule's part of a sum."""
    # coalesce(), since least() ignores a NULL.
    return f"least(coalesce({decayed}, 0), {MAX_RULE_POINTS})::bigint"


def _decay_weight(rule: ValueRule) -> str:
    """Return SQL for 2³⁰ times the decay over whole days, bounded before power() underflows."""
    halvings = f"greatest((occurred_on - %(day)s) / {float(rule.half_life)!r}::float8, -64)"
    return f"round(1073741824 * power(2::float8, {halvings}))::bigint"


def _day_points(rule: ValueRule, matches: str, number: int, parameters: Parameters) -> str:
    """Return SQL for a day's points in thousandths, rounded half up and capped; measures always have a cap."""
    thousandths = int(rule.points * 1000)
    cap = MAX_DAY_POINTS if rule.daily_cap is None else int(rule.daily_cap * 1000)
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
    """Return SQL for a rule's points, limited to what earlier rules of the set left of the shared cap."""
    before = [earned[other] for other, one in rules if one.shared_cap == rule.shared_cap and other < number]
    if not rule.shared_cap or not before:
        return earned[number]
    assert rule.daily_cap is not None
    return f"least({earned[number]}, greatest({int(rule.daily_cap * 1000)} - ({' + '.join(before)}), 0))"


def _rule_sums_stage(rules: _NumberedRules, daily: _NumberedRules, parts: Sequence[str]) -> str:
    """Combine the stages by UNION ALL and a sum instead of joins.

    A wrong estimate, as on tables never analysed, could make PostgreSQL compute a joined stage again for each customer.
    Columns have one type each, so that unread ones are still dropped.
    """
    of_day = {number for number, _ in daily}
    names = [f"{name}{number}" for number, _ in rules for name in "npd"]

    def stack(stage: str, belongs: Callable[[int], bool]) -> str:
        given = [f"{name}{number}" if belongs(number) else "NULL::bigint" for number, _ in rules for name in "npd"]
        return f"SELECT {', '.join(['customer_id', 'false AS is_scored', *given])} FROM {stage}"

    zeros = ", ".join(["id AS customer_id", "true AS is_scored", *(f"0::bigint AS {name}" for name in names)])
    totals = ", ".join(["customer_id", *(f"sum({name})::bigint AS {name}" for name in names)])
    stacks = []
    for part, chosen in enumerate(parts, 1):
        unmerged = f"WHERE merged_into_id IS NULL {chosen.format('id')}"
        stacks.append(f"SELECT {zeros} FROM customers_customer {unmerged}")
        stacks.append(stack(f"by_day{part}", of_day.__contains__))
        stacks.append(stack(f"by_row{part}", lambda number: number not in of_day))
    stacked = "\n    UNION ALL ".join(stacks)
    return f"""  SELECT {totals}
  FROM (
    {stacked}
  ) stacked
  GROUP BY customer_id HAVING bool_or(is_scored)"""


def _sums_stage(rules: _NumberedRules) -> str:
    columns = ["customer_id"]
    for name in SUMS:
        fed_by = [f"d{number}" for number, rule in rules if rule.sum == name]
        columns.append(f"{' + '.join(fed_by) or '0::bigint'} AS {name}")
    return f"  SELECT {', '.join(columns)} FROM rule_sums"
