"""Telling owners that the tier of a customer of theirs changed; of other rules, all of their customers in one."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.dispatch import receiver
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from partnership.notifications.models import Notification
from partnership.notifications.notify import News, notify_all
from partnership.scoring.models import RuleSet, Tier
from partnership.scoring.signals import TierChange, everybody_rescored, tiers_changed
from partnership.staff.models import Firm, User

OF_NEW_RULES = "rules/"
"""Begins the key of what is told of all customers of an owner at once."""


@receiver(tiers_changed)
def tell_of_tiers(*, changes: Collection[TierChange], day: date, at: datetime, **_more: Any) -> None:
    by_customer = {change.customer: change for change in changes}
    owned = Customer.objects.filter(pk__in=by_customer, owner__is_active=True).select_related("owner")
    tiers = Tier.objects.in_bulk({pk for change in changes for pk in (change.before, change.after)})
    with translation.override(Firm.current().language):
        news = [
            News([customer.owner], customer, f"tier/{customer.pk}/{day}/{change.after}", in_words(change, tiers))
            for customer in owned
            if customer.owner and (change := by_customer[customer.pk])
        ]
    notify_all(Notification.Kind.TIER, news, at=at)


def in_words(change: TierChange, tiers: dict[int, Tier]) -> str:
    names = {"before": tiers[change.before].name, "after": tiers[change.after].name}
    if change.pinned:
        return _("From “%(before)s” to “%(after)s”, pinned by a manager") % names
    return _("From “%(before)s” to “%(after)s”") % names


@receiver(everybody_rescored)
def tell_of_new_rules(*, rule_set: RuleSet, at: datetime, **_more: Any) -> None:
    """Each owner once, however often the rescore was carried on."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED_BY_RULES, [rule_set.pk, rule_set.pk])
        moved = cursor.fetchall()
    owners = User.objects.in_bulk([owner for owner, _count, _first in moved])
    customers = Customer.objects.in_bulk([first for _owner, _count, first in moved])
    key = f"{OF_NEW_RULES}{rule_set.pk}/{rule_set.activated_at}"
    with translation.override(Firm.current().language):
        news = [News([owners[owner]], customers[first], key, of_all(count, rule_set)) for owner, count, first in moved]
    notify_all(Notification.Kind.TIER, news, at=at)


def of_all(count: int, rule_set: RuleSet) -> str:
    words = ngettext(
        "The rules “%(rules)s” are in force now: they changed the tier of %(count)d customer of yours",
        "The rules “%(rules)s” are in force now: they changed the tier of %(count)d customers of yours",
        count,
    )
    return words % {"rules": rule_set.name, "count": count}


def is_of_new_rules(news: Notification) -> bool:
    return news.key.startswith(OF_NEW_RULES)


# Per owner: how many have another tier than by the rules before, and the best partner among them.
MOVED_BY_RULES = """
SELECT customer.owner_id, count(*), (array_agg(customer.id ORDER BY score.partnership DESC, customer.id))[1]
FROM customers_customer customer
JOIN scoring_score score ON score.customer_id = customer.id AND score.rule_set_id = %s
JOIN scoring_tier tier ON tier.id = score.tier_id
JOIN LATERAL (
  SELECT tier_id FROM scoring_scoresnapshot
  WHERE customer_id = customer.id AND rule_set_id <> %s ORDER BY day DESC LIMIT 1
) before ON true
JOIN scoring_tier former ON former.id = before.tier_id
WHERE customer.owner_id IS NOT NULL AND customer.merged_into_id IS NULL AND former.name <> tier.name
GROUP BY customer.owner_id ORDER BY customer.owner_id"""
