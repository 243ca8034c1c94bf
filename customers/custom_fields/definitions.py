"""The custom fields as they are defined, kept in the cache: every list and every customer's page asks for them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from redis.exceptions import RedisError

from customers.models import CustomField
from partnership.core.caching import read_cached

_CACHE_KEY = "custom_fields"
_CACHE_SECONDS = 60


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    is_retired: bool


@dataclass(frozen=True)
class Definition:
    """A custom field. `applies_to`: a kind of customer, empty for both."""

    pk: int
    key: str
    label: str
    type: str
    applies_to: str
    is_required: bool
    help_text: str
    unit: str
    options: tuple[Option, ...]
    is_archived: bool

    @property
    def name(self) -> str:
        """The name of its column in lists and of its input in forms."""
        return f"custom-{self.pk}"

    @property
    def label_with_unit(self) -> str:
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def has_options(self) -> bool:
        return self.type in (CustomField.Type.CHOICE, CustomField.Type.CHOICES)

    def applies(self, kind: str) -> bool:
        return self.applies_to in ("", kind)

    def option_label(self, value: str) -> str:
        return next((option.label for option in self.options if option.value == value), value)


def list_definitions() -> list[Definition]:
    """List the fields in use in their order, from the cache."""
    return [one for one in all_definitions() if not one.is_archived]


def all_definitions() -> list[Definition]:
    """List all fields, archived ones as well, from the cache."""
    return read_cached(_CACHE_KEY, _CACHE_SECONDS, lambda: list(read_definitions()))


def read_definitions() -> Iterator[Definition]:
    """Read all fields from the database; one statement."""
    for field in CustomField.objects.all():
        yield define(field)


def define(field: CustomField) -> Definition:
    return Definition(
        pk=field.pk,
        key=field.key,
        label=field.label,
        type=field.type,
        applies_to=field.applies_to,
        is_required=field.is_required,
        help_text=field.help_text,
        unit=field.unit,
        options=tuple(Option(one["value"], one["label"], bool(one.get("retired"))) for one in field.options),
        is_archived=field.archived_at is not None,
    )


def forget_definitions() -> None:
    """Read the fields anew at the next request, after one was changed."""
    with suppress(RedisError):
        cache.delete(_CACHE_KEY)


def count_keys() -> dict[str, int]:
    """Return every key of customers' attributes, and how many customers have it. One walk over all customers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, count(*) FROM customers_customer, jsonb_object_keys("
            "CASE jsonb_typeof(attributes) WHEN 'object' THEN attributes END) key"
            " WHERE merged_into_id IS NULL GROUP BY key ORDER BY key"
        )
        return dict(cursor.fetchall())
