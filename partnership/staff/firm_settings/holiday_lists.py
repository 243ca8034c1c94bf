"""Public holidays by country and region, from the package `holidays`."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays
from django.utils.translation import get_language

from partnership.staff.firm_settings.names import country_choices


def countries_with_holidays() -> list[tuple[str, str]]:
    known = _regions_of_countries()
    return [(code, name) for code, name in country_choices() if code in known]


def region_choices(country: str) -> list[tuple[str, str]]:
    """List code and name of a country's regions by name; those without a name by their code."""
    codes = _regions_of_countries().get(country, [])
    if not codes:
        return []
    names = {code: name for name, code in holidays.country_holidays(country).subdivisions_aliases.items()}
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda one: one[1])


def public_holidays(country: str, region: str, year: int) -> Mapping[date, str]:
    """Return the days and their names in the reader's language where it is known, else in English or the country's."""
    language = (get_language() or "en").split("-")[0]
    spoken = {name.split("_")[0]: name for name in _languages_of_countries().get(country, [])}
    found = holidays.country_holidays(
        country, subdiv=region or None, years=year, language=spoken.get(language) or spoken.get("en")
    )
    return dict(sorted(found.items()))


@lru_cache
def _regions_of_countries() -> dict[str, list[str]]:
    return holidays.list_supported_countries(include_aliases=False)


@lru_cache
def _languages_of_countries() -> dict[str, list[str]]:
    return holidays.list_localized_countries(include_aliases=False)
