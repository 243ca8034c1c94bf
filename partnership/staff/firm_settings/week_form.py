"""The week's business hours as a grid of spans, filled in by keyboard, with or without JavaScript."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

_MOST_SPANS = 6
_USUAL_SPANS = 2
_MIDNIGHT = "24:00"


class WeekForm(forms.Form):
    """The week's business hours as spans of each weekday; midnight at a span's end is written 00:00."""

    spans = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=_MOST_SPANS)

    def __init__(
        self, data: Any = None, *, hours: Mapping[str, list[list[str]]] | None = None, typed: Any = None
    ) -> None:
        """`hours`: those to begin with; `typed`: what was typed instead, with the number of spans."""
        hours = hours or {}
        super().__init__(data, initial=_initial(hours) if typed is None else typed)
        self.spans_of_a_day = _count_spans(data if typed is None else typed, hours)
        self.initial["spans"] = self.spans_of_a_day
        for day, name in WEEKDAYS.items():
            for number in range(self.spans_of_a_day):
                for end, label in (("from", _("%(day)s from")), ("to", _("%(day)s to"))):
                    self.fields[f"{end}_{day}_{number}"] = forms.TimeField(
                        required=False,
                        label=label % {"day": name},
                        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
                        error_messages={"invalid": _("Write the time as 09:00.")},
                    )

    @property
    def may_have_more(self) -> bool:
        return self.spans_of_a_day < _MOST_SPANS

    def days(self) -> list[dict[str, Any]]:
        """List the weekdays with their fields and what is wrong with each."""
        return [
            {
                "name": name,
                "number": day,
                "spans": [(self[f"from_{day}_{n}"], self[f"to_{day}_{n}"]) for n in range(self.spans_of_a_day)],
                "errors": self._errors_of(day),
            }
            for day, name in WEEKDAYS.items()
        ]

    def clean(self) -> dict[str, Any]:
        """Set `hours` as the firm keeps them. What is wrong with a day is said at its first field."""
        given = self.cleaned_data
        self.hours: dict[str, list[list[str]]] = {}
        for day in WEEKDAYS:
            names = self._names(day)
            if any(name in self.errors for name in names):
                continue
            times = [given[name] for name in names]
            try:
                spans = _spans_of(list(zip(times[::2], times[1::2], strict=True)))
            except ValidationError as wrong:
                self.add_error(names[0], wrong)
            else:
                if spans:
                    self.hours[str(day)] = spans
        return given

    def _errors_of(self, day: int) -> list[str]:
        said = (str(wrong) for name in self._names(day) for wrong in self.errors.get(name, []))
        return list(dict.fromkeys(said))

    def _names(self, day: int) -> list[str]:
        return [f"{end}_{day}_{number}" for number in range(self.spans_of_a_day) for end in ("from", "to")]


def _spans_of(times: list[tuple[time | None, time | None]]) -> list[list[str]]:
    """Return a day's spans in order, those that touch joined. Raise ValidationError in plain words."""
    spans = []
    for begin, end in times:
        if begin is None and end is None:
            continue
        if begin is None or end is None:
            raise ValidationError(_("Enter both times, or clear them."))
        closes = _MIDNIGHT if end == time() else f"{end:%H:%M}"
        if f"{begin:%H:%M}" >= closes:
            raise ValidationError(_("A time ends before it begins: change one of them."))
        spans.append([f"{begin:%H:%M}", closes])
    joined: list[list[str]] = []
    for begins, closes in sorted(spans):
        if joined and begins < joined[-1][1]:
            raise ValidationError(_("Two of these times overlap: change one of them."))
        if joined and begins == joined[-1][1]:
            joined[-1][1] = closes
        else:
            joined.append([begins, closes])
    return joined


def _initial(hours: Mapping[str, list[list[str]]]) -> dict[str, str]:
    return {
        f"{end}_{day}_{number}": "00:00" if moment == _MIDNIGHT else moment
        for day, spans in hours.items()
        for number, span in enumerate(spans)
        for end, moment in zip(("from", "to"), span, strict=True)
    }


def _count_spans(data: Any, hours: Mapping[str, list[list[str]]]) -> int:
    if data is None:
        return min(max([_USUAL_SPANS, *map(len, hours.values())]), _MOST_SPANS)
    given = str(data.get("spans", ""))
    return int(given) if given.isascii() and given.isdigit() and 0 < int(given[:3]) <= _MOST_SPANS else _USUAL_SPANS


def typed_week(data: Any) -> dict[str, str]:
    return {name: str(value) for name, value in data.items()}


def with_another_span(data: Any) -> dict[str, str]:
    """Return the posted week with an empty span more on each day."""
    return {**typed_week(data), "spans": str(min(_count_spans(data, {}) + 1, _MOST_SPANS))}


def copy_to_weekdays(data: Any, day: str) -> dict[str, str]:
    """Return the posted week with one day's times on each day from Monday to Friday."""
    fields = typed_week(data)
    for name in list(fields):
        end, _sep, rest = name.partition("_")
        if end in ("from", "to") and rest.startswith(f"{day}_"):
            number = rest.partition("_")[2]
            fields |= {f"{end}_{other}_{number}": fields[name] for other in range(5)}
    return fields
