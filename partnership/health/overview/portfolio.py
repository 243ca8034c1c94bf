"""The portfolio: how many customers each tier has, had, and what they bought."""

from collections import Counter
from dataclasses import replace
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Cell, Table, number, total_row
from partnership.health.rollup.periods import PERIODS
from partnership.health.rollup.tier_sums import TierRow
from partnership.scoring.models import Tier

_POINTS = ("year", "quarter", "month", "week")


def tiers_then(scope: Scope, period: str) -> Counter[int | None]:
    """Count today's customers by the tier in force that the one they had when the period began is now.

    None: they had none, or one that is gone.
    """
    then = replace(scope, period=period).metrics().values_list("tier_then").annotate(customers=Count("pk")).order_by()
    found: Counter[int | None] = Counter()
    for key, customers in then:
        tier = scope.lineage.now.get(key)
        found[tier.pk if tier else None] += customers
    return found


def portfolio(scope: Scope, tiers: list[TierRow]) -> Table:
    """List the tiers in force, the highest first; those of `tiers` with what their customers bought."""
    known = {row.tier: row for row in tiers}
    ordered: list[Tier | None] = [*reversed(scope.tiers), *([None] if None in known else [])]
    then = {period: tiers_then(scope, period) for period in _POINTS}
    rows = [_tier_line(scope, tier, known.get(tier), then) for tier in ordered]
    heads = [_("Tier"), _("Customers"), _("Change"), *(_ago(period) for period in reversed(_POINTS)),
             _("Lifetime value, %s") % scope.firm.currency]  # fmt: skip
    total = total_row(*_sums(scope, [row[1:] for row in rows])) if rows else None
    return Table("portfolio", _("Customers by tier"), heads, rows, empty=_("No customer has a score yet."), total=total)


def _sums(scope: Scope, rows: list[list[Cell]]) -> list[Cell]:
    """Return the cells of the sums of all tiers, in the order of the columns."""
    numbers: list[list[Any]] = [[cell.plain for cell in row] for row in rows]
    customers, moved, *then, bought = map(sum, zip(*numbers, strict=True))
    return [
        number(customers, scope.url("health_customers")),
        _change_cell(moved),
        *map(number, then),
        number(bought, scope.url("health_rows", "bought")),
    ]


def _change_cell(moved: int, url: str = "") -> Cell:
    return Cell(f"{moved:+d}".replace("-", "−") if moved else "0", url if moved else "", number=True, plain=moved)


def _ago(period: str) -> str:
    return ngettext("%d week ago", "%d weeks ago", PERIODS[period]) % PERIODS[period]


def _tier_line(
    scope: Scope, tier: Tier | None, row: TierRow | None, then: dict[str, Counter[int | None]]
) -> list[Cell]:
    customers, bought = (row.customers, row.sums["bought"]) if row else (0, 0)
    key = tier.pk if tier else None
    moved = customers - then[scope.period][key]
    return [
        Cell(tier.name if tier else _("no tier")),
        number(customers, row.url("health_customers") if row else ""),
        _change_cell(moved, scope.url("health_flow")),
        *(number(then[period][key], _url_then(scope, tier, period)) for period in reversed(_POINTS)),
        number(bought, row.url("health_rows", "bought") if row else ""),
    ]


def _url_then(scope: Scope, tier: Tier | None, period: str) -> str:
    return scope.url("health_customers", period=period, stood=tier.pk) if tier else ""
