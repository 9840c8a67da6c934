"""Everything of programs that is ever public: brands, suppliers, workplaces. Nothing else leaves this room.

Brands and suppliers: name, group, country, website, identifiers, since when and until when they take part; of suppliers also
the standing, where the program shows its rung in public. Workplaces: names, place as exactly as the program decided,
products, number of workers, supplier, and the brands that source from it. Reasons of a standing are not public; the
provision and the condition for return are.

What the program decides in its rules: `disclosure.supplier_names` (suppliers and their workplaces one by one, only how many,
or neither), `disclosure.brand_names` (the same of brands, wherever one would be named), `disclosure.brand_supplier_pairs`
(which brands buy where, only how many, or neither) and `disclosure.workplace_size`. A rule that nobody has filled in discloses
nothing. Where only numbers are public they stand in the program's own record, the kind `summary`.

A place is disclosed as `Precision` says, decided here and nowhere later: exact; rounded to a tenth of a degree without street
and postal code; region only; or country only.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs import queries
from programs.enums import RUNG_WORDS, Part, Precision
from programs.models import Participation, Rule, Rung, Sourcing, StandingEvent, Workplace
from wsr.imports.models import Batch
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Ref, Since
from wsr.registry.enums import Reason
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

PARTICIPANT = (
    Column("name", _("Name"), "Name under which the organization takes part."),
    Column("parent_name", _("Group"), "The group it belongs to.", may_name=True),
    Column("country", _("Country"), "ISO 3166-1 alpha-2 code of its seat."),
    Column("website", _("Website"), "Its website."),
    Column("lei", _("LEI"), "Legal Entity Identifier."),
    Column("os_id", _("OS ID"), "Id in Open Supply Hub."),
    Column("registry_number", _("Company number"), "Number in a public register of companies."),
    Column("joined_on", _("Takes part since"), "ISO 8601 date."),
    Column("ended_on", _("Took part until"), "ISO 8601 date; empty while it takes part."),
)
STANDING = (
    Column("standing", _("Standing"), "Rung of the program's own ladder of standing.", words=RUNG_WORDS),
    Column(
        "standing_since", _("In this standing since"), "ISO 8601 date from which the standing is effective."
    ),
    Column(
        "purchases_stopped", _("Brands must stop buying"), "Whether this rung stops purchases: yes or no."
    ),
    Column(
        "provision",
        _("Provision of the code"),
        "The provision that the standing rests on.",
        may_name=True,
    ),
    Column(
        "condition_for_return",
        _("Condition for return"),
        "What must happen before the standing improves.",
        may_name=True,
    ),
)
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
    PublicKind("brand", "brands", _("Brand"), _("Brands"), PARTICIPANT),
    PublicKind("supplier", "suppliers", _("Supplier"), _("Suppliers"), (*PARTICIPANT, *STANDING)),
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
            *STANDING[:3],
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
    PublicKind(
        "summary",
        "summaries",
        _("Program in numbers"),
        _("Programs in numbers"),
        (
            Column("name", _("Name"), "The program."),
            Column("supplier_count", _("Number of suppliers"), "Suppliers that take part."),
            Column("workplace_count", _("Number of workplaces"), "Their workplaces that are open."),
            Column("brand_count", _("Number of brands"), "Brands that take part."),
        ),
    ),
]
PARTS = {"brand": Part.BRAND, "supplier": Part.SUPPLIER}
NAMES = {"brand": "brand_names", "supplier": "supplier_names", "workplace": "supplier_names"}


def present(kind: str) -> QuerySet:
    """Subjects of a kind that are public now: all on record, ended ones too, where the program discloses names."""
    decided = _decisions(queries.today(timezone.now()))
    if kind == "summary":
        counted = "count" in {decided.get("supplier_names"), decided.get("brand_names")}
        return Program.objects.filter(pk=current_program_id()) if counted else Program.objects.none()
    rows = _on_record(kind)
    return rows if decided.get(NAMES[kind]) == "published" else rows.none()


def _on_record(kind: str) -> QuerySet:
    return Workplace.objects.all() if kind == "workplace" else Participation.objects.filter(part=PARTS[kind])


def names(kind: str, only: set[UUID]) -> dict[UUID, str]:
    """{id: name} of these subjects as the program knows them, public or not."""
    rows = Program.objects.filter(pk=current_program_id()) if kind == "summary" else _on_record(kind)
    return dict(rows.filter(pk__in=only).values_list("pk", "name"))


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """The public records of one kind as they are on a day; of these subjects only, if they are named."""
    rows = present(kind) if only is None else present(kind).filter(pk__in=only)
    if kind == "summary":
        yield from (_summary(program, _decisions(as_of)) for program in rows)
        return
    rungs = {rung.key: rung for rung in Rung.objects.all()}
    if kind == "workplace":
        yield from _workplaces(rows, rungs, as_of)
        return
    events = StandingEvent.objects.filter(effective_on__lte=as_of).order_by(
        "-effective_on", "-recorded_at", "-pk"
    )
    prefetched = rows.order_by("name", "pk").prefetch_related(Prefetch("standing_events", events))
    for participation in prefetched.iterator(chunk_size=2000):
        yield _participant(kind, participation, rungs)


def changed(kind: str, since: Since) -> set[UUID]:
    """Subjects whose record may have changed: their row was written, or one that the record repeats."""
    if kind == "summary":  # one record: comparing it costs less than asking whether a number changed
        return set(present(kind).values_list("pk", flat=True))
    participations = since.changed_ids(Participation.objects.all())
    undone = Batch.objects.exclude(undone_at=None)  # what an undo deletes leaves no row that could be found
    if since.changed_ids(Rung.objects.all()) or since.changed_ids(undone) or _decisions_changed(since):
        return set(present(kind).values_list("pk", flat=True))
    participations |= since.changed_ids(StandingEvent.objects.all(), "participation_id")
    if kind != "workplace":
        return participations
    sourcing = Sourcing.objects.all()
    workplaces = since.changed_ids(Workplace.objects.all()) | since.changed_ids(sourcing, "workplace_id")
    suppliers = participations | since.changed_ids(sourcing, "supplier_id")
    dated = sourcing.filter(Q(started_on__gte=_day_of(since)) | Q(ended_on__gte=_day_of(since)))
    for workplace_id, supplier_id in dated.values_list("workplace_id", "supplier_id"):
        workplaces.add(workplace_id)
        suppliers.add(supplier_id)
    suppliers |= set(sourcing.filter(brand__in=participations).values_list("supplier_id", flat=True))
    if suppliers:
        workplaces |= set(Workplace.objects.filter(supplier__in=suppliers).values_list("pk", flat=True))
    return workplaces - {None}


def _day_of(since: Since) -> date:
    """The last day that had begun everywhere when the last publication was made; what is dated later may have come true."""
    return (since.at - timedelta(days=1)).date()


def _decisions_changed(since: Since) -> bool:
    """Whether a rule about what is public was written, or came into force or ended, since the last publication."""
    rules = Rule.objects.filter(section="disclosure")
    day = _day_of(since)
    dated = Q(valid_from__gte=day) | Q(valid_until__gte=day)
    return bool(since.changed_ids(rules)) or rules.filter(dated).exists()


def _decisions(as_of: date) -> dict[str, Any]:
    """What the program decided about each item, {key without the section: value}."""
    in_force = queries.rules(on=as_of).filter(section="disclosure")
    return {key.removeprefix("disclosure."): value for key, value in in_force.values_list("key", "value")}


def _summary(program: Program, decided: dict[str, Any]) -> PublicRecord:
    """How many take part, as far as the program makes it public."""
    counts = {
        "supplier_count": ("supplier_names", Participation.objects.suppliers().present()),
        "workplace_count": ("supplier_names", Workplace.objects.open()),
        "brand_count": ("brand_names", Participation.objects.brands().present()),
    }
    content: dict[str, Any] = {"name": program.name}
    withheld = {}
    for name, (rule, rows) in counts.items():
        is_public = decided.get(rule) in {"published", "count"}
        content[name] = rows.count() if is_public else None
        if not is_public:
            withheld[name] = Reason.NOT_PUBLIC.value
    return PublicRecord("summary", program.pk, content, withheld)


# ── Participants ─────────────────────────────────────────────────────────────────────────────────


def _participant(kind: str, participation: Participation, rungs: dict[str, Rung]) -> PublicRecord:
    content = {
        "name": participation.name,
        "parent_name": participation.parent_name,
        "country": participation.country,
        "website": participation.website,
        "lei": participation.lei,
        "os_id": participation.os_id,
        "registry_number": participation.registry_number,
        "joined_on": _day(participation.joined_on),
        "ended_on": _day(participation.ended_on),
    }
    withheld: dict[str, str] = {}
    effective_on = participation.ended_on or participation.joined_on
    if kind == "supplier":
        event = next(iter(participation.standing_events.all()), None)
        content |= _standing(rungs.get(participation.rung), event, withheld)
        effective_on = max(filter(None, [effective_on, event and event.effective_on]), default=None)
    return PublicRecord(
        kind, participation.pk, content, withheld, effective_on, search=participation.parent_name
    )


def _standing(rung: Rung | None, event: StandingEvent | None, withheld: dict[str, str]) -> dict[str, Any]:
    """What is public of a standing. A rung that the program keeps to itself is named as withheld, never as good."""
    if rung is None or not rung.is_public:
        withheld["standing"] = Reason.NOT_YET_INSPECTED.value if rung is None else Reason.NOT_PUBLIC.value
        return dict.fromkeys((column.name for column in STANDING), "") | {"purchases_stopped": None}
    return {
        "standing": rung.label,
        "standing_since": _day(event.effective_on if event else None),
        "purchases_stopped": rung.stops_purchases,
        "provision": event.provision_reference if event else "",
        "condition_for_return": event.condition_for_return if event else "",
    }


# ── Workplaces ───────────────────────────────────────────────────────────────────────────────────


def _workplaces(rows: QuerySet, rungs: dict[str, Rung], as_of: date) -> Iterator[PublicRecord]:
    of_supplier, of_workplace = _brands(rows, as_of)
    decided = _decisions(as_of)
    since = dict(
        StandingEvent.objects.filter(effective_on__lte=as_of)
        .order_by("effective_on", "recorded_at", "pk")
        .values_list("participation_id", "effective_on")
    )
    for workplace in rows.select_related("supplier").order_by("name", "pk").iterator(chunk_size=2000):
        brands = {ref.subject_id: ref for ref in of_supplier.get(workplace.supplier_id, [])}
        brands |= {ref.subject_id: ref for ref in of_workplace.get(workplace.pk, [])}
        yield _workplace(workplace, list(brands.values()), rungs, since.get(workplace.supplier_id), decided)


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


def _workplace(
    workplace: Workplace,
    brands: list[Ref],
    rungs: dict[str, Rung],
    since: date | None,
    decided: dict[str, Any],
) -> PublicRecord:
    withheld: dict[str, str] = {}
    supplier = workplace.supplier
    standing = _standing(rungs.get(supplier.rung), None, withheld)
    place = _place(workplace, withheld)
    content = {
        "name": workplace.name,
        "also_known_as": list(workplace.also_known_as),
        "supplier": Ref("supplier", supplier.pk, supplier.name),
        **_buyers(brands, decided, withheld),
        "standing": standing["standing"],
        "standing_since": _day(since) if standing["standing"] else "",
        "purchases_stopped": standing["purchases_stopped"],
        **place,
        "sector": workplace.sector,
        "kind": workplace.kind,
        "products": list(workplace.products),
        "worker_count": _size(workplace, decided, withheld),
        "os_id": workplace.os_id,
        "opened_on": _day(workplace.opened_on),
        "closed_on": _day(workplace.closed_on),
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


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
