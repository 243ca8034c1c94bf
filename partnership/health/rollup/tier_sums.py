"""Sums of the tallies by tier."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Sum

from partnership.health.frame.scope import Scope, total
from partnership.health.rollup.metrics import MEASURES


@dataclass(frozen=True)
class TierRow:
    """`scope` is narrowed to the tier, for what its numbers are clicked through to."""

    rank: int | None
    name: str
    customers: int
    sums: dict[str, Any]
    scope: Scope


def by_tier(scope: Scope, *names: str, **more: Any) -> list[TierRow]:
    """The highest first; sums of measures by name, and of `more` expressions."""
    asked = {f"sum_{name}": total(scope.number(name)) for name in names}
    asked |= {f"sum_before_{name}": total(scope.number(name, before=True)) for name in names if MEASURES[name].day}
    asked |= {f"sum_{name}": value for name, value in more.items()}
    grouped = scope.sums().values("rank").annotate(people=Sum("customers"), **asked).order_by("rank")
    found = [row_of(scope, row) for row in grouped]
    return sorted(found, key=lambda row: -1 if row.rank is None else row.rank, reverse=True)


def row_of(scope: Scope, row: dict[str, Any]) -> TierRow:
    rank = row["rank"]
    narrowed = scope if rank is None else replace(scope, tier=rank, query={**scope.query, "tier": rank})
    sums = {name.removeprefix("sum_"): value for name, value in row.items() if name.startswith("sum_")}
    return TierRow(rank, scope.tier_name(rank), row["people"], sums, narrowed)


def of_all(rows: list[TierRow]) -> dict[str, Any]:
    """The same sums of everybody."""
    return {name: sum(row.sums[name] or 0 for row in rows) for name in (rows[0].sums if rows else ())}
