"""The custom fields of a customer, as their page shows them."""

from dataclasses import dataclass

from customers.custom_fields.definitions import list_definitions
from customers.custom_fields.values import format_value, is_empty, read_value
from customers.merging.fields import read_attributes
from customers.models import Customer, CustomField


@dataclass(frozen=True)
class CustomFact:
    """A field that has a value. `is_link`: the text can be followed."""

    label: str
    text: str
    is_link: bool
    is_long: bool


def list_custom_facts(customer: Customer) -> list[CustomFact]:
    stored = read_attributes(customer.attributes)
    return [
        CustomFact(
            field.label,
            format_value(field, stored[field.key]),
            is_link=field.type == CustomField.Type.LINK and read_value(field, stored[field.key]) is not None,
            is_long=field.type == CustomField.Type.LONG_TEXT,
        )
        for field in list_definitions()
        if field.applies(customer.kind) and not is_empty(stored.get(field.key))
    ]
