"""What is public of duties to stop purchases: per suspension of a supplier, how many brands were told and have answered.

The program decides it in the rule `disclosure.duty_status`: `published` (which brands, and how far each is), `count` (only how many), or
nothing. Only for standings whose rung is shown in public, only where suppliers are named at all, and brands by name only where the program
also names brands and says who buys where. What a brand wrote, its proof, dates it was given and purchases are never public.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.enums import DutyState
from agreements.models import StopDuty
from programs import queries
from programs.disclosure import decisions
from programs.enums import Part
from programs.models import Participation, Rung, StandingEvent
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Ref, Since
from wsr.registry.enums import Reason

KEY = "stop_of_purchases"
KINDS = [
    PublicKind(
        KEY,
        "stops_of_purchases",
        _("Stop of purchases"),
        _("Stops of purchases"),
        (
            Column("name", _("Name"), "Since when brands must not buy."),
            Column("supplier", _("Supplier"), "The participating employer."),
            Column("since", _("Since"), "ISO 8601 date from which the standing is effective."),
            Column(
                "until", _("Until"), "ISO 8601 date on which brands may buy again; empty while they may not."
            ),
            Column("brands_told", _("Brands told"), "How many brands were given the duty to stop purchases."),
            Column("brands_confirmed", _("Brands that confirmed"), "How many of them have acknowledged it."),
            Column(
                "brands_proven", _("Brands that proved it"), "How many of them have proven it to the program."
            ),
            Column("brands", _("Brands"), "Which brands were told, where the program publishes it."),
            Column(
                "confirmed_by",
                _("Confirmed by"),
                "Which brands have acknowledged it, where the program publishes it.",
            ),
        ),
    )
]
RULES = ("duty_status", "supplier_names", "brand_names", "brand_supplier_pairs")


def present(kind: str) -> QuerySet[StandingEvent]:
    """Standing events with duties, of public rungs; none where the program has not decided to show them."""
    decided = _decided(queries.today(timezone.now()))
    events = StandingEvent.objects.filter(
        pk__in=_of_brands().values("standing_event_id"),
        rung__is_public=True,
    )
    return events if _is_shown(decided) else events.none()


def _of_brands() -> QuerySet[StopDuty]:
    """Duties of brands; those of contractors that hire others are not public."""
    return StopDuty.objects.filter(brand__part=Part.BRAND).exclude(state=DutyState.WITHDRAWN)


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """The public records as they are on a day; of these subjects only, if they are named."""
    decided = _decided(as_of)
    if not _is_shown(decided):
        return
    rows = present(kind) if only is None else present(kind).filter(pk__in=only)
    duties = _of_brands().select_related("brand").order_by("brand__name", "pk")
    rows = rows.select_related("participation").prefetch_related(Prefetch("stop_duties", duties))
    for event in rows.order_by("effective_on", "pk"):
        yield _record(event, decided)


def changed(kind: str, since: Since) -> set[UUID]:
    """Events whose duties were written since; all of them where a rule or a rung was."""
    keys = [f"disclosure.{name}" for name in RULES]
    if decisions.changed(since, *keys) or since.changed_ids(Rung.objects.all()):
        return set(StopDuty.objects.values_list("standing_event_id", flat=True))
    found = since.changed_ids(StopDuty.objects.all(), "standing_event_id")
    renamed = since.changed_ids(Participation.objects.all())
    if renamed:
        touched = StopDuty.objects.filter(Q(brand__in=renamed) | Q(supplier__in=renamed))
        found |= set(touched.values_list("standing_event_id", flat=True))
    return found


def _record(event: StandingEvent, decided: dict[str, Any]) -> PublicRecord:
    duties = list(event.stop_duties.all())
    confirmed = [duty for duty in duties if duty.acknowledged_at]
    is_named = all(decided.get(name) == "published" for name in RULES)
    ends = [duty.lifted_on for duty in duties]
    until = max(end for end in ends if end) if duties and all(ends) else None
    withheld = {} if is_named else dict.fromkeys(("brands", "confirmed_by"), Reason.NOT_PUBLIC.value)
    content = {
        "name": f"Stop of purchases since {event.effective_on.isoformat()}",
        "supplier": Ref("supplier", event.participation_id, event.participation.name),
        "since": event.effective_on.isoformat(),
        "until": until.isoformat() if until else "",
        "brands_told": len(duties),
        "brands_confirmed": len(confirmed),
        "brands_proven": sum(
            1 for duty in duties if duty.proof_at and duty.decided_at and duty.state != DutyState.RETURNED
        ),
        "brands": _refs(duties) if is_named else [],
        "confirmed_by": _refs(confirmed) if is_named else [],
    }
    return PublicRecord(
        KEY, event.pk, content, withheld, until or event.effective_on, search=event.participation.name
    )


def _refs(duties: list[StopDuty]) -> list[Ref]:
    return [Ref("brand", duty.brand_id, duty.brand.name) for duty in duties]


def _decided(as_of: date) -> dict[str, Any]:
    rules = queries.rules(on=as_of).filter(key__in=[f"disclosure.{name}" for name in RULES])
    return {key.removeprefix("disclosure."): value for key, value in rules.values_list("key", "value")}


def _is_shown(decided: dict[str, Any]) -> bool:
    return (
        decided.get("duty_status") in {"published", "count"} and decided.get("supplier_names") == "published"
    )
