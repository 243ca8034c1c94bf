"""Conditions on customers by a custom field. All but those for empty values are served by customers_by_attribute."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import BooleanField, F, Func, JSONField, Q, TextField, Value
from django.db.models.lookups import IContains

from customers.custom_fields.definitions import Definition
from customers.custom_fields.values import store_value
from customers.models import CustomField


def has_value(field: Definition) -> Q:
    return Q(attributes__has_key=field.key)


def lacks_value(field: Definition) -> Q:
    """Match whom the field is for and who has no value."""
    lacks = ~has_value(field) | Q(attributes__contains={field.key: None})
    return lacks & Q(kind=field.applies_to) if field.applies_to else lacks


def is_answered(field: Definition, answer: bool) -> Q:
    return Q(attributes__contains={field.key: answer})


def has_choice(field: Definition, values: Collection[str]) -> Q:
    """Match any of these choices."""
    is_list = field.type == CustomField.Type.CHOICES
    return reduce(or_, (Q(attributes__contains={field.key: [one] if is_list else one}) for one in values), Q(pk=None))


def contains_text(field: Definition, words: str) -> Q:
    text = Func(F("attributes"), Value(field.key), function="jsonb_extract_path_text", output_field=TextField())
    return has_value(field) & Q(IContains(text, words))


class _NumberBetween(Func):
    """Match a number within bounds that are numbers or null, and nothing that is no number."""

    template = "jsonb_path_exists(%(expressions)s::jsonb)"  # the last expression: the bounds
    arg_joiner = (
        ", 'strict $ ? (@.type() == \"number\" && ($least == null || @ >= $least) && ($most == null || @ <= $most))', "
    )
    output_field = BooleanField()


class _DayBetween(Func):
    """Match a day within bounds: days as text sort as days."""

    template = "jsonb_path_exists(%(expressions)s::jsonb)"
    arg_joiner = (
        ', \'strict $ ? (@.type() == "string" && @ like_regex "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"'
        " && ($least == null || @ >= $least) && ($most == null || @ <= $most))', "
    )
    output_field = BooleanField()


def is_between(field: Definition, least: Decimal | date | None, most: Decimal | date | None) -> Q:
    """Match numbers or days from `least` to `most`, both included; None is no bound."""
    between = _DayBetween if field.type == CustomField.Type.DATE else _NumberBetween
    value = Func(F("attributes"), Value(field.key), function="jsonb_extract_path", output_field=JSONField())
    bounds = {name: None if one is None else store_value(one) for name, one in (("least", least), ("most", most))}
    return has_value(field) & Q(between(value, Value(bounds, JSONField())))
