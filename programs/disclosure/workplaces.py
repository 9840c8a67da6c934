"""Workplaces: the place as exactly as the program decided, products, number of workers, supplier, and the brands that source from it.

A place is disclosed as `Precision` says, decided here and nowhere later: exact; rounded to a tenth of a degree without street
and postal code; region only; or country only.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs.disclosure import decisions, participants
from programs.disclosure.participants import day
from programs.enums import Precision
from programs.models import Rung, Sourcing, StandingEvent, Workplace
from programs.queries import today
from programs.queries.meanings import Meanings
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Ref, Since
from wsr.registry.enums import Reason

PLACE = (
    Column("address", _("Address"), "Street address, where the place is exact."),
    Column("city", _("City"), "City or district."),
    Column("region", _("Region"), "State, province or county."),
    Column("postal_code", _("Postal code"), "Where the place is exact."),
    Column("country", _("Country"), "ISO 3166-1 alpha-2 code."),
    Column("latitude", _("Latitude"), "WGS 84, degrees; a tenth of a degree where the place is rounded."),
    Column("longitude", _("Longitude"), "WGS 84, degrees; a tenth of a degree where the place is rounded."),
    Column(
        "location_precision",
        _("Precision of the place"),
        "exact, rounded, county or withheld.",
        words=dict(Precision.choices),
    ),
)
KINDS = [
    PublicKind(
        "workplace",
        "workplaces",
        _("Workplace"),
        _("Workplaces"),
        (
            Column("name", _("Name"), "Name of the farm or factory."),
            Column("also_known_as", _("Also known as"), "Other names of the same place.", may_name=True),
            Column("supplier", _("Supplier"), "The participating employer."),
            Column(
                "brands",
                _("Brands that source from it"),
                "Participating buyers, as they stand on the day of publication.",
            ),
            Column("brand_count", _("Number of brands"), "How many participating buyers source from it."),
            *participants.STANDING[:3],
            *PLACE,
            Column("sector", _("Sector"), "Sector, as the program records it."),
            Column("kind", _("Kind of place"), "Kind of workplace."),
            Column("products", _("Products or crops"), "What is made or grown."),
            Column("worker_count", _("Workers"), "Number of workers."),
            Column("os_id", _("OS ID"), "Id in Open Supply Hub."),
            Column("opened_on", _("Opened"), "ISO 8601 date."),
            Column("closed_on", _("Closed"), "ISO 8601 date; empty while it is open."),
        ),
        ("csv", "json", "geojson"),
    ),
]


def present(kind: str) -> QuerySet[Workplace]:
    """All on record, closed ones too, where the program discloses suppliers by name."""
    is_named = decisions.in_force(today(timezone.now())).get("supplier_names") == "published"
    return Workplace.objects.all() if is_named else Workplace.objects.none()


def names(kind: str, only: set[UUID]) -> dict[UUID, str]:
    """{id: name}, public or not."""
    return dict(Workplace.objects.filter(pk__in=only).values_list("pk", "name"))


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """Those there are, as they are on a day."""
    rows = present(kind) if only is None else present(kind).filter(pk__in=only)
    yield from _workplaces(rows, Meanings(Rung).by_key(as_of), as_of)


def changed(kind: str, since: Since) -> set[UUID]:
    """Those whose row was written, or one that their record repeats: of the supplier, of a brand, of what is bought."""
    if decisions.changed_for_all(since):
        return set(present(kind).values_list("pk", flat=True))
    participations = participants.changed_ids(since)
    sourcing = Sourcing.objects.all()
    workplaces = since.changed_ids(Workplace.objects.all()) | since.changed_ids(sourcing, "workplace_id")
    suppliers = participations | since.changed_ids(sourcing, "supplier_id")
    dated = sourcing.filter(Q(started_on__gte=since.day) | Q(ended_on__gte=since.day))
    for workplace_id, supplier_id in dated.values_list("workplace_id", "supplier_id"):
        workplaces.add(workplace_id)
        suppliers.add(supplier_id)
    suppliers |= set(sourcing.filter(brand__in=participations).values_list("supplier_id", flat=True))
    if suppliers:
        workplaces |= set(Workplace.objects.filter(supplier__in=suppliers).values_list("pk", flat=True))
    return workplaces - {None}


def _workplaces(rows: QuerySet, rungs: dict[str, Rung], as_of: date) -> Iterator[PublicRecord]:
    of_supplier, of_workplace = _brands(rows, as_of)
    decided = decisions.in_force(as_of)
    since = dict(
        StandingEvent.objects.filter(effective_on__lte=as_of)
        .order_by("effective_on", "recorded_at", "pk")
        .values_list("participation_id", "effective_on")
    )
    for workplace in rows.select_related("supplier").order_by("name", "pk").iterator(chunk_size=2000):
        brands = {ref.subject_id: ref for ref in of_supplier.get(workplace.supplier_id, [])}
        brands |= {ref.subject_id: ref for ref in of_workplace.get(workplace.pk, [])}
        yield _record(workplace, list(brands.values()), rungs, since.get(workplace.supplier_id), decided)


def _brands(rows: QuerySet, as_of: date) -> tuple[dict[UUID, list[Ref]], dict[UUID, list[Ref]]]:
    """Brands that buy from a whole supplier, and those that buy from one workplace."""
    of_supplier: dict[UUID, list[Ref]] = {}
    of_workplace: dict[UUID, list[Ref]] = {}
    sourcing = Sourcing.objects.current(on=as_of).filter(Q(supplier__in=rows.values("supplier_id")))
    for one in sourcing.select_related("brand").order_by("brand__name", "brand_id"):
        ref = Ref("brand", one.brand_id, one.brand.name)
        found = (
            of_workplace.setdefault(one.workplace_id, [])
            if one.workplace_id
            else of_supplier.setdefault(one.supplier_id, [])
        )
        found.append(ref)
    return of_supplier, of_workplace


def _record(
    workplace: Workplace,
    brands: list[Ref],
    rungs: dict[str, Rung],
    since: date | None,
    decided: dict[str, Any],
) -> PublicRecord:
    withheld: dict[str, str] = {}
    supplier = workplace.supplier
    standing = participants.standing(rungs.get(supplier.rung), None, withheld)
    place = _place(workplace, withheld)
    content = {
        "name": workplace.name,
        "also_known_as": list(workplace.also_known_as),
        "supplier": Ref("supplier", supplier.pk, supplier.name),
        **_buyers(brands, decided, withheld),
        "standing": standing["standing"],
        "standing_since": day(since) if standing["standing"] else "",
        "purchases_stopped": standing["purchases_stopped"],
        **place,
        "sector": workplace.sector,
        "kind": workplace.kind,
        "products": list(workplace.products),
        "worker_count": _size(workplace, decided, withheld),
        "os_id": workplace.os_id,
        "opened_on": day(workplace.opened_on),
        "closed_on": day(workplace.closed_on),
    }
    days = [workplace.closed_on or workplace.opened_on, since]
    words = [
        *workplace.also_known_as,
        supplier.name,
        place["address"],
        place["city"],
        place["region"],
        workplace.os_id,
    ]
    return PublicRecord(
        "workplace",
        workplace.pk,
        content,
        withheld,
        max(filter(None, days), default=None),
        search=" ".join(words),
    )


def _buyers(brands: list[Ref], decided: dict[str, Any], withheld: dict[str, str]) -> dict[str, Any]:
    """Who buys here: by name, only how many, or neither, as the program decided."""
    said = decided.get("brand_supplier_pairs")
    is_named = said == "published" and decided.get("brand_names") == "published"
    if not is_named:
        withheld["brands"] = Reason.NOT_PUBLIC.value
    if said not in {"published", "count"}:
        withheld["brand_count"] = Reason.NOT_PUBLIC.value
    named = sorted(brands, key=lambda ref: (ref.name, str(ref.subject_id)))
    return {
        "brands": named if is_named else [],
        "brand_count": len(brands) if said in {"published", "count"} else None,
    }


def _size(workplace: Workplace, decided: dict[str, Any], withheld: dict[str, str]) -> int | None:
    """Number of workers, where the program publishes it. On a small farm it says who somebody is."""
    if decided.get("workplace_size") != "published":
        withheld["worker_count"] = Reason.NOT_PUBLIC.value
        return None
    if workplace.worker_count is None:
        withheld["worker_count"] = Reason.NOT_COLLECTED.value
    return workplace.worker_count


def _place(workplace: Workplace, withheld: dict[str, str]) -> dict[str, Any]:
    """The place as exactly as the program decided; what is held back is named with its reason."""
    precision = Precision(workplace.disclosure_precision)
    exact = precision == Precision.EXACT
    near = precision in {Precision.EXACT, Precision.ROUNDED}
    tenth = Decimal("0.1")
    place: dict[str, Any] = {
        "address": workplace.address if exact else "",
        "city": workplace.city if near else "",
        "region": workplace.region if precision != Precision.WITHHELD else "",
        "postal_code": workplace.postal_code if exact else "",
        "country": workplace.country,
        "latitude": None,
        "longitude": None,
        "location_precision": precision.value,
    }
    if near and workplace.latitude is not None and workplace.longitude is not None:
        place["latitude"] = float(workplace.latitude if exact else workplace.latitude.quantize(tenth))
        place["longitude"] = float(workplace.longitude if exact else workplace.longitude.quantize(tenth))
    for name in ("address", "city", "region", "postal_code", "latitude", "longitude"):
        held_back = getattr(workplace, name) not in ("", None)
        if place[name] in ("", None) and (held_back or name in {"address", "latitude"}):
            withheld[name] = (Reason.WITHHELD_FOR_SAFETY if held_back else Reason.NOT_COLLECTED).value
        elif held_back and not exact and name in {"latitude", "longitude"}:
            withheld[name] = Reason.WITHHELD_FOR_SAFETY.value
    return place
