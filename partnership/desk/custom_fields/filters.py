"""Custom fields as filters of the list of customers, typed as they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.custom_fields.conditions import (
    contains_text,
    has_choice,
    has_value,
    is_answered,
    is_between,
    lacks_value,
)
from customers.custom_fields.definitions import Definition
from customers.models import CustomField
from partnership.core.forms import DayInput, NumberField

_FILLED, _EMPTY = "filled", "empty"
_RANGES = (CustomField.Type.NUMBER, CustomField.Type.DATE)
_MOST_LETTERS = 200


def filter_inputs(field: Definition) -> dict[str, forms.Field]:
    """Return the inputs that filter by a field, by their names in the list's query string."""
    made: dict[str, forms.Field] = {}
    match CustomField.Type(field.type):
        case CustomField.Type.NUMBER:
            made[f"{field.name}-from"] = NumberField(label=_("from"), required=False, decimal_places=6, max_digits=21)
            made[f"{field.name}-to"] = NumberField(label=_("to"), required=False, decimal_places=6, max_digits=21)
        case CustomField.Type.DATE:
            made[f"{field.name}-from"] = forms.DateField(label=_("from"), required=False, widget=DayInput)
            made[f"{field.name}-to"] = forms.DateField(label=_("to"), required=False, widget=DayInput)
        case CustomField.Type.CHOICE | CustomField.Type.CHOICES:
            made[field.name] = forms.MultipleChoiceField(
                label=_("is one of"), required=False, widget=forms.CheckboxSelectMultiple,
                choices=[(one.value, one.label) for one in field.options],
            )  # fmt: skip
        case CustomField.Type.YES_NO:
            made[field.name] = forms.ChoiceField(
                label=_("answer"), required=False,
                choices=[("", gettext("any")), ("yes", gettext("yes")), ("no", gettext("no"))],
            )  # fmt: skip
        case _:
            made[field.name] = forms.CharField(label=_("contains"), required=False, max_length=_MOST_LETTERS)
    made[f"{field.name}-is"] = forms.ChoiceField(
        label=_("filled in"),
        required=False,
        choices=[("", gettext("any")), (_FILLED, gettext("filled in")), (_EMPTY, gettext("not filled in"))],
    )
    return made


def custom_condition(fields: Iterable[Definition], criteria: Mapping[str, object]) -> Q:
    """Return the condition of all custom filters that are set."""
    found = Q()
    for field in fields:
        found &= _condition(field, criteria)
    return found


def _condition(field: Definition, criteria: Mapping[str, object]) -> Q:
    found, asked = Q(), criteria.get(field.name)
    if field.type in _RANGES:
        least, most = (criteria.get(f"{field.name}-{end}") for end in ("from", "to"))
        if least is not None or most is not None:
            found &= is_between(field, cast("Decimal | date | None", least), cast("Decimal | date | None", most))
    elif isinstance(asked, list):
        found &= has_choice(field, asked)
    elif field.type == CustomField.Type.YES_NO and asked:
        found &= is_answered(field, asked == "yes")
    elif isinstance(asked, str) and asked:
        found &= contains_text(field, asked)
    if f"{field.name}-is" in criteria:
        found &= has_value(field) if criteria[f"{field.name}-is"] == _FILLED else lacks_value(field)
    return found


@dataclass(frozen=True)
class CustomFilter:
    """The filters of one field for the page."""

    label: str
    inputs: list[forms.BoundField]
    is_set: bool
