"""What was brought from a visit, as its pages show it."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from audits.models import Evidence, EvidencePlace, Finding, Inspection, TeamMember
from wsr.files.models import StoredFile


def evidence_of(inspection: Inspection) -> QuerySet[Evidence]:
    """Everything, in the order in which it came, with `is_replaced`."""
    later = Evidence.objects.filter(replaces=OuterRef("pk"))
    return (
        Evidence.objects.filter(inspection=inspection)
        .annotate(is_replaced=Exists(later))
        .select_related("file", "finding")
        .order_by("received_at", "pk")
    )


def place_of(evidence: Evidence) -> EvidencePlace | None:
    """Where and when the device says it was made; None for all but the team."""
    return EvidencePlace.objects.filter(evidence=evidence).first()


def shared_proofs(inspection: Inspection) -> QuerySet[StoredFile]:
    """What the supplier showed for its corrective actions, as far as it was shared with the team."""
    return StoredFile.objects.filter(circle_id=inspection.pk, shared_from__isnull=False).order_by(
        "stored_at", "pk"
    )


def standing_findings(inspection: Inspection) -> QuerySet[Finding]:
    """Findings that evidence can belong to."""
    return Finding.objects.filter(inspection=inspection, withdrawn_at=None).order_by("pk")


def name_on_team(inspection: Inspection, person_id: UUID) -> str:
    """As the person was called when she joined the team. Empty for who never was on it."""
    names = TeamMember.objects.filter(inspection=inspection, person=person_id).values_list("name", flat=True)
    return names.first() or ""
