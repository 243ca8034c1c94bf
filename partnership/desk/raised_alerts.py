"""The notifications of alerts that were raised."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.dispatch import receiver

from customers.models import Customer
from partnership.health.alerts.checking import Raised
from partnership.health.alerts.page import tier_name
from partnership.health.alerts.sentences import describe_alert, describe_many, describe_raised
from partnership.health.signals import alerts_raised
from partnership.notifications.models import Notification
from partnership.notifications.notify import News, notify_all
from partnership.scoring.rules.tier_lineage import TierLineage, load_tier_lineage
from partnership.staff.models import Firm

_MOST_EACH = 5
"""Of one alert at once; of more customers, one notification says how many they are."""


@receiver(alerts_raised)
def notify_owners(*, raised: Collection[Raised], at: datetime, **_more: object) -> None:
    """Notify the owner of each alert who still manages."""
    lineage = load_tier_lineage()
    with Firm.current().localized():
        news = [one for each in raised if each.alert.owner.is_manager for one in _news_of(each, lineage)]
    notify_all(Notification.Kind.ALERT, news, at=at)


def _news_of(each: Raised, lineage: TierLineage) -> Iterator[News]:
    alert, owners = each.alert, [each.alert.owner]
    if len(each.raised) > _MOST_EACH:
        text = describe_many(len(each.raised), describe_alert(alert, tier_name(alert, lineage)))
        yield News(owners, None, f"alert/{each.raised[0].pk}", text)
        return
    customers = Customer.objects.in_bulk([one.customer_id for one in each.raised if one.customer_id])
    for one in each.raised:
        customer = customers.get(one.customer_id) if one.customer_id else None
        yield News(owners, customer, f"alert/{one.pk}", describe_raised(one, alert))
