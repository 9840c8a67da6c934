"""Lists of suppliers and their workplaces: what the columns mean and how a row is understood.

A case log (one row per permit or certification) is such a list too: one workplace per employer and place of work. Agents and
attorneys in it are private persons; the platform never maps their columns.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from programs.enums import Precision
from programs.importing import writing
from programs.location import suggested_precision
from programs.models import Workplace
from wsr.imports.names import address_key, name_key
from wsr.imports.reading.countries import country_code, country_name, country_of_region, trailing_country
from wsr.imports.reading.positions import angle, coordinates, within
from wsr.imports.reading.values import address_line, count, list_values, lost_zeros, one_line
from wsr.imports.targets import Cleaned, Context, Field, Known, Question, Target
from wsr.reactions import react
from wsr.said import gettext as _

_REFUSED_STATES = ("withdrawn", "denied", "rejected", "void")

FIELDS = (
    Field("workplace_name", gettext_lazy("Name of the workplace"), required=True),
    Field("supplier_name", gettext_lazy("Name of the supplier"), help=gettext_lazy("Where it differs from the workplace."), headers=("none",)),
    Field("parent", gettext_lazy("Group")),
    Field("address", gettext_lazy("Address")),
    Field("address_2", gettext_lazy("Address, second line")),
    Field("city", gettext_lazy("City")),
    Field("region", gettext_lazy("State or province")),
    Field("postal_code", gettext_lazy("Postal code")),
    Field("country", gettext_lazy("Country"), required=True, default=True, choices="countries", help=gettext_lazy("For rows that name none.")),
    Field("coordinates", gettext_lazy("Latitude and longitude in one cell")),
    Field("latitude", gettext_lazy("Latitude")),
    Field("longitude", gettext_lazy("Longitude")),
    Field("products", gettext_lazy("Products or crops")),
    Field("kind", gettext_lazy("Kind of workplace"), headers=("none",)),
    Field("sector", gettext_lazy("Sector")),
    Field("worker_count", gettext_lazy("Workers")),
    Field("external_id", gettext_lazy("Number in this list")),
    Field("case_status", gettext_lazy("Outcome of the case"), help=gettext_lazy("Withdrawn and denied cases are left out.")),
)  # fmt: skip


class Workplaces(Target):
    """Suppliers and their farms or factories."""

    key = "workplaces"
    label = gettext_lazy("Suppliers and workplaces")
    explanation = gettext_lazy("One row for each farm or factory, or for each case that names one.")
    fields = FIELDS
    questions = (
        Question(
            "precision",
            gettext_lazy("How exactly the public may know where these places are"),
            Precision.choices,
            suggested_precision,
        ),
    )
    steps = 3

    def clean(self, values: Mapping[str, str], context: Context) -> Cleaned:
        """Understand one row."""
        row = Cleaned()
        state = one_line(values.get("case_status", ""))
        if state.lower().startswith(_REFUSED_STATES):
            row.skip = _("The case was not granted: %(state)s") % {"state": state}
            return row
        text = {key: one_line(value) for key, value in values.items()}
        name = _name(row, text)
        address = _address(values)
        _limit(row, "address", address, 600)
        country = _country(row, text.get("country", ""), address, context)
        postal = _postal(row, text.get("postal_code", ""), country, context)
        point = _point(row, text)
        workers = _workers(row, text.get("worker_count", ""))
        place = [address, text.get("city", ""), text.get("region", ""), postal]
        row.values = {
            "name": name,
            "supplier_name": text.get("supplier_name") or name,
            "supplier_key": name_key(text.get("supplier_name") or name),
            "parent": text.get("parent", "")[:300],
            "address": address,
            "address_key": address_key(address),
            "city": text.get("city", "")[:200],
            "region": text.get("region", "")[:200],
            "postal_code": postal,
            "country": country,
            "latitude": str(point[0]) if point else None,
            "longitude": str(point[1]) if point else None,
            "products": [value[:200] for value in list_values(values.get("products", ""))],
            "kind": text.get("kind", "")[:100],
            "sector": ", ".join(list_values(values.get("sector", "")))[:100],
            "worker_count": workers,
            "external_id": text.get("external_id", "")[:100],
        }
        row.name_key, row.country, row.address_key = name_key(name), country, address_key(*place)
        row.place = name_key(text.get("city", ""))
        row.point = (float(point[0]), float(point[1])) if point else None
        row.identity = (
            ("id", row.values["external_id"])
            if row.values["external_id"]
            else (row.name_key, country, row.address_key)
        )
        return row

    def known(self) -> Iterator[Known]:
        """Every workplace that has not closed."""
        fields = (
            "id",
            "name",
            "name_key",
            "country",
            "address",
            "city",
            "region",
            "postal_code",
            "latitude",
            "longitude",
        )
        for id_, name, key, country, address, city, region, postal, latitude, longitude in (
            Workplace.objects.open().values_list(*fields).iterator()
        ):
            point = (float(latitude), float(longitude)) if latitude is not None else None
            shown = ", ".join(part for part in (address, city, region, postal) if part)
            yield Known(
                str(id_),
                name,
                key,
                country,
                shown,
                address_key(address, city, region, postal),
                name_key(city),
                point,
            )

    def facts(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The columns that lists also have."""
        fields = ("name", "address", "city", "region", "postal_code", "country", "products", "worker_count")
        return {str(one["id"]): one for one in Workplace.objects.filter(pk__in=ids).values("id", *fields)}

    def mark_updates(self, batch_id: UUID) -> None:
        """Compare matched rows with what is stored."""
        writing.mark_changed_workplaces(batch_id)

    def apply(self, batch_id: UUID, *, at: datetime, step: Callable[[], None]) -> dict[str, int]:
        """Create suppliers and workplaces, fill in what the list knows better."""
        return writing.write_workplaces(batch_id, at, step)


