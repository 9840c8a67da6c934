"""Countries by their two-letter codes, named in the reader's language."""

from functools import cache

import pycountry
from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language


@cache
def _names(language: str) -> dict[str, str]:
    try:
        known = Locale.parse(language, sep="-").territories
    except (UnknownLocaleError, ValueError):
        known = Locale("en").territories
    return {country.alpha_2: known.get(country.alpha_2, country.name) for country in pycountry.countries}


def name_of(code: str) -> str:
    """“BD” → “Bangladesh”. An unknown code stays as it is."""
    return _names(get_language() or "en").get(code, code)


def choices() -> list[tuple[str, str]]:
    """(code, name) of every country, by name."""
    return sorted(_names(get_language() or "en").items(), key=lambda pair: pair[1])
