"""Opening hours of the firm: the default and the validation."""

import re
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from partnership.core.fields import PlainInMigrations


def office_hours() -> dict[str, list[list[str]]]:
    """Return Monday to Friday, nine to five: weekday number (Monday is 0) → spans in local time."""
    return {str(day): [["09:00", "17:00"]] for day in range(5)}


def validate_business_hours(hours: object) -> None:
    """Check weekday number → spans [from, to] in local time, in ascending order; "24:00" is midnight."""
    days = hours.items() if isinstance(hours, dict) else [("", [])]
    for day, spans in days:
        if day not in {str(number) for number in range(7)} or not isinstance(spans, list) or not _are_in_order(spans):
            raise ValidationError(
                _("Write the hours of each weekday (0 is Monday) as in %(example)s, the earlier first."),
                params={"example": '{"0": [["09:00", "12:30"], ["14:00", "18:00"]]}'},
            )


def _are_in_order(spans: list[object]) -> bool:
    if not all(isinstance(span, list) and len(span) == 2 for span in spans):
        return False
    times = [moment for span in spans if isinstance(span, list) for moment in span]
    if not all(isinstance(moment, str) and _CLOCK_TIME.fullmatch(moment) for moment in times):
        return False
    return all(before < after for before, after in pairwise(times))


class OpeningHoursField(PlainInMigrations, models.JSONField):
    default_validators = [validate_business_hours]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"default": office_hours, **kwargs})


_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
