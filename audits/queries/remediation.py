"""How far the remediation of a workplace is, from its corrective actions."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from audits.enums import ActionState
from audits.models import CorrectiveAction


def progress_of(workplace_id: UUID) -> dict[str, Any] | None:
    """{"verified", "original"}: original findings verified as fixed, of all original ones. None where there are none."""
    counted = (
        CorrectiveAction.objects.original()
        .filter(workplace_id=workplace_id)
        .aggregate(original=Count("pk"), verified=Count("pk", filter=Q(state=ActionState.VERIFIED)))
    )
    return counted if counted["original"] else None
