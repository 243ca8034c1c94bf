"""Values of custom fields: as JSON holds them, and as people and files read them.

What is stored may have come from elsewhere or from before the field was defined: reading never fails.
"""

import json
import math
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.dateparse import parse_date
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from customers.custom_fields.definitions import Definition
from customers.models import CustomField

MAX_TEXT, MAX_LONG_TEXT = 500, 20_000
MAX_NUMBER = 10**15

_LINK = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
_YES, _NO = {"true", "yes", "1"}, {"false", "no", "0"}

Stored = str | int | float | bool | list[str]
Typed = str | Decimal | bool | date | list[str]


class MisfitError(ValueError):
    """Raised for a value that is none of the field's type; the message says what would be."""


def is_empty(given: object) -> bool:
    return given is None or given == "" or given == []


def parse_value(field: Definition, given: object) -> Typed:
    """Return a value from JSON or a form, typed. Raise MisfitError for one that does not fit, an empty one included."""
    parse = _PARSERS[CustomField.Type(field.type)]
    return parse(field, given)


def store_value(value: Typed) -> Stored:
    """Return a typed value as JSON holds it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def read_value(field: Definition, stored: object) -> Typed | None:
    """Return a stored value, typed; None for none and for one that does not fit."""
    try:
        return None if is_empty(stored) else parse_value(field, stored)
    except MisfitError:
        return None


def format_value(field: Definition, stored: object) -> str:
    """Return a stored value for people; one that does not fit as it is."""
    if is_empty(stored):
        return ""
    value = read_value(field, stored)
    if value is None:
        return format_unknown(stored)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        number = str(number_format(value, use_l10n=True, force_grouping=True))
        return f"{number} {field.unit}" if field.unit else number
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if field.has_options:
        return ", ".join(map(field.option_label, value if isinstance(value, list) else [value]))
    return str(value)


def format_unknown(stored: object) -> str:
    """Return what has no field, or does not fit it, as text."""
    return stored if isinstance(stored, str) else json.dumps(stored, ensure_ascii=False)


def export_value(field: Definition, stored: object) -> object:
    """Return a stored value for a cell of a file: numbers and days typed, the rest as people read it."""
    value = read_value(field, stored)
    return value if isinstance(value, Decimal | date) else format_value(field, stored)


def _parse_text(field: Definition, given: object) -> str:
    most = MAX_LONG_TEXT if field.type == CustomField.Type.LONG_TEXT else MAX_TEXT
    text = str(given).strip() if isinstance(given, str | int | float) and not isinstance(given, bool) else ""
    if not text or len(text) > most:
        raise MisfitError(f"must be a text of at most {most} characters")
    return text


def _parse_number(field: Definition, given: object) -> Decimal:
    try:
        number = Decimal(str(given)) if isinstance(given, str | int | float | Decimal) else Decimal("nan")
    except InvalidOperation:
        number = Decimal("nan")
    if isinstance(given, bool) or not math.isfinite(number) or abs(number) >= MAX_NUMBER:
        raise MisfitError("must be a number")
    # As a double holds it, so that what was written compares equal to what is read.
    return _plain(number if number == number.to_integral_value() else Decimal(str(float(number))))


def _plain(number: Decimal) -> Decimal:
    """Return a number without trailing zeros and without an exponent."""
    return Decimal(f"{number.normalize():f}")


def _parse_date(field: Definition, given: object) -> date:
    try:
        day = given if isinstance(given, date) else parse_date(given) if isinstance(given, str) else None
    except ValueError:
        day = None
    if day is None or not 1000 <= day.year <= 9999:
        raise MisfitError("must be a day such as 2026-03-31")
    return day


def _parse_yes_no(field: Definition, given: object) -> bool:
    if isinstance(given, bool):
        return given
    word = str(given).casefold() if isinstance(given, str | int) else ""
    if word not in _YES | _NO:
        raise MisfitError("must be true or false")
    return word in _YES


def _parse_choice(field: Definition, given: object) -> str:
    text = str(given).strip() if isinstance(given, str | int | float) and not isinstance(given, bool) else ""
    for option in field.options:
        if option.value == text:
            return text
    for option in field.options:
        if text.casefold() in (option.value.casefold(), option.label.casefold()):
            return option.value
    raise MisfitError("must be one of " + ", ".join(option.value for option in field.options))


def _parse_choices(field: Definition, given: object) -> list[str]:
    answers = given if isinstance(given, list) else [given]
    chosen = {_parse_choice(field, answer) for answer in answers}
    return [option.value for option in field.options if option.value in chosen]


def _parse_link(field: Definition, given: object) -> str:
    if not isinstance(given, str) or len(given) > MAX_TEXT or not _LINK.fullmatch(given.strip()):
        raise MisfitError("must be a link that begins with https://")
    return given.strip()


_PARSERS: dict[CustomField.Type, Callable[[Definition, object], Typed]] = {
    CustomField.Type.TEXT: _parse_text,
    CustomField.Type.LONG_TEXT: _parse_text,
    CustomField.Type.NUMBER: _parse_number,
    CustomField.Type.DATE: _parse_date,
    CustomField.Type.YES_NO: _parse_yes_no,
    CustomField.Type.CHOICE: _parse_choice,
    CustomField.Type.CHOICES: _parse_choices,
    CustomField.Type.LINK: _parse_link,
}
