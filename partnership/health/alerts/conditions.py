"""Where the conditions of alerts hold now, by the metrics of the dashboards."""

from datetime import date

from django.db.models import F, Q

from partnership.health.alerts.models import Alert
from partnership.health.frame.scope import Scope
from partnership.health.rollup.periods import USUAL
from partnership.scoring.rules.tier_lineage import TierLineage
from partnership.staff.models import Firm

COUNTED_WITHIN = {Alert.Condition.LATE: "week", Alert.Condition.OWED: USUAL, Alert.Condition.RECOVERIES: USUAL}
"""The period of each metric that is counted; any for those as of today."""

Found = dict[int | None, float]
"""Points or a count, by customer; None for a condition that is about no single one."""


def scope_of_alert(alert: Alert, firm: Firm, day: date, lineage: TierLineage) -> Scope:
    """Return the scope of what is counted; its URLs lead to the rows."""
    period = COUNTED_WITHIN.get(Alert.Condition(alert.condition), USUAL)
    current = lineage.now.get(alert.tier_id or 0)
    tier = alert.tier_id if current is None else current.pk
    query: dict[str, object] = {} if period == USUAL else {"period": period}
    if tier is not None:
        query["tier"] = tier
    return Scope(alert.owner, firm, day, lineage, period=period, tier=tier, query=query)


def find(alert: Alert, scope: Scope) -> Found:
    """Return where the condition holds; empty where it doesn't."""
    if alert.of_customers:
        return _find_customers(alert, scope)
    count = scope.totals(alert.condition)[alert.condition]
    return {None: count} if count > alert.number else {}


def _find_customers(alert: Alert, scope: Scope) -> Found:
    """Look at customers who have the tier, or had it four weeks ago: a customer who falls far enough loses it.

    A score of little evidence counts only where the customer came from above.
    """
    everybody = Scope(scope.viewer, scope.firm, scope.day, scope.lineage).metrics()
    if scope.tier is not None:
        keys = scope.lineage.list_keys(scope.tier)
        everybody = everybody.filter(Q(tier__in=keys) | Q(tier_then__in=keys))
    if alert.condition == Alert.Condition.FALL:
        found = everybody.annotate(fall=F("partnership_then") - F("partnership")).filter(fall__gte=alert.number)
        return dict(found.values_list("customer_id", "fall"))
    least = alert.number - 0.5  # below it the page shows a lower score, as it rounds half up
    low = everybody.filter(Q(thin=False) | Q(partnership_then__gte=least), partnership__lt=least)
    return dict(low.values_list("customer_id", "partnership"))
