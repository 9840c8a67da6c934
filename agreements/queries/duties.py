"""Reads of stop-purchase duties."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from agreements.enums import ClauseKind, Side
from agreements.models import Clause, StopDuty
from programs.models import Participation, Sourcing

_ROUGH_DAYS = {"hours": 1 / 24, "days": 1, "working_days": 1.4, "weeks": 7, "months": 30, "seasons": 180}


def stop_clause(brand_id: UUID, *, on: date) -> Clause | None:
    """The stop-purchase clause that binds a brand on a day; the one with the shortest time where several agreements have one."""
    found = (
        Clause.objects.in_force(on=on)
        .of_kind(ClauseKind.STOP_PURCHASE)
        .filter(
            version__agreement__parties__participation_id=brand_id,
            version__agreement__parties__side=Side.BRAND,
        )
        .select_related("version__agreement")
        .order_by("version__agreement__number", "position", "pk")
    )
    return min(found, key=_shortness, default=None)


def _shortness(clause: Clause) -> float:
    said = clause.parameters.get("stop_within")
    return said["value"] * _ROUGH_DAYS[said["unit"]] if said else float("inf")


def brands_buying(supplier: Participation, *, on: date) -> QuerySet[Participation]:
    """Brands that buy from a supplier or one of its workplaces on a day, or are about to."""
    buying = Sourcing.objects.filter(Q(ended_on=None) | Q(ended_on__gt=on), supplier=supplier)
    return (
        Participation.objects.brands()
        .filter(pk__in=buying.order_by().values("brand_id"))
        .order_by("name", "pk")
    )


def duties() -> QuerySet[StopDuty]:
    """Duties with brand, supplier, standing and clause."""
    return StopDuty.objects.select_related(
        "brand", "supplier", "standing_event__rung", "clause__version__agreement", "proof_file"
    )
