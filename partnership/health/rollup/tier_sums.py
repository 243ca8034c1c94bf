"""Sums of the metrics by tier."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from django.db.models import Aggregate, Count, F
from django.db.models.functions import Coalesce

from partnership.health.frame.scope import Scope, columns_of, total
from partnership.scoring.models import Tier


@dataclass(frozen=True)
class TierRow:
    """`tier`: the one in force, None for customers without; `scope` is narrowed to it."""

    tier: Tier | None
    name: str
    customers: int
    sums: dict[str, int]
    scope: Scope

    def url(self, name: str, *args: object, **more: object) -> str:
        """Return the URL of the rows of one of its numbers; empty without a tier in force, which no page narrows to."""
        return self.scope.url(name, *args, **more) if self.tier else ""


def by_tier(scope: Scope, *names: str, **more: Aggregate | Coalesce) -> list[TierRow]:
    """Sum up metrics by tier, the highest first: those of `names` and of the period before, and `more` sums."""
    asked: dict[str, Aggregate | Coalesce] = {f"sum_{column}": total(F(column)) for column in columns_of(*names)}
    asked |= {f"sum_{name}": value for name, value in more.items()}
    sums: dict[tuple[Tier | None, str], Counter[str]] = defaultdict(Counter)
    for row in scope.metrics().values("tier").annotate(people=Count("pk"), **asked).order_by():
        # While the rules change, some customers still have a tier of the rules before.
        key = row.pop("tier")
        of_tier = sums[scope.lineage.now.get(key), scope.tier_name(key)]
        for name, value in row.items():
            of_tier[name] += value or 0
    ordered = sorted(sums.items(), key=lambda pair: (pair[0][0].rank if pair[0][0] else -1, pair[0][1]), reverse=True)
    return [_tier_row(scope, tier, name, found) for (tier, name), found in ordered]


def _tier_row(scope: Scope, tier: Tier | None, name: str, found: Counter[str]) -> TierRow:
    narrowed = scope if tier is None else replace(scope, tier=tier.pk, query={**scope.query, "tier": tier.pk})
    sums = {name.removeprefix("sum_"): value for name, value in found.items() if name.startswith("sum_")}
    return TierRow(tier, name, found["people"], sums, narrowed)


def sum_of_tiers(rows: list[TierRow]) -> dict[str, int]:
    return {name: sum(row.sums[name] for row in rows) for name in (rows[0].sums if rows else ())}
