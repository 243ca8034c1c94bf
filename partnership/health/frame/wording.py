"""Format figures and days for sentences."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def hours(minutes: float) -> str:
    """Format a duration: whole minutes below an hour and a half, hours with a tenth below ten."""
    whole = round(minutes)
    if abs(whole) < 90 and abs(whole) != 60:
        return _("%s min") % f"{whole:,}"
    number = whole / 60
    return _("%s h") % (f"{number:,.1f}".removesuffix(".0") if abs(number) < 9.95 else f"{number:,.0f}")


def format_day(day: date) -> str:
    return date_format(day, "j M Y")


def times(number: int) -> str:
    return ngettext("once", "%d times", number) % number if number > 1 else _("once")


def change(now: int, before: int) -> str:
    if now == before:
        return _("as before")
    return (_("%s more than before") if now > before else _("%s fewer than before")) % f"{abs(now - before):,}"
