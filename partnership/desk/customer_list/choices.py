"""What there is to choose from: read once a minute, since that takes a look at every customer's tags."""

from contextlib import suppress
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from redis.exceptions import RedisError

from customers.models import Customer
from partnership.core.caching import read_cached
from partnership.scoring.models import RuleSet, Tier
from partnership.staff.models import Firm, User

KEY = "listing.choices"
SECONDS = 60
MOST_TAGS = 500


@dataclass(frozen=True)
class Choices:
    """`languages`: codes of those that texts are written in."""

    tiers: list[tuple[int, str]]
    owners: list[tuple[int, str]]
    tags: list[str]
    languages: list[str]


def choices() -> Choices:
    return read_cached(KEY, SECONDS, read)


def forget() -> None:
    """After a change that should be seen at once."""
    with suppress(RedisError):
        cache.delete(KEY)


def read() -> Choices:
    tiers = Tier.objects.filter(rule_set__status=RuleSet.Status.ACTIVE).order_by("rank").values_list("rank", "name")
    owners = User.objects.filter(is_active=True).values_list("pk", "name")
    languages = Customer.objects.exclude(language="").order_by().values_list("language", flat=True).distinct()
    return Choices(list(tiers), list(owners), tags_in_use(), sorted({Firm.current().language, *languages}))


def tags_in_use() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT unnest(tags) FROM customers_customer WHERE tags <> '{}' AND NOT restricted"
            " AND merged_into_id IS NULL ORDER BY 1 LIMIT %s",
            [MOST_TAGS],
        )
        return [tag for (tag,) in cursor.fetchall()]
