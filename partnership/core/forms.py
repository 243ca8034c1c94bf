"""Inputs, fields and checks that the forms of several rooms share."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnership.core.formats import format_number

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# A year beyond these is a typing error, and near the ends of time there are days that some time zones lack.
_FIRST_YEAR, _LAST_YEAR = 1900, 2999

_YEAR_ERROR = _("Write the year in four digits, such as 2024.")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


def text_field(label: "StrOrPromise", *, rows: int = 3, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=100_000, widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    )


def line_field(label: "StrOrPromise", *, max_length: int = 500, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=max_length, widget=forms.TextInput(attrs={"dir": "auto"}), **options)


def validate_past_moment(moment: datetime) -> None:
    if moment > timezone.now():
        raise ValidationError(_("That is still to come: write down what has happened."))
    if moment.year < _FIRST_YEAR:
        raise ValidationError(_YEAR_ERROR)


def _validate_coming_day(day: date) -> None:
    if day < timezone.localdate():
        raise ValidationError(_("That day is in the past: choose today or a later day."))
    if day.year > _LAST_YEAR:
        raise ValidationError(_YEAR_ERROR)


class PastMomentField(forms.DateTimeField):
    """When something happened."""

    widget = MomentInput
    default_validators = [validate_past_moment]


class ComingDayField(forms.DateField):
    """By when something is promised."""

    widget = DayInput
    default_validators = [_validate_coming_day]


def _describe_bounds(least: int | Decimal | None, most: int | Decimal | None) -> str:
    if least is None:
        return gettext("Write %(most)s or less.") % {"most": _write_bound(most)}
    if most is None:
        return gettext("Write %(least)s or more.") % {"least": _write_bound(least)}
    return gettext("Write a number from %(least)s to %(most)s.") % {
        "least": _write_bound(least),
        "most": _write_bound(most),
    }


def _write_bound(bound: int | Decimal | None) -> str:
    _whole, _point, decimals = str(bound or 0).partition(".")
    return format_number(bound or 0, len(decimals))


_bounds_error = lazy(_describe_bounds, str)  # fields are made before a language is chosen


class _HandwrittenNumber(forms.IntegerField):
    """A number as it is written by hand, with separators or without. Its errors say what to write."""

    def __init__(self, **options: Any) -> None:
        # A text input: of what it cannot read, a number input sends nothing, as if the field were empty.
        super().__init__(localize=True, **options)
        bounds = _bounds_error(self.min_value, self.max_value)
        self.error_messages = {"min_value": bounds, "max_value": bounds, **self.error_messages}

    def to_python(self, value: object) -> Any:
        return super().to_python(_with_point(value) if isinstance(value, str) else value)


class WholeNumberField(_HandwrittenNumber):
    """A whole number."""

    default_error_messages = {"invalid": _("Write a whole number, such as 25.")}

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "numeric"}


class NumberField(_HandwrittenNumber, forms.DecimalField):
    """A number, perhaps with decimals: 1,234.5 or 1.234,5, whatever the language; 1,234 is as the language has it."""

    default_error_messages = {
        "invalid": _("Write a number, such as 12.50."),
        "max_digits": _("This number is too long: write at most %(max)s digits."),
        "max_whole_digits": _("This number is too large: write at most %(max)s digits before the decimal point."),
        "max_decimal_places": _("Write at most %(max)s digits after the decimal point."),
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal"}


def _with_point(text: str) -> str:
    """Return a number without separators of thousands, and with a point for the decimals; other text as it is."""
    digits = re.sub(r"[\s'’]", "", text)
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3}){2,}|[+-]?\d{1,3}(\.\d{3}){2,}", digits):
        return digits.replace(",", "").replace(".", "")
    if re.fullmatch(r"[+-]?\d{1,3}[.,]\d{3}", digits):
        return digits.replace(get_format("THOUSAND_SEPARATOR"), "").replace(",", ".")
    parts = re.fullmatch(r"([+-]?\d*|[+-]?\d{1,3}(?:,\d{3})+(?=\.)|[+-]?\d{1,3}(?:\.\d{3})+(?=,))[.,](\d*)", digits)
    return f"{re.sub('[.,]', '', parts[1])}.{parts[2]}" if parts else digits


class SubmitOnceForm(forms.Form):
    """`ref` identifies the form, so that a double click, or going back and sending it again, saves it once."""

    ref = forms.UUIDField(widget=forms.HiddenInput(), initial=uuid4, required=False)

    def clean_ref(self) -> str:
        return str(self.cleaned_data["ref"] or uuid4())


class _UniqueForm(Protocol):
    def save(self) -> object: ...
    def add_error(self, field: str | None, error: str) -> None: ...
    def duplicate_error(self) -> str: ...


def save_unique(form: _UniqueForm) -> bool:
    """Save the form; False, with the form's duplicate_error added, when another request saved the same value first."""
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        form.add_error(None, form.duplicate_error())
        return False
    return True
