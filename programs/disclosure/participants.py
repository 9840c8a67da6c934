"""Brands and suppliers, as the program names them; of suppliers also the standing, where the program shows its rung in public."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs.disclosure import decisions
from programs.enums import RUNG_WORDS, Part
from programs.models import Participation, Rung, StandingEvent
from programs.queries import today
from programs.queries.meanings import Meanings
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Since
from wsr.registry.enums import Reason

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
KINDS = [
    PublicKind("brand", "brands", _("Brand"), _("Brands"), PARTICIPANT),
    PublicKind("supplier", "suppliers", _("Supplier"), _("Suppliers"), (*PARTICIPANT, *STANDING)),
]
_PARTS = {"brand": Part.BRAND, "supplier": Part.SUPPLIER}
_RULES = {"brand": "brand_names", "supplier": "supplier_names"}


def present(kind: str) -> QuerySet[Participation]:
    """All on record, ended ones too, where the program discloses names."""
    is_named = decisions.in_force(today(timezone.now())).get(_RULES[kind]) == "published"
    return _on_record(kind) if is_named else Participation.objects.none()


def names(kind: str, only: set[UUID]) -> dict[UUID, str]:
    """{id: name}, public or not."""
    return dict(_on_record(kind).filter(pk__in=only).values_list("pk", "name"))


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """Those that take part, as they are on a day."""
    rows = present(kind) if only is None else present(kind).filter(pk__in=only)
    rungs = Meanings(Rung).by_key(as_of)
    events = StandingEvent.objects.filter(effective_on__lte=as_of).order_by(
        "-effective_on", "-recorded_at", "-pk"
    )
    prefetched = rows.order_by("name", "pk").prefetch_related(Prefetch("standing_events", events))
    for participation in prefetched.iterator(chunk_size=2000):
        yield _record(kind, participation, rungs)


def changed(kind: str, since: Since) -> set[UUID]:
    """Those whose row was written, or one that their record repeats."""
    if decisions.changed_for_all(since):
        return set(present(kind).values_list("pk", flat=True))
    return changed_ids(since)


def changed_ids(since: Since) -> set[UUID]:
    """Participations that were written or whose standing changed, of every kind."""
    standings = since.changed_ids(StandingEvent.objects.all(), "participation_id")
    return since.changed_ids(Participation.objects.all()) | standings


def standing(rung: Rung | None, event: StandingEvent | None, withheld: dict[str, str]) -> dict[str, Any]:
    """What is public of a standing. A rung that the program keeps to itself is named as withheld, never as good."""
    if rung is None or not rung.is_public:
        withheld["standing"] = Reason.NOT_YET_INSPECTED.value if rung is None else Reason.NOT_PUBLIC.value
        return dict.fromkeys((column.name for column in STANDING), "") | {"purchases_stopped": None}
    return {
        "standing": rung.label,
        "standing_since": day(event.effective_on if event else None),
        "purchases_stopped": rung.stops_purchases,
        "provision": event.provision_reference if event else "",
        "condition_for_return": event.condition_for_return if event else "",
    }


def day(value: date | None) -> str:
    """A day as it is published."""
    return value.isoformat() if value else ""


def _on_record(kind: str) -> QuerySet[Participation]:
    return Participation.objects.filter(part=_PARTS[kind])


def _record(kind: str, participation: Participation, rungs: dict[str, Rung]) -> PublicRecord:
    content = {
        "name": participation.name,
        "parent_name": participation.parent_name,
        "country": participation.country,
        "website": participation.website,
        "lei": participation.lei,
        "os_id": participation.os_id,
        "registry_number": participation.registry_number,
        "joined_on": day(participation.joined_on),
        "ended_on": day(participation.ended_on),
    }
    withheld: dict[str, str] = {}
    effective_on = participation.ended_on or participation.joined_on
    if kind == "supplier":
        event = next(iter(participation.standing_events.all()), None)
        content |= standing(rungs.get(participation.rung), event, withheld)
        effective_on = max(filter(None, [effective_on, event and event.effective_on]), default=None)
    return PublicRecord(
        kind, participation.pk, content, withheld, effective_on, search=participation.parent_name
    )
