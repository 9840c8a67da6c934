"""What agreements do when something happens in a room below, or in another part of this one."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from agreements import demo
from agreements.operations import duties, duty_breaches, escalation, schedules, undone_imports
from agreements.operations.committee import minutes, seats, voting
from agreements.queries.sites import contractors_shown
from programs.models import Participation, Rung
from wsr.accounts.models import Person


def standing_changed(
    *, supplier: Participation, rung: Rung, by: Person | None, at: datetime, **_others: Any
) -> None:
    """Cases follow the standing, and brands get or lose their duty to stop purchases."""
    holding = supplier.standing_events.order_by("-effective_on", "-recorded_at", "-pk").first()
    escalation.follow_standing(supplier=supplier, event=holding, rung=rung, by=by, at=at)
    duties.follow_standing(supplier=supplier, event=holding, rung=rung, by=by, at=at)


def sourcing_recorded(*, supplier_ids: Collection[UUID] | None, by: Person | None, at: datetime) -> None:
    """Whoever begins to buy from a supplier that brands must not buy from has the duty as well."""
    stopping = Rung.objects.filter(stops_purchases=True).values("key")
    suppliers = Participation.objects.suppliers().filter(rung__in=stopping)
    if supplier_ids is not None:
        suppliers = suppliers.filter(pk__in=supplier_ids)
    for supplier in suppliers.order_by("pk").select_for_update(of=("self",)):
        event = supplier.standing_events.order_by("-effective_on", "-recorded_at", "-pk").first()
        if event:
            duties.open_for(supplier=supplier, event=event, by=by, at=at)


def rung_stops(*, rung: Rung, by: Person | None, at: datetime) -> None:
    """Brands get the duty for whoever stands on a rung from which they must stop buying from now on."""
    here = Participation.objects.suppliers().present().filter(rung=rung.key)
    sourcing_recorded(supplier_ids=list(here.values_list("pk", flat=True)), by=by, at=at)


def purchases_reported(*, purchases: Iterable[duty_breaches.Bought], at: datetime, **_others: Any) -> None:
    """Reported purchases are held against the duties to stop them."""
    duty_breaches.check_purchases(purchases=purchases, at=at)


def member_left(*, at: datetime, **_others: Any) -> None:
    """Whoever may not sit on the committee any more has no seat on it."""
    seats.end_of_those_who_left(at=at)


REACTIONS = {
    "import.undoing": [undone_imports.note_bound],
    "import.undone": [undone_imports.withdraw_duties],
    "membership.ended": [member_left],
    "registry.published": [minutes.note_published],
    "obligation.closed": [voting.answered],
    "agreement.in_force": [schedules.begin],
    "agreement.ended": [schedules.end],
    "standing.changed": [standing_changed],
    "rung.stops": [rung_stops],
    "sourcing.recorded": [sourcing_recorded],
    "purchases.reported": [purchases_reported],
    "contractors.shown": [contractors_shown],
    "demo.built": [demo.build],
}
