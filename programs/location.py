"""What the public learns about where a workplace is, by the precision the program chose."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs import countries
from programs.enums import Precision
from programs.models import Rule, Workplace
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

_SHOWN = {
    Precision.EXACT: ("address", "city", "region", "postal_code", "country", "coordinates"),
    Precision.ROUNDED: ("city", "region", "country", "coordinates"),
    Precision.COUNTY: ("region", "country"),
    Precision.WITHHELD: ("country",),
}


_OF_BLUEPRINT = {
    "fair_food": Precision.ROUNDED,
    "milk_with_dignity": Precision.COUNTY,
    "accord": Precision.EXACT,
}
_FARMS = re.compile(r"farm|dair|crop|agricult|harvest|grower|orchard", re.IGNORECASE)


def suggested_precision() -> tuple[str, str]:
    """(how exactly the active program would rather publish a place, why). Never exact where people may live at work."""
    found = _OF_BLUEPRINT.get(Program.objects.get(pk=current_program_id()).blueprint)
    if found is None:
        kind = str(
            Rule.objects.filter(key="program.kind", valid_until=None).values_list("value", flat=True).first()
        )
        sectors = Workplace.objects.exclude(sector="").order_by().values_list("sector", flat=True).distinct()
        is_farms = any(_FARMS.search(text) for text in [kind, *sectors[:50]])
        found = Precision.COUNTY if is_farms else Precision.ROUNDED
    return found.value, _WHY[found]


_WHY = {
    Precision.EXACT: gettext_lazy(
        "Factories are published with their address, so that workers, neighbors and rescuers find them. "
        "Choose less where it could put somebody in danger."
    ),
    Precision.ROUNDED: gettext_lazy(
        "An exact place can lead strangers to where people live and work. You can make single places more exact later."
    ),
    Precision.COUNTY: gettext_lazy(
        "Families live on many farms, and a farm can have five workers: an exact place says who somebody is. "
        "You can make single places more exact later."
    ),
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
