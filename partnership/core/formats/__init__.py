"""How dates and numbers are written, a folder a language; beside Django's names, ours."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

OWN_FORMATS = (
    "DAY_FORMAT", "DAY_TIME_FORMAT", "WEEKDAY_DATE_FORMAT", "WEEKDAY_DATE_TIME_FORMAT", "WEEKDAY_TIME_FORMAT",
    "EXACT_MINUTE_FORMAT", "EXACT_TIME_FORMAT",
)  # fmt: skip
"""Formats that Django does not know: every language in settings.LANGUAGES has them."""


def format_money(amount: float | Decimal, currency: str) -> str:
    """Write an amount with its currency, with cents only where there are some."""
    return f"{format_number(amount, 2 if round(amount % 1, 2) else 0)} {currency}"


def format_number(number: float | Decimal, decimals: int = 0) -> str:
    """Write a rounded number with the separators of the reader's language."""
    return str(number_format(f"{number:.{decimals}f}", decimals, use_l10n=True, force_grouping=True))


def format_percent(share: int) -> str:
    """Write a share in whole percents as the reader's language does."""
    return _("%s%%") % share
