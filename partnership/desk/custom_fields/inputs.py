"""The inputs of custom fields on a customer's form, and what they save."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.custom_fields.definitions import Definition
from customers.custom_fields.values import (
    MAX_NUMBER,
    MAX_TEXT,
    is_empty,
    parse_value,
    read_value,
    store_value,
)
from customers.merging.fields import read_attributes
from customers.models import Customer, CustomField
from partnership.core.forms import DayInput, NumberField, line_field, text_field


class _DayField(forms.DateField):
    widget = DayInput
    default_error_messages = {"invalid": _("Enter a day, such as 31 March 2026.")}


def _check_link(given: str) -> None:
    if not given.lower().startswith(("http://", "https://")):
        raise ValidationError(_("Enter a link that begins with https://"))


def make_input(field: Definition, present: object) -> forms.Field:
    """Return the input of a field. `present`: the stored value, whose retired choice stays on offer."""
    made: forms.Field
    match CustomField.Type(field.type):
        case CustomField.Type.LONG_TEXT:
            made = text_field(field.label, required=False)
        case CustomField.Type.NUMBER:
            made = NumberField(
                label=field.label_with_unit, required=False, min_value=1 - MAX_NUMBER, max_value=MAX_NUMBER - 1,
                decimal_places=6,
            )  # fmt: skip
        case CustomField.Type.DATE:
            made = _DayField(label=field.label, required=False)
        case CustomField.Type.YES_NO:
            made = forms.TypedChoiceField(
                label=field.label, required=False, empty_value=None, coerce=lambda given: given == "yes",
                choices=[("", gettext("not filled in")), ("yes", gettext("yes")), ("no", gettext("no"))],
            )  # fmt: skip
        case CustomField.Type.CHOICE:
            choices = [("", gettext("not filled in")), *_offered(field, present)]
            made = forms.ChoiceField(label=field.label, required=False, choices=choices)
        case CustomField.Type.CHOICES:
            made = forms.MultipleChoiceField(
                label=field.label, required=False, choices=_offered(field, present),
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
        case CustomField.Type.LINK:
            made = forms.URLField(label=field.label, required=False, max_length=MAX_TEXT, assume_scheme="https")
            made.validators.append(_check_link)
        case _:
            made = line_field(field.label, max_length=MAX_TEXT, required=False)
    made.help_text = field.help_text
    return made


def _offered(field: Definition, present: object) -> list[tuple[str, str]]:
    held = present if isinstance(present, list) else [present]
    return [(one.value, one.label) for one in field.options if not one.is_retired or one.value in held]


def initial_value(field: Definition, stored: object) -> object:
    """Return what the input shows of a stored value."""
    value = read_value(field, stored)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def add_inputs(form: forms.BaseForm, fields: list[Definition], customer: Customer) -> dict[str, Definition]:
    """Add the inputs of the fields for this customer; return the fields by the names of their inputs."""
    stored, added = read_attributes(customer.attributes), {}
    for field in fields:
        if customer.pk and not field.applies(customer.kind):
            continue
        made = make_input(field, stored.get(field.key))
        # Of a new customer the kind is still to be chosen: a field of one kind is required by clean alone.
        made.required = field.is_required and field.applies_to in ("", customer.kind if customer.pk else "")
        if field.applies_to and not customer.pk:
            made.label = gettext("%(field)s, of %(kind)s only") % {
                "field": made.label,
                "kind": CustomField.AppliesTo(field.applies_to).label,
            }
        form.fields[field.name] = made
        form.initial[field.name] = initial_value(field, stored.get(field.key))
        added[field.name] = field
    return added


def changed_attributes(
    customer: Customer, fields: Mapping[str, Definition], given: Mapping[str, Any], changed: list[str]
) -> object:
    """Return the customer's attributes with the inputs that were changed; others stay as they are stored."""
    values: dict[str, object] = {}
    for name in changed:
        if name in fields and name in given and fields[name].applies(customer.kind):
            values[name] = given[name]
    if not values:
        return customer.attributes
    attributes = dict(read_attributes(customer.attributes))
    for name, value in values.items():
        field = fields[name]
        if is_empty(value):
            attributes.pop(field.key, None)
        else:
            attributes[field.key] = store_value(parse_value(field, value))
    return attributes
