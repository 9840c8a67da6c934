"""What a supplier showed for its corrective actions, for the team that looks whether it is so. Auditors read no files of suppliers otherwise."""

from datetime import datetime
from uuid import UUID

from audits.enums import UNFIXED
from audits.models import ActionProof
from audits.operations.states import locked
from audits.queries.evidence import shared_proofs
from wsr.accounts.models import Person
from wsr.files.operations import share
from wsr.history.operations import record
from wsr.tenancy import atomic


@atomic
def share_proofs(*, inspection_id: UUID, by: Person, at: datetime) -> int:
    """Let the team read the files sent for actions at this workplace that are not verified as fixed; returns how many are new to it.

    For staff: a portal and an auditor cannot. Raises Inspection.DoesNotExist.
    """
    inspection = locked(inspection_id)
    unfixed = ActionProof.objects.filter(
        action__workplace_id=inspection.workplace_id, action__state__in=UNFIXED, file__isnull=False
    )
    known = set(shared_proofs(inspection).values_list("shared_from", flat=True))
    fresh = [proof.file for proof in unfixed.select_related("file") if proof.file_id not in known]
    for file in fresh:
        share(file=file, circle_id=inspection.pk, secret_of=inspection.secret_of, by=by, at=at)
    if fresh:
        record(
            "proofs.shared",
            inspection,
            by=by,
            at=at,
            after={"files": [file.pk for file in fresh]},
            secret_of=inspection.secret_of,
        )
    return len(fresh)