class Sourcings(Workplaces):
    """Lists that say which brand buys where."""

    key = "sourcing"
    label = gettext_lazy("Who buys from whom")
    explanation = gettext_lazy(
        "One row for each brand and each supplier or workplace it buys from. Brands that are new are added."
    )
    steps = 5
    fields = (
        Field("brand", gettext_lazy("Brand"), required=True, headers=("brand",), default=True),
        *FIELDS,
        Field("tier", gettext_lazy("Tier")),
    )

    def clean(self, values: Mapping[str, str], context: Context) -> Cleaned:
        """Understand one row; the brand is not part of what the workplace is."""
        row = super().clean(values, context)
        brand = one_line(values.get("brand", "")) or context.defaults.get("brand", "")
        if not row.skip and not brand:
            row.errors["brand"] = _("The row names no brand.")
        row.values |= {
            "brand": brand[:300],
            "brand_key": name_key(brand),
            "tier": one_line(values.get("tier", ""))[:30],
        }
        return row

    def mark_updates(self, batch_id: UUID) -> None:
        """A known workplace with a new buyer is a change too."""
        super().mark_updates(batch_id)
        writing.mark_new_sourcing(batch_id)

    def apply(self, batch_id: UUID, *, at: datetime, step: Callable[[], None]) -> dict[str, int]:
        """The workplaces first, then who buys there."""
        done = super().apply(batch_id, at=at, step=step) | writing.write_sourcing(batch_id, at, step)
        if done["sourcing"]:
            react("sourcing.recorded", supplier_ids=None, by=None, at=at)
        return done


def _limit(row: Cleaned, key: str, text: str, most: int) -> None:
    if len(text) > most:
        row.errors[key] = _("This is longer than %(most)d characters.") % {"most": most}


def _is_address(name: str) -> bool:
    return name.count(",") >= 3 and any(part.strip().isdigit() for part in name.split(","))


def _name(row: Cleaned, text: Mapping[str, str]) -> str:
    name = text.get("workplace_name", "")
    _limit(row, "workplace_name", name, 300)
    if not name:
        row.errors["workplace_name"] = _("The row has no name.")
    elif _is_address(name):
        row.remarks["workplace_name"] = _(
            "The name looks like an address. Check that the columns are mapped right."
        )
    return name


def _address(values: Mapping[str, str]) -> str:
    return ", ".join(
        part
        for part in (address_line(values.get("address", "")), address_line(values.get("address_2", "")))
        if part
    )


def _country(row: Cleaned, text: str, address: str, context: Context) -> str:
    """From its column, else the end of the address, else the value for the whole file.

    A province in the address is only offered: "Jalalabad" is one of Kyrgyzstan and a neighborhood of Sylhet.
    """
    if text:
        if code := country_code(text):
            return code
        row.errors["country"] = _("“%(text)s” is not a country this program knows.") % {"text": text[:60]}
        return ""
    if code := trailing_country(address):
        return code
    default = context.defaults.get("country", "")
    found = country_of_region(address)
    if found and found[0] != default:
        if context.accepts("country", context.line, "country"):
            return found[0]
        shown = _("%(country)s, because the address names %(words)s") % {
            "country": country_name(found[0]),
            "words": found[1],
        }
        row.offers.append(
            {
                "kind": "country",
                "field": "country",
                "before": country_name(default) if default else "",
                "after": shown,
            }
        )
    if not default:
        row.errors["country"] = _("The row names no country. Add it, or set one for the whole file.")
    return default


def _postal(row: Cleaned, text: str, country: str, context: Context) -> str:
    if (whole := lost_zeros(text, country)) is not None:
        if context.accepts("zeros", context.line, "postal_code"):
            return whole
        row.offers.append({"kind": "zeros", "field": "postal_code", "before": text, "after": whole})
    return text[:20]


def _point(row: Cleaned, text: Mapping[str, str]) -> tuple[Any, Any] | None:
    pair = text.get("coordinates", "")
    if not (pair or text.get("latitude") or text.get("longitude")):
        return None
    found = (
        coordinates(pair)
        if pair
        else within(angle(text.get("latitude", "")), angle(text.get("longitude", "")))
    )
    if found is None:
        row.remarks["coordinates"] = _("The coordinates are not a place on earth and are left out.")
    return found


def _workers(row: Cleaned, text: str) -> int | None:
    workers = count(text) if text else None
    if text and workers is None:
        row.remarks["worker_count"] = _("“%(text)s” is not one whole number and is left out.") % {
            "text": text[:40]
        }
    return workers
