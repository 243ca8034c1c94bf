"""The tiers, owners, tags and languages to choose from, cached for a minute: reading them scans all customers' tags."""

from contextlib import suppress
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from redis.exceptions import RedisError

from customers.models import Customer
from partnership.core.caching import read_cached
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.staff.models import Firm, User

_CACHE_KEY = "listing.choices"
_CACHE_SECONDS = 60
_MOST_TAGS = 500


@dataclass(frozen=True)
class FilterChoices:
    """Values of the filters: `tiers` in force and `owners` by pk, `languages` of texts by code.

    `tiers_now`: by key of a tier of earlier rules, as in an older view, the tier in force that it is.
    """

    tiers: list[tuple[int, str]]
    tiers_now: dict[int, int]
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
    lineage = load_tier_lineage()
    owners = User.objects.filter(is_active=True).values_list("pk", "name")
    languages = Customer.objects.exclude(language="").order_by().values_list("language", flat=True).distinct()
    return FilterChoices(
        tiers=[(tier.pk, tier.name) for tier in lineage.active],
        tiers_now={pk: tier.pk for pk, tier in lineage.now.items()},
        owners=list(owners),
        tags=_tags_in_use(),
        languages=sorted({Firm.current().language, *languages}),
    )


def _tags_in_use() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT unnest(tags) FROM customers_customer WHERE tags <> '{}' AND NOT restricted"
            " AND merged_into_id IS NULL ORDER BY 1 LIMIT %s",
            [_MOST_TAGS],
        )
        return [tag for (tag,) in cursor.fetchall()]
