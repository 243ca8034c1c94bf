"""Rule sets compiled to SQL: the one definition of every score.

One statement serves a customer after an event, stale ones in a batch, everybody at night, a draft's preview, a score
as of a past day, and the per-rule reasons of an explanation. Who asks picks the columns: PostgreSQL drops what nobody
reads.

Its stages, all named in the statement:

    counted   (customer, day): per rule the rows counted and their points in thousandths      n1…, p1…
    fading    customer: per rule rows, points and decayed points, in 2⁻³⁰ thousandths         n1…, p1…, d1…
    summed    customer: the six sums
    scored    customer: effort, keep, reciprocity, commitment, partnership, loudness, confidence
    standing  scored, with the earned tier

Served by the index interactions_scoring alone, but for rules that read the payload, or money.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from partnership.scoring.models import RuleSet, Tier, ValueRule

UNIT = 1000 * 2**30
"""A sum of this many is one point."""

SUMS = tuple(ValueRule.Sum.values)

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Statement:
    """`with_clause` opens a statement whose body selects from `standing` and the stages above it."""

    with_clause: str
    parameters: Parameters

    def rows(self, select: str, **more: Any) -> list[dict[str, Any]]:
        with connection.cursor() as cursor:
            cursor.execute(f"{self.with_clause}\n{select}", {**self.parameters, **more})
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def compile_rules(rule_set: RuleSet, *, day: date, customers: Sequence[int] | None = None) -> Statement:
    """The statement that scores `customers` (primary keys; None: everybody who stands) under a rule set as of a day.

    What occurred by the end of that local day counts, and nothing later.
    """
    rules, tiers = list(rule_set.rules.all()), list(rule_set.tiers.all())
    parameters: Parameters = {"day": day, "customers": None if customers is None else list(customers)}
    stages = {
        "counted": counted(rules, parameters, everybody=customers is None),
        "fading": fading(rules),
        "summed": summed(rules, everybody=customers is None),
        "scored": scored(rule_set),
        "standing": standing(rule_set, tiers),
    }
    clause = ",\n".join(f"{name} AS NOT MATERIALIZED (\n{text}\n)" for name, text in stages.items())
    return Statement(f"WITH {clause}", parameters)


def counted(rules: Sequence[ValueRule], parameters: Parameters, *, everybody: bool) -> str:
    columns = []
    for number, rule in enumerate(rules, 1):
        matches = condition(rule, number, parameters)
        columns.append(f"count(*) FILTER (WHERE {matches}) AS n{number}")
        columns.append(f"{points(rule, matches)} AS p{number}")
    chosen = "" if everybody else "AND customer_id = ANY(%(customers)s)"
    return f"""  SELECT {", ".join(["customer_id", "occurred_on", *columns])}
  FROM interactions_interaction
  WHERE occurred_on <= %(day)s {chosen}
  GROUP BY customer_id, occurred_on"""


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
    return f"{column} = ANY(%({name})s)"


def points(rule: ValueRule, matches: str) -> str:
    """A day's points in thousandths, rounded half up where the unit does not divide them, capped."""
    thousandths = int(rule.points * 1000)
    per = ValueRule.Per(rule.per)
    if per == ValueRule.Per.EVENT:
        day_points = f"{thousandths} * count(*) FILTER (WHERE {matches})"
    elif per == ValueRule.Per.UNIT:
        day_points = f"round({thousandths} * coalesce(sum(abs(amount)) FILTER (WHERE {matches}), 0))::bigint"
    else:
        minutes = f"coalesce(sum(minutes) FILTER (WHERE {matches}), 0)"
        day_points = (
            f"{thousandths} * {minutes}" if per == ValueRule.Per.MINUTE else f"({thousandths} * {minutes} + 30) / 60"
        )
    return day_points if rule.daily_cap is None else f"least({day_points}, {int(rule.daily_cap * 1000)})"


def fading(rules: Sequence[ValueRule]) -> str:
    columns = []
    for number, rule in enumerate(rules, 1):
        weight = (
            f"round(1073741824 * power(2::float8, (occurred_on - %(day)s) / {float(rule.half_life)!r}::float8))::bigint"
        )
        columns.append(
            f"sum(n{number})::bigint AS n{number}, sum(p{number})::bigint AS p{number}, "
            f"coalesce(sum(CASE WHEN p{number} > 0 THEN p{number} * {weight} END), 0)::bigint AS d{number}"
        )
    return f"""  SELECT {", ".join(["customer_id", "min(occurred_on) AS first_on", *columns])}
  FROM counted GROUP BY customer_id"""


def summed(rules: Sequence[ValueRule], *, everybody: bool) -> str:
    columns = []
    for name in SUMS:
        fed_by = [f"coalesce(d{number}, 0)" for number, rule in enumerate(rules, 1) if rule.sum == name]
        columns.append(f"{' + '.join(fed_by) or '0::bigint'} AS {name}")
    chosen = "" if everybody else "AND customer.id = ANY(%(customers)s)"
    return f"""  SELECT customer.id AS customer_id, first_on, {", ".join(columns)}
  FROM customers_customer customer LEFT JOIN fading ON fading.customer_id = customer.id
  WHERE customer.merged_into_id IS NULL {chosen}"""


def scored(rule_set: RuleSet) -> str:
    """scoring.md's formulas, in double precision."""
    kappa, alpha = float(rule_set.doubt), float(rule_set.promise_weight)
    in_points = ", ".join(f"{name}::float8 / {UNIT} AS {name}_points" for name in SUMS)
    return f"""  SELECT base.*, sqrt(reciprocity * commitment) AS partnership
  FROM (
    SELECT term.*,
      100 * ({alpha} * keep + (1 - {alpha}) * working) AS commitment,
      100 * least(1, 2 * (received_points + {kappa} / 4) / (received_points + given_points + {kappa})) AS reciprocity,
      100 * (1 - power(2::float8, -demand_points / {float(rule_set.demand_half)})) AS loudness,
      1 - power(2::float8, -(kept_points + missed_points + received_points + working)
                           / {float(rule_set.confidence_half)}) AS confidence
    FROM (
      SELECT points.*,
        (kept_points + {kappa} / 2) / (kept_points + missed_points + {kappa}) AS keep,
        1 - power(2::float8, -effort_points / {float(rule_set.effort_half)}) AS working
      FROM (SELECT summed.*, {in_points} FROM summed) points
    ) term
  ) base"""


def standing(rule_set: RuleSet, tiers: Iterable[Tier]) -> str:
    ranked = [tier for tier in tiers if not tier.for_newcomers]
    newcomers = next((tier for tier in tiers if tier.for_newcomers), ranked[0])
    return f"""  SELECT scored.*,
    CASE WHEN confidence >= {float(rule_set.thin_below)} THEN {tier_reached(ranked, margin=0)}
      WHEN first_on IS NULL OR %(day)s - first_on < {rule_set.newcomer_days} THEN {newcomers.pk}
      ELSE {ranked[0].pk} END AS earned_tier_id
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
