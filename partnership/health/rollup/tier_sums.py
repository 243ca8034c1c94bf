"""Sums of the metrics by tier."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Aggregate, Count, F
from django.db.models.functions import Coalesce

from partnership.health.frame.scope import Scope, columns_of, total


@dataclass(frozen=True)
class TierRow:
    """`scope` is narrowed to the tier, for the links of its numbers."""

    rank: int | None
    name: str
    customers: int
    sums: dict[str, int]
    scope: Scope


def by_tier(scope: Scope, *names: str, **more: Aggregate | Coalesce) -> list[TierRow]:
    """Sum up metrics by tier, the highest first: those of `names` and of the period before, and `more` expressions."""
    asked: dict[str, Aggregate | Coalesce] = {f"sum_{column}": total(F(column)) for column in columns_of(*names)}
    asked |= {f"sum_{name}": value for name, value in more.items()}
    grouped = scope.metrics().values("rank").annotate(people=Count("pk"), **asked).order_by()
    found = [_tier_row(scope, row) for row in grouped]
    return sorted(found, key=lambda row: -1 if row.rank is None else row.rank, reverse=True)


def _tier_row(scope: Scope, row: dict[str, Any]) -> TierRow:
    rank = row["rank"]
    narrowed = scope if rank is None else replace(scope, tier=rank, query={**scope.query, "tier": rank})
    sums = {name.removeprefix("sum_"): value for name, value in row.items() if name.startswith("sum_")}
    return TierRow(rank, scope.tier_name(rank), row["people"], sums, narrowed)


def sum_of_tiers(rows: list[TierRow]) -> dict[str, int]:
    return {name: sum(row.sums[name] or 0 for row in rows) for name in (rows[0].sums if rows else ())}
