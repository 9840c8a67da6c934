"""How far the remediation of workplaces is, for reports and the public record."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from audits import scoring
from audits.models import CorrectiveAction
from audits.queries.scores import published_actions, scored_workplaces, scores, scoring_of_program
from audits.scoring import Designation, Item, Progress, Scoring


def progress_of(workplace_id: UUID) -> dict[str, Any] | None:
    """{"verified", "original"}: original findings verified as fixed, of all original ones. None where there are none."""
    states = CorrectiveAction.objects.original().filter(workplace_id=workplace_id)
    found = scoring.progress(Item(state) for state in states.values_list("state", flat=True))
    return {"verified": found.corrected, "original": found.total} if found.total else None


def remediation(workplaces: Collection[UUID], *, on: date) -> dict[UUID, tuple[Progress, Designation]]:
    """{workplace: (progress, designation)} on a day, as counted outside the program; empty where it does not score remediation."""
    if scoring_of_program(on=on) != Scoring.REMEDIATION:
        return {}
    rows = scored_workplaces().filter(pk__in=workplaces)
    found = scores(rows, on=on, of=published_actions())
    return {score.workplace.pk: (score.progress, score.designation) for score in found}
