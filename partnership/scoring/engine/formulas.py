"""scoring.md's formulas as SQL: from the six sums to scores and the earned tier."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from partnership.scoring.models import RuleSet, Tier, ValueRule

UNITS_PER_POINT = 1000 * 2**30
"""A sum of this many is one point."""

SUMS = tuple(ValueRule.Sum.values)


def compute_scores(rule_set: RuleSet, sums: Sequence[dict[str, int]]) -> list[dict[str, Any]]:
    """What the set makes of given sums (each by name, in UNIT), in their order: sums and scores."""
    columns = ", ".join(f"unnest(%({name})s::bigint[]) AS {name}" for name in SUMS)
    numbers = "generate_series(1, %(most)s) AS customer_id"
    parameters: dict[str, Any] = {name: [one[name] for one in sums] for name in SUMS}
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH summed AS (SELECT {numbers}, {columns}) {scores_sql(rule_set)} ORDER BY customer_id",
            {**parameters, "most": len(sums)},
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def scores_sql(rule_set: RuleSet) -> str:
    """scoring.md's formulas, in double precision."""
    kappa, alpha = float(rule_set.doubt), float(rule_set.promise_weight)
    in_points = ", ".join(f"{name}::float8 / {UNITS_PER_POINT} AS {name}_points" for name in SUMS)
    return f"""  SELECT base.*, sqrt(reciprocity * commitment) AS partnership
  FROM (
    SELECT term.*,
      100 * ({alpha} * keep + (1 - {alpha}) * working) AS commitment,
      100 * least(1, 2 * (received_points + {kappa} / 4) / (received_points + given_points + {kappa})) AS reciprocity,
      100 * {_saturation("demand_points", rule_set.demand_half)} AS loudness,
      {_saturation("(kept_points + missed_points + received_points + working)", rule_set.confidence_half)} AS confidence
    FROM (
      SELECT points.*,
        (kept_points + {kappa} / 2) / (kept_points + missed_points + {kappa}) AS keep,
        {_saturation("effort_points", rule_set.effort_half)} AS working
      FROM (SELECT summed.*, {in_points} FROM summed) points
    ) term
  ) base"""


def _saturation(points: str, half: float) -> str:
    """From 0 toward 1, half way at so many points; power() would raise an error where it underflows."""
    return f"(1 - power(2::float8, greatest(-{points} / {float(half)!r}::float8, -1000)))"


def tiered_scores_sql(rule_set: RuleSet, tiers: Iterable[Tier], history: str) -> str:
    ranked = [tier for tier in tiers if not tier.for_newcomers]
    newcomers = next((tier for tier in tiers if tier.for_newcomers), ranked[0])
    return f"""  SELECT scored.*,
    CASE WHEN confidence >= {float(rule_set.thin_below)} THEN {tier_reached_sql(ranked, margin=0)}
      WHEN EXISTS (
        SELECT FROM {history} AS history
        WHERE customer_id = scored.customer_id AND occurred_on <= %(day)s - {rule_set.newcomer_days}
      ) THEN {ranked[0].pk}
      ELSE {newcomers.pk} END AS earned_tier_id
  FROM scored"""


def tier_reached_sql(ranked: Sequence[Tier], *, margin: float) -> str:
    """The highest tier whose thresholds are all met with `margin` points to spare (or lacking, when negative)."""
    cases = []
    for tier in sorted(ranked[1:], key=lambda tier: tier.rank, reverse=True):
        met = [f"confidence >= {float(tier.confidence)}"]
        met += [
            f"{name} >= {at + margin}" for name in ("partnership", "commitment") if (at := float(getattr(tier, name)))
        ]
        cases.append(f"WHEN {' AND '.join(met)} THEN {tier.pk}")
    return f"CASE {' '.join(cases)} ELSE {ranked[0].pk} END" if cases else str(ranked[0].pk)
