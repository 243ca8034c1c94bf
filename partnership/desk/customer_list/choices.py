"""The tiers, owners, tags and languages to choose from, cached for a minute: reading them scans all customers' tags."""

from contextlib import suppress
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from redis.exceptions import RedisError

from customers.models import Customer
from partnership.core.caching import read_cached
from partnership.scoring.models import RuleSet, Tier
from partnership.staff.models import Firm, User

_CACHE_KEY = "listing.choices"
_CACHE_SECONDS = 60
_MOST_TAGS = 500


@dataclass(frozen=True)
class FilterChoices:
    """Values of the filters: `tiers` by rank, `owners` by pk, `languages` of texts by code."""

    tiers: list[tuple[int, str]]
    owners: list[tuple[int, str]]
    tags: list[str]
    languages: list[str]


def filter_choices() -> FilterChoices:
    return read_cached(_CACHE_KEY, _CACHE_SECONDS, _read_choices)


def forget_choices() -> None:
    """Read the choices anew at the next request, after a change that should show at once."""
    with suppress(RedisError):
        cache.delete(_CACHE_KEY)


def _read_choices() -> FilterChoices:
    tiers = Tier.objects.filter(rule_set__status=RuleSet.Status.ACTIVE).order_by("rank").values_list("rank", "name")
    owners = User.objects.filter(is_active=True).values_list("pk", "name")
    languages = Customer.objects.exclude(language="").order_by().values_list("language", flat=True).distinct()
    return FilterChoices(list(tiers), list(owners), _tags_in_use(), sorted({Firm.current().language, *languages}))


def _tags_in_use() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT unnest(tags) FROM customers_customer WHERE tags <> '{}' AND NOT restricted"
            " AND merged_into_id IS NULL ORDER BY 1 LIMIT %s",
            [_MOST_TAGS],
        )
        return [tag for (tag,) in cursor.fetchall()]
