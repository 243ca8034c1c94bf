"""Raise alerts whose condition begins, each once until it has ended, and end the others."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from partnership.core.locks import LockKey, try_lock_transaction
from partnership.health.alerts.conditions import Found, find, scope_of_alert
from partnership.health.alerts.models import Alert, RaisedAlert
from partnership.health.signals import alerts_raised
from partnership.scoring.rules.tier_lineage import TierLineage, load_tier_lineage
from partnership.staff.models import Firm


@dataclass(frozen=True)
class Raised:
    """What one check raised of one alert."""

    alert: Alert
    raised: list[RaisedAlert]


def check_alerts(*, at: datetime) -> int:
    """Check all alerts in one transaction; return how many were raised, none while another worker checks."""
    with transaction.atomic():
        if not try_lock_transaction(LockKey.HEALTH_ALERTS):
            return 0
        alerts = list(Alert.objects.standing().select_related("owner").order_by("pk"))
        if not alerts:
            return 0
        firm, lineage = Firm.current(), load_tier_lineage()
        checked = [_check(alert, firm, lineage, at) for alert in alerts]
        begun = [one for one in checked if one.raised]
        if begun:
            alerts_raised.send(sender=Alert, raised=begun, at=at)
    return sum(len(one.raised) for one in begun)


def _check(alert: Alert, firm: Firm, lineage: TierLineage, at: datetime) -> Raised:
    today = firm.local_date(at)
    found = find(alert, scope_of_alert(alert, firm, today, lineage))
    known = dict(alert.raised.filter(ended_at=None).values_list("customer_id", "pk"))
    over = [pk for customer, pk in known.items() if customer not in found]
    if over:
        alert.raised.filter(pk__in=over).update(ended_at=at)
    return Raised(alert, _raise(alert, found, known, firm, at))


def _raise(alert: Alert, found: Found, known: Collection[int | None], firm: Firm, at: datetime) -> list[RaisedAlert]:
    """The constraint keeps those out that another transaction has raised just now."""
    due_on = firm.local_date(at) + timedelta(days=alert.days)
    new = [
        RaisedAlert(alert=alert, customer_id=customer, value=value, raised_at=at, due_on=due_on)
        for customer, value in found.items()
        if customer not in known
    ]
    return RaisedAlert.objects.bulk_create(new, batch_size=1000)
