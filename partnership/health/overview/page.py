"""The overview: the headlines, the customers to act on today, the portfolio by tier."""

from collections import Counter
from dataclasses import dataclass

from django.urls import reverse

from partnership.focus.lanes.partnership_lane import Partner, partnership_lane
from partnership.health.boards import attention
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Table
from partnership.health.frame.tier_paths import tier_paths
from partnership.health.overview.headlines import NAMES, Headline, headlines
from partnership.health.overview.portfolio import portfolio
from partnership.health.rollup.tier_sums import sum_of_tiers
from partnership.scoring.rules.rule_changes import list_rule_changes

ACTED_ON = 5


@dataclass(frozen=True)
class Overview:
    """`partners`: the first of Focus's Partnerships among the customers of the scope; `focus` is the lane's URL."""

    headlines: list[Headline]
    partners: list[Partner]
    focus: str
    portfolio: Table


def overview(scope: Scope) -> Overview:
    audit = attention.audit_of(scope, *NAMES)
    found = Counter(sum_of_tiers(audit.tiers))
    changes = list_rule_changes(scope.firm)
    paths = tier_paths(scope, changes)
    first = partnership_lane(scope.customers(), as_of=scope.day, size=ACTED_ON)
    return Overview(
        headlines(scope, audit, found, paths),
        first.rows,
        f"{reverse('focus')}?whose=all",
        portfolio(scope, audit.tiers, paths, changes),
    )
