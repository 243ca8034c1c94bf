"""The page of alerts: what was raised and is to be looked at, and the alerts as sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from partnership.health.alerts.conditions import scope_of_alert
from partnership.health.alerts.forms import AlertForm
from partnership.health.alerts.models import Alert, RaisedAlert
from partnership.health.alerts.sentences import describe_alert, describe_raised
from partnership.scoring.rules.tier_lineage import TierLineage
from partnership.staff.models import Firm, User

_MOST_SHOWN = 100  # to look at
_MOST_EARLIER = 20


@dataclass(frozen=True)
class AlertLine:
    alert: Alert
    text: str


@dataclass(frozen=True)
class RaisedLine:
    """`url` leads to the customer, or to the rows that were counted."""

    raised: RaisedAlert
    text: str
    url: str
    sentence: str
    overdue: bool


@dataclass(frozen=True)
class AlertsPage:
    """`unshown`: how many more are to be looked at."""

    to_look_at: list[RaisedLine]
    unshown: int
    earlier: list[RaisedLine]
    alerts: list[AlertLine]
    form: AlertForm


def alerts_page(user: User, form: AlertForm, lineage: TierLineage, *, today: date) -> AlertsPage:
    """Build the page: the user's own first, then by the day by which they are to be looked at."""
    standing = list(Alert.objects.standing().select_related("owner").order_by("pk"))
    standing.sort(key=lambda alert: (alert.owner_id != user.pk, alert.owner.name, alert.pk))
    raised = RaisedAlert.objects.filter(alert__removed_at=None).select_related("alert__owner", "customer", "looked_by")
    pending = raised.filter(looked_at=None, ended_at=None)
    waiting = list(pending.order_by("due_on", "pk")[:_MOST_SHOWN])
    unshown = pending.count() - len(waiting) if len(waiting) == _MOST_SHOWN else 0
    earlier = raised.exclude(looked_at=None, ended_at=None).order_by("-raised_at", "-pk")[:_MOST_EARLIER]
    waiting.sort(key=lambda one: (one.alert.owner_id != user.pk, one.due_on, one.pk))
    return AlertsPage(
        list(_raised_lines(waiting, lineage, today)),
        unshown,
        list(_raised_lines(earlier, lineage, today)),
        [AlertLine(alert, describe_alert(alert, tier_name(alert, lineage))) for alert in standing],
        form,
    )


def tier_name(alert: Alert, lineage: TierLineage) -> str:
    """Name the alert's tier as the rules in force do; empty where it is about all customers."""
    if alert.tier_id is None:
        return ""
    current = lineage.now.get(alert.tier_id)
    return current.name if current else lineage.names.get(alert.tier_id, "–")


def _raised_lines(found: Iterable[RaisedAlert], lineage: TierLineage, today: date) -> Iterable[RaisedLine]:
    firm = Firm.current()
    for one in found:
        alert = one.alert
        if one.customer is not None:
            url = one.customer.get_absolute_url()
        else:
            url = scope_of_alert(alert, firm, today, lineage).url("health_rows", alert.condition)
        sentence = describe_alert(alert, tier_name(alert, lineage))
        yield RaisedLine(one, describe_raised(one, alert), url, sentence, one.due_on < today)
