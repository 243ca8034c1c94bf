"""Format figures and days for sentences."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number


def hours(minutes: float) -> str:
    """Format a duration: whole minutes below an hour and a half, hours with a tenth below ten."""
    whole = round(minutes)
    if abs(whole) < 90 and abs(whole) != 60:
        return _("%s min") % format_number(whole)
    number = whole / 60
    return _("%s h") % format_number(number, int(abs(number) < 9.95 and round(number, 1) % 1 != 0))


def signed_points(tenths: int) -> str:
    """Format tenths of a point with a sign; the minus is as wide as the plus."""
    return f"{'−' if tenths < 0 else '+'}{format_number(abs(tenths) / 10, 1)}"


def format_day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def times(number: int) -> str:
    return _("once") if number == 1 else ngettext("%d time", "%d times", number) % number


def change(now: int, before: int) -> str:
    if now == before:
        return _("as before")
    return (_("%s more than before") if now > before else _("%s fewer than before")) % format_number(abs(now - before))
