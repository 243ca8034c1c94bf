"""The portfolio: how many customers each tier has, had, and what they bought."""

from collections import Counter
from dataclasses import replace
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Cell, Table, change_cell, number, total_row
from partnership.health.frame.tier_paths import TierPaths, describe_rule_changes, sum_by_rules
from partnership.health.rollup.periods import PERIODS
from partnership.health.rollup.tier_sums import TierRow
from partnership.scoring.models import Tier
from partnership.scoring.rules.rule_changes import RuleChange

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


def portfolio(scope: Scope, tiers: list[TierRow], paths: TierPaths, changes: list[RuleChange]) -> Table:
    """List the tiers in force, the highest first; those of `tiers` with what their customers bought.

    `paths`: between tiers in the scope's period, whose part by other rules has a column where the rules changed;
    `changes`: all changes of rules, of which the last year's are told.
    """
    known = {row.tier: row for row in tiers}
    ordered: list[Tier | None] = [*reversed(scope.tiers), *([None] if None in known else [])]
    then = {period: tiers_then(scope, period) for period in _POINTS}
    ruled = count_by_rules(scope, paths) if paths.changes else None
    rows = [_tier_line(scope, tier, known.get(tier), then, ruled) for tier in ordered]
    heads = [_("Tier"), _("Customers"), pgettext("difference", "Change"),
             *([_("By other rules")] if paths.changes else []), *(_ago(period) for period in reversed(_POINTS)),
             _("Lifetime value, %s") % scope.firm.currency]  # fmt: skip
    since = replace(scope, period=_POINTS[0]).span(before=True).until
    told = describe_rule_changes([one for one in changes if since < one.day <= scope.day])
    total = total_row(*_sums(scope, [row[1:] for row in rows], ruled is not None)) if rows else None
    empty = _("No customer has a score yet.")
    return Table("portfolio", _("Customers by tier"), heads, rows, told, empty=empty, total=total)


def count_by_rules(scope: Scope, paths: TierPaths) -> Counter[int | None]:
    """Count by how many customers each tier in force grew by other rules; None: as of tiers_then()."""
    found: Counter[int | None] = Counter()
    for move, customers in sum_by_rules(scope.lineage, paths).items():
        for key, sign in zip(move, (-1, 1), strict=True):
            tier = scope.lineage.now.get(key or 0)
            found[tier.pk if tier else None] += sign * customers
    return found


def _sums(scope: Scope, rows: list[list[Cell]], with_rules: bool) -> list[Cell]:
    """Return the cells of the sums of all tiers, in the order of the columns."""
    numbers: list[list[Any]] = [[cell.plain for cell in row] for row in rows]
    customers, moved, *others, bought = map(sum, zip(*numbers, strict=True))
    by_rules, then = (others[:1], others[1:]) if with_rules else ([], others)
    return [
        number(customers, scope.url("health_customers")),
        *map(change_cell, [moved, *by_rules]),
        *map(number, then),
        number(bought, scope.url("health_rows", "bought")),
    ]


def _ago(period: str) -> str:
    return ngettext("%d week ago", "%d weeks ago", PERIODS[period]) % PERIODS[period]


def _tier_line(
    scope: Scope,
    tier: Tier | None,
    row: TierRow | None,
    then: dict[str, Counter[int | None]],
    ruled: Counter[int | None] | None,
) -> list[Cell]:
    customers, bought = (row.customers, row.sums["bought"]) if row else (0, 0)
    key = tier.pk if tier else None
    flow = scope.url("health_flow")
    change = change_cell(customers - then[scope.period][key], flow)
    return [
        Cell(tier.name if tier else _("no tier")),
        number(customers, row.url("health_customers") if row else ""),
        change,
        *([] if ruled is None else [change_cell(ruled[key], flow)]),
        *(number(then[period][key], _url_then(scope, tier, period)) for period in reversed(_POINTS)),
        number(bought, row.url("health_rows", "bought") if row else ""),
    ]


def _url_then(scope: Scope, tier: Tier | None, period: str) -> str:
    return scope.url("health_customers", period=period, stood=tier.pk) if tier else ""
