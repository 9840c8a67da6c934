"""Requests for visits to a workplace and the visits that followed, for whoever asked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, QuerySet

from audits.models import Inspection, VisitRequest


@dataclass(frozen=True)
class Visits:
    """What the reader asked for at a workplace since a moment, and the inspections there that she may know of."""

    asked: list[VisitRequest]
    inspections: list[Inspection]


def visits_since(workplace_id: UUID, since: datetime, *, reader_id: UUID) -> Visits:
    """The latest first. Two queries."""
    asked = VisitRequest.objects.filter(workplace=workplace_id, asked_at__gte=since, asked_by=reader_id)
    seen = Inspection.objects.filter(workplace=workplace_id, planned_at__gte=since)
    return Visits(
        list(asked.select_related("answered_by").order_by("-asked_at", "-pk")),
        list(seen.order_by("-starts_on", "-pk")),
    )


def came_after(since: OuterRef, *, workplace: OuterRef) -> QuerySet[Inspection]:
    """Inspections whose team came to a workplace, planned since a moment of an outer query, as far as the reader may know of them."""
    return Inspection.objects.filter(workplace=workplace, planned_at__gte=since).exclude(arrived_at=None)
