"""Countries and currencies by their names in the reader's language."""

from functools import lru_cache

from babel import Locale
from babel.numbers import list_currencies
from django.utils.translation import get_language

# Codes of groups and of tests that CLDR lists among the countries.
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


def country_choices() -> list[tuple[str, str]]:
    """List code and name of each country by name."""
    return list(_countries(_language()).items())


def country_name(code: str) -> str:
    return _countries(_language()).get(code, code)


def is_currency(code: str) -> bool:
    return code in list_currencies()


def _language() -> str:
    return (get_language() or "en").split("-")[0]


@lru_cache
def _countries(language: str) -> dict[str, str]:
    named = Locale.parse(language).territories
    found = ((code, name) for code, name in named.items() if len(code) == 2 and code.isalpha())
    return dict(sorted((one for one in found if one[0] not in _NO_COUNTRIES), key=lambda one: one[1]))
