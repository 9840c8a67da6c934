"""Countries by any usual name, in ISO 3166 alpha-2."""

import gettext
import re
from functools import cache, lru_cache

import pycountry

from wsr.imports.names import compact, plain

_ALIASES = {
    "US": "USA, U.S.A., U.S., US, America, United States of America, Estados Unidos, EE.UU., EEUU, Etats Unis",
    "GB": "UK, U.K., Great Britain, Britain, England, Scotland, Wales, Northern Ireland",
    "VN": "Vietnam, Viet Nam, VIET-NAM, S.R. Vietnam",
    "KR": "South Korea, Rep. of Korea, Korea South, Republic of Korea, Korea Republic of, S. Korea, Korea, Korea Rep, Korea (South)",
    "KP": "North Korea, DPRK, N. Korea",
    "TW": "Taiwan, Taiwan ROC, Republic of China, Chinese Taipei, Taiwan Province of China, Taiwan China",
    "CN": "China, P.R. of China, PRC, P.R. China, PR China, P.R.C., Mainland China, China Mainland, People's Republic of China",
    "HK": "Hong Kong, Hong Kong SAR, Hongkong, HK SAR, Hong Kong China, Hong Kong SAR China",
    "MO": "Macau, Macao, Macau SAR, Macao SAR China",
    "BA": "Bosnia, Bosnia Herzegovina, Bosnia & Herzegovina, Bosnia-Herzegovina, BiH",
    "LA": "Laos, Lao PDR, Lao, Lao P.D.R.",
    "TR": "Turkey, Turkiye, Türkiye, Türkiye Cumhuriyeti, Republic of Turkey, Republic of Türkiye, Turquie, Turquia, Türkei",
    "MM": "Burma, Myanmar (Burma), Myanmar/Burma",
    "RU": "Russia, Russian Federation",
    "CZ": "Czech Republic, Czechia, Czech Rep",
    "MK": "Macedonia, FYROM, North Macedonia, FYR Macedonia",
    "MD": "Moldova",
    "SY": "Syria",
    "IR": "Iran",
    "BO": "Bolivia",
    "VE": "Venezuela",
    "TZ": "Tanzania",
    "CI": "Ivory Coast, Cote d'Ivoire, Côte d'Ivoire",
    "CD": "DR Congo, DRC, Congo Kinshasa, Democratic Republic of Congo",
    "CG": "Congo Brazzaville, Republic of Congo",
    "SZ": "Swaziland, Eswatini",
    "CV": "Cape Verde",
    "TL": "East Timor, Timor Leste",
    "PS": "Palestine, Palestinian Territories, West Bank, Gaza",
    "BN": "Brunei",
    "AE": "UAE, U.A.E., Emirates",
    "SA": "KSA, Saudi",
    "NL": "Holland, The Netherlands",
    "LK": "Sri Lanka, Ceylon",
    "BD": "Bangladesh, Bangla Desh",
    "PH": "Philippines, The Philippines",
    "DO": "Dominican Republic, Dominican Rep, Rep. Dominicana",
    "SV": "El Salvador, Salvador",
    "XK": "Kosovo",
    "EG": "Egypt, A.R. Egypt",
    "KH": "Cambodia, Kampuchea",
}
_LANGUAGES = (
    "es", "fr", "de", "it", "pt", "tr", "nl", "vi", "id", "zh_CN", "zh_TW", "ja", "ko", "ru", "bn", "bn_IN", "hi", "ar", "th", "km", "my", "ur", "ne", "ta", "si",
    "uk", "pl", "cs", "sk", "hu", "ro", "bg", "el", "sr", "hr", "sv", "da", "fi", "nb", "ca", "he", "fa",
)  # fmt: skip
_PARTS = re.compile(r"[()\[\]/|,;:]|\s[-–—]\s")


@lru_cache(maxsize=10_000)
def country_code(text: str) -> str | None:
    """ISO alpha-2 of a country written as a code or a name in any case; None when it is not known."""
    if found := _code(text):
        return found
    parts = {_code(part) for part in _PARTS.split(text) if part.strip()}
    return parts.pop() if len(parts) == 1 else None  # "BD - Bangladesh": all parts say the same


def trailing_country(address: str) -> str | None:
    """The country an address ends with ("…, Binh Duong, VIETNAM", "… Zhejiang China"), when its last words are one by name.

    Two-letter endings are not read as codes: "…, Bangalore, IN" may be a country, "…, Houston, CA" a state.
    """
    words = address.replace(",", " , ").rstrip(" .,").split()
    for length in (4, 3, 2, 1):
        ending = " ".join(words[-length:])
        if (
            "," not in ending
            and (len(ending) > 3 or ending.upper() in {"USA", "UAE", "PRC", "UK"})
            and (code := country_code(ending))
        ):
            return code
    return None


def country_of_region(address: str) -> tuple[str, str] | None:
    """(country, the words it was read from) when a part of the address is a province that only one country has."""
    for part in reversed(address.split(",")):
        words = part.strip(" .")
        if len(words) >= 5 and (code := _regions().get(_key(words))):
            return code, words
    return None


def country_name(code: str) -> str:
    """The usual English name of an alpha-2 code."""
    if code == "XK":
        return "Kosovo"
    found = pycountry.countries.get(alpha_2=code)
    return getattr(found, "common_name", found.name) if found else code


def _code(name: str) -> str | None:
    """English first; the other languages are only loaded when somebody uses one."""
    key = _key(name)
    return _names().get(key) or _names_in_other_languages().get(key) if key else None


def _key(text: str) -> str:
    return compact(plain(text))


@cache
def _regions() -> dict[str, str]:
    """Names of first-level divisions that only one country has, and that are no country themselves."""
    found: dict[str, set[str]] = {}
    for region in pycountry.subdivisions:
        name = _key(region.name)
        spellings = {name, name.removesuffix("SHENG"), name.removesuffix("SHI"), name + "PROVINCE"}
        for spelled in spellings:
            found.setdefault(spelled, set()).add(region.country_code)
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1 and name not in _names()}


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for country in pycountry.countries:
        for spelled in (
            country.alpha_2,
            country.alpha_3,
            country.name,
            getattr(country, "common_name", ""),
            getattr(country, "official_name", ""),
        ):
            names.setdefault(_key(spelled), country.alpha_2)
        if ", " in country.name:  # "Bolivia, Plurinational State of"
            names.setdefault(_key(country.name.split(", ")[0]), country.alpha_2)
    for code, spellings in _ALIASES.items():
        names.update({_key(spelled): code for spelled in spellings.split(",")})
    names.pop("", None)
    return names


@cache
def _names_in_other_languages() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        translation = gettext.translation(
            "iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True
        )
        for country in pycountry.countries:
            names.setdefault(_key(translation.gettext(country.name)), country.alpha_2)
    return names


def choices() -> list[tuple[str, str]]:
    """(code, usual English name) of every country, by name."""
    return sorted(
        ((country.alpha_2, country_name(country.alpha_2)) for country in pycountry.countries),
        key=lambda pair: plain(pair[1]),
    )
