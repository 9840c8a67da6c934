"""What the public learns about where a workplace is, by the precision the program chose."""

from decimal import Decimal

from django.utils.translation import gettext as _

from programs import countries
from programs.enums import Precision
from programs.models import Workplace

_SHOWN = {
    Precision.EXACT: ("address", "city", "region", "postal_code", "country", "coordinates"),
    Precision.ROUNDED: ("city", "region", "country", "coordinates"),
    Precision.COUNTY: ("region", "country"),
    Precision.WITHHELD: ("country",),
}


def seen_in_public(workplace: Workplace) -> list[tuple[str, str]]:
    """(label, value) of what the public record says of the place; what is not known is left out."""
    values = {
        "address": (_("Address"), workplace.address),
        "city": (_("City"), workplace.city),
        "region": (_("Region"), workplace.region),
        "postal_code": (_("Postal code"), workplace.postal_code),
        "country": (_("Country"), countries.name_of(workplace.country)),
        "coordinates": (_("Coordinates"), _coordinates(workplace)),
    }
    return [values[name] for name in _SHOWN[Precision(workplace.disclosure_precision)] if values[name][1]]


def _coordinates(workplace: Workplace) -> str:
    """Latitude and longitude; rounded to a tenth of a degree, about 11 kilometers, where the program chose so."""
    if workplace.latitude is None or workplace.longitude is None:
        return ""
    pair = (workplace.latitude, workplace.longitude)
    if workplace.disclosure_precision == Precision.ROUNDED:
        pair = tuple(value.quantize(Decimal("0.1")) for value in pair)
    return f"{pair[0]}, {pair[1]}"
