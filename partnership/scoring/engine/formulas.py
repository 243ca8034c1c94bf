"""The formulas of docs/scoring.md as SQL: from the six sums to scores and the earned tier."""

from collections.abc import Iterable, Sequence
from typing import cast

from django.db import connection

from partnership.scoring.models import RuleSet, Tier, ValueRule

UNITS_PER_POINT = 1000 * 2**30  # sums are integers: thousandths of a point times 2³⁰

SUMS = tuple(ValueRule.Sum.values)


def compute_scores(rule_set: RuleSet, sums: Sequence[dict[str, int]]) -> list[dict[str, float]]:
    """Compute scores from sums (by name, in units), in the given order; each result holds sums and scores."""
    columns = ", ".join(f"unnest(%({name})s::bigint[]) AS {name}" for name in SUMS)
    numbers = "generate_series(1, %(most)s) AS customer_id"
    parameters = {name: [one[name] for one in sums] for name in SUMS}
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH sums AS (SELECT {numbers}, {columns}) {scores_sql(rule_set)} ORDER BY customer_id",
            {**parameters, "most": len(sums)},
        )
        names = [column.name for column in cursor.description]
        rows = cast("list[tuple[float, ...]]", cursor.fetchall())
        return [dict(zip(names, row, strict=True)) for row in rows]


def scores_sql(rule_set: RuleSet) -> str:
    """Return the body of the stage `scores`, in double precision."""
    kappa, lambda_, alpha = map(float, (rule_set.doubt, rule_set.balance_doubt, rule_set.promise_weight))
    in_points = ", ".join(f"{name}::float8 / {UNITS_PER_POINT} AS {name}_points" for name in SUMS)
    return f"""  SELECT base.*, sqrt(reciprocity * commitment) AS partnership
  FROM (
    SELECT term.*,
      100 * ({alpha} * keep + (1 - {alpha}) * working) AS commitment,
      100 * least(
        1, 2 * (received_points + {lambda_} / 4) / (received_points + given_points + {lambda_})) AS reciprocity,
      100 * {_saturation("demand_points", rule_set.demand_half)} AS loudness,
      {_saturation("(kept_points + missed_points + received_points + working)", rule_set.confidence_half)} AS confidence
    FROM (
      SELECT points.*,
        (kept_points + {kappa} / 2) / (kept_points + missed_points + {kappa}) AS keep,
        {_saturation("effort_points", rule_set.effort_half)} AS working
      FROM (SELECT sums.*, {in_points} FROM sums) points
    ) term
  ) base"""


def _saturation(points: str, half: float) -> str:
    """Return SQL that rises from 0 toward 1 and is ½ at `half` points."""
    # Bounded, since power() raises an error where it underflows.
    return f"(1 - power(2::float8, greatest(-{points} / {float(half)!r}::float8, -1000)))"


def tiered_scores_sql(rule_set: RuleSet, tiers: Iterable[Tier], history: str) -> str:
    """Return the body of the stage `tiered_scores`: scores with the earned tier."""
    ranked = [tier for tier in tiers if not tier.for_newcomers]
    newcomers = next((tier for tier in tiers if tier.for_newcomers), ranked[0])
    return f"""  SELECT scores.*,
    CASE WHEN confidence >= {float(rule_set.thin_below)} THEN {tier_reached_sql(ranked, margin=0)}
      WHEN EXISTS (
        SELECT FROM {history} AS history
        WHERE customer_id = scores.customer_id AND occurred_on <= %(day)s - {rule_set.newcomer_days}
      ) THEN {ranked[0].pk}
      ELSE {newcomers.pk} END AS earned_tier_id
  FROM scores"""


def tier_reached_sql(ranked: Sequence[Tier], *, margin: float) -> str:
    """Return SQL for the highest tier whose thresholds are all met by `margin` points (missed, when negative)."""
    cases = []
    for tier in sorted(ranked[1:], key=lambda tier: tier.rank, reverse=True):
        met = [f"confidence >= {float(tier.confidence)}"]
        met += [
            f"{name} >= {at + margin}" for name in ("partnership", "commitment") if (at := float(getattr(tier, name)))
        ]
        cases.append(f"WHEN {' AND '.join(met)} THEN {tier.pk}")
    return f"CASE {' '.join(cases)} ELSE {ranked[0].pk} END" if cases else str(ranked[0].pk)
