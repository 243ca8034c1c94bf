"""Notify owners of tier changes: one notification a customer, or one for all of an owner's after new rules."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import connection
from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from partnership.notifications.models import Notification
from partnership.notifications.notify import News, notify_all
from partnership.scoring.models import RuleSet, Tier
from partnership.scoring.signals import TierChange, everybody_rescored, tiers_changed
from partnership.staff.models import Firm, User

_NEW_RULES_KEY = "rules/"


@receiver(tiers_changed)
def notify_tier_changes(*, changes: Collection[TierChange], day: date, at: datetime, **_more: object) -> None:
    by_customer = {change.customer: change for change in changes}
    owned = Customer.objects.filter(pk__in=by_customer, owner__is_active=True).select_related("owner")
    tiers = Tier.objects.in_bulk({pk for change in changes for pk in (change.before, change.after)})
    with Firm.current().localized():
        news = [
            News(
                [customer.owner], customer, f"tier/{customer.pk}/{day}/{change.after}", _describe_change(change, tiers)
            )
            for customer in owned
            if customer.owner and (change := by_customer[customer.pk])
        ]
    notify_all(Notification.Kind.TIER, news, at=at)


def _describe_change(change: TierChange, tiers: dict[int, Tier]) -> str:
    names = {"before": tiers[change.before].name, "after": tiers[change.after].name}
    if change.pinned:
        return _("From “%(before)s” to “%(after)s”, pinned by a manager") % names
    return _("From “%(before)s” to “%(after)s”") % names


@receiver(everybody_rescored)
def notify_new_rules(*, rule_set: RuleSet, at: datetime, **_more: object) -> None:
    """Notify each owner once, even where the rescore was interrupted and carried on."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED_BY_RULES, [rule_set.pk, rule_set.pk])
        moved = cursor.fetchall()
    owners = User.objects.in_bulk([owner for owner, _count, _first in moved])
    customers = Customer.objects.in_bulk([first for _owner, _count, first in moved])
    key = f"{_NEW_RULES_KEY}{rule_set.pk}/{rule_set.activated_at}"
    with Firm.current().localized():
        news = [
            News([owners[owner]], customers[first], key, _describe_new_rules(count, rule_set))
            for owner, count, first in moved
        ]
    notify_all(Notification.Kind.TIER, news, at=at)


def _describe_new_rules(count: int, rule_set: RuleSet) -> str:
    words = ngettext(
        "The rules “%(rules)s” are in force now: they changed the tier of %(count)d customer of yours",
        "The rules “%(rules)s” are in force now: they changed the tier of %(count)d customers of yours",
        count,
    )
    return words % {"rules": rule_set.name, "count": count}


def is_about_new_rules(notification: Notification) -> bool:
    return notification.key.startswith(_NEW_RULES_KEY)


# For each owner: how many customers have another tier than under the rules before, and the best partner of them.
_CHANGED_BY_RULES = """
SELECT customer.owner_id, count(*), (array_agg(customer.id ORDER BY score.partnership DESC, customer.id))[1]
FROM customers_customer customer
JOIN scoring_score score ON score.customer_id = customer.id AND score.rule_set_id = %s
JOIN scoring_tier tier ON tier.id = score.tier_id
JOIN LATERAL (
  SELECT tier_id FROM scoring_scoresnapshot
  WHERE customer_id = customer.id AND rule_set_id <> %s ORDER BY day DESC LIMIT 1
) before ON true
JOIN scoring_tier former ON former.id = before.tier_id
WHERE customer.owner_id IS NOT NULL AND customer.merged_into_id IS NULL
  AND former.same_as_id IS DISTINCT FROM tier.id
GROUP BY customer.owner_id ORDER BY customer.owner_id"""
