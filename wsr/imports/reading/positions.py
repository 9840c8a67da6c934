"""Positions on earth as people write them: decimal degrees, degrees with minutes and seconds, points, links to maps."""

import re
from decimal import Decimal

_FIGURE = r"\d{1,2}(?:[.,]\d+)?"
_ANGLE = (
    r"(?P<before{n}>[NSEW])?\s*(?P<sign{n}>[-+])?(?P<degrees{n}>\d{{1,3}}(?:[.,]\d+)?)\s*[°º]?\s*"
    rf"(?:(?P<minutes{{n}}>{_FIGURE.replace('{', '{{').replace('}', '}}')})\s*['′’]\s*)?"
    rf"(?:(?P<seconds{{n}}>{_FIGURE.replace('{', '{{').replace('}', '}}')})\s*(?:\"|″|”|''|′′)\s*)?(?P<after{{n}}>[NSEW])?"
)
_ONE = re.compile(r"(?i)\s*" + _ANGLE.format(n=1) + r"\s*")
_PAIR = re.compile(r"(?i)\s*" + _ANGLE.format(n=1) + r"\s*[,;/\s]\s*" + _ANGLE.format(n=2) + r"\s*")
_POINT = re.compile(r"(?i)\s*(?:srid=4326;)?\s*point\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)\s*")
_LINK = re.compile(r"[@=/:](-?\d{1,2}\.\d+),(?:\s|%20)*(-?\d{1,3}\.\d+)")
_LABELS = re.compile(r"(?i)\b(?:latitude|longitude|lat|long|lon|lng|gps)\b\s*[:=]?|[\[\](){}]")
_MILLIONTH = Decimal("0.000001")


def coordinates(text: str) -> tuple[Decimal, Decimal] | None:
    """(latitude, longitude) from one cell, in degrees. None when it is not a pair or not on earth.

    `[27.15, 78.39]`, `23,8583; 90,2667`, `23°51'29.9"N 90°16'0.1"E`, `POINT (78.39 27.15)`, or the address of a map.
    """
    if point := _POINT.fullmatch(text):
        return within(Decimal(point.group(2)), Decimal(point.group(1)))
    if "://" in text:
        link = _LINK.search(text)
        return within(Decimal(link.group(1)), Decimal(link.group(2))) if link else None
    pair = _PAIR.fullmatch(_LABELS.sub(" ", text))
    if pair is None:
        return None
    first, second = _degrees(pair, 1), _degrees(pair, 2)
    is_swapped = _hemisphere(pair, 1) in ("E", "W") and _hemisphere(pair, 2) in ("N", "S")
    return within(second, first) if is_swapped else within(first, second)


def angle(text: str) -> Decimal | None:
    """One latitude or longitude in degrees, from `23.8583`, `23,8583`, `23°51'29.9"N` or `77.04 W`. None when it is neither."""
    found = _ONE.fullmatch(text)
    return _degrees(found, 1) if found else None


def within(latitude: Decimal | None, longitude: Decimal | None) -> tuple[Decimal, Decimal] | None:
    """The pair when it is a place on earth; 0, 0 is what programs write for "unknown"."""
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _degrees(found: re.Match[str], number: int) -> Decimal:
    value = _decimal(found, f"degrees{number}")
    minutes, seconds = _decimal(found, f"minutes{number}"), _decimal(found, f"seconds{number}")
    if minutes or seconds:
        value = (value + minutes / 60 + seconds / 3600).quantize(_MILLIONTH)
    is_negative = found.group(f"sign{number}") == "-" or _hemisphere(found, number) in ("S", "W")
    return -value if is_negative else value


def _decimal(found: re.Match[str], name: str) -> Decimal:
    return Decimal((found.group(name) or "0").replace(",", "."))


def _hemisphere(found: re.Match[str], number: int) -> str:
    return (found.group(f"before{number}") or found.group(f"after{number}") or "").upper()
