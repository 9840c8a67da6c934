"""Photos, documents and recordings of a visit. Only the cleaned copy is kept; what the device wrote into it goes to its sealed place first.

A file counts once per inspection by the hash of what was sent: sent again, by the same device or another, it is a duplicate and changes
nothing. A later version names the one it replaces; both stay.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from audits.models import Evidence, EvidencePlace, Finding, Inspection
from audits.operations.records import APPLIED, DUPLICATE, Invalid, Put
from audits.operations.states import CannotMove, Stale, check_version, locked, on_team
from wsr.accounts.models import Person
from wsr.files import receiving
from wsr.files.models import StoredFile, Upload
from wsr.files.operations import Taken
from wsr.history.operations import record
from wsr.tenancy import atomic

LONGEST_CAPTION = 300


@atomic
def open_upload(
    *,
    inspection_id: UUID,
    name: str,
    size: int,
    sha256: str,
    chunk_size: int,
    by: Person,
    at: datetime,
    upload_id: UUID | None = None,
) -> Upload:
    """Begin, or go on with, an upload in pieces for evidence of this visit; then `receiving.put_chunk` and `add`.

    Raises Inspection.DoesNotExist, NotOnTeam, CannotMove and what `receiving.open_upload` raises.
    """
    inspection = Inspection.objects.get(pk=inspection_id)
    on_team(inspection, by)
    _check_open(inspection)
    return receiving.open_upload(
        upload_id=upload_id,
        name=name,
        size=size,
        sha256=sha256,
        chunk_size=chunk_size,
        circle_id=inspection.pk,
        secret_of=inspection.secret_of,
        by=by,
        at=at,
    )


@atomic
def add(
    *,
    inspection_id: UUID,
    upload_id: UUID,
    evidence_id: UUID | None,
    noted_at: datetime,
    by: Person,
    at: datetime,
    finding_id: UUID | None = None,
    caption: str = "",
    replaces_id: UUID | None = None,
) -> Put:
    """`add_taken` of a file that arrived in pieces; finishes the upload if nobody has. Also raises what `receiving.finish` raises."""
    put = add_taken(
        inspection_id=inspection_id,
        taken=receiving.taken(upload_id=upload_id, by=by, at=at),
        evidence_id=evidence_id,
        noted_at=noted_at,
        finding_id=finding_id,
        caption=caption,
        replaces_id=replaces_id,
        by=by,
        at=at,
    )
    receiving.forget_place(upload_id=upload_id)
    return put


@atomic
def add_taken(
    *,
    inspection_id: UUID,
    taken: Taken,
    evidence_id: UUID | None,
    noted_at: datetime,
    by: Person,
    at: datetime,
    finding_id: UUID | None = None,
    caption: str = "",
    replaces_id: UUID | None = None,
) -> Put:
    """Add a file that was taken in for the circle of this inspection (`circle_id=inspection.pk`). `noted_at` by the device's clock.

    Outcome `duplicate`: the same file is there already, `row` is the one that stands. Raises Inspection.DoesNotExist, NotOnTeam,
    CannotMove, Invalid and Stale.
    """
    inspection = locked(inspection_id)
    on_team(inspection, by)
    standing = _standing(inspection, evidence_id, taken)
    if standing is not None:
        return _again(standing, evidence_id, finding_id, caption)
    _check_open(inspection)
    _check(inspection, taken, finding_id, caption, replaces_id)
    if taken.file.secret_of != inspection.secret_of:  # the visit became public while the file was on its way
        StoredFile.objects.filter(pk=taken.file.pk).update(secret_of=inspection.secret_of)
    evidence = Evidence(
        **({"pk": evidence_id} if evidence_id else {}),
        secret_of=inspection.secret_of,
        inspection=inspection,
        supplier_id=inspection.supplier_id,
        finding_id=finding_id,
        file=taken.file,
        sent_sha256=taken.sent_sha256,
        caption=caption.strip(),
        replaces_id=replaces_id,
        by=by,
        noted_at=noted_at,
        received_at=at,
        updated_at=at,
    )
    try:
        with atomic():
            evidence.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid("id", _("This id belongs to another record. Make a new one.")) from error
    _seal_place(evidence, taken)
    after = {"ids": [evidence.pk], "kept_sha256": taken.file.sha256, "replaces": replaces_id}
    record("evidence.added", inspection, by=by, at=at, after=after, secret_of=inspection.secret_of)
    return Put(evidence, APPLIED)


def _again(standing: Evidence, evidence_id: UUID | None, finding_id: UUID | None, caption: str) -> Put:
    """What is answered when the same file comes once more. Raises Stale where its own record says something else now."""
    is_same = (standing.finding_id, standing.caption) == (finding_id, caption.strip())
    if standing.pk == evidence_id and not is_same:
        raise Stale(standing)
    return Put(standing, DUPLICATE)


@atomic
def change(
    *,
    evidence_id: UUID,
    caption: str,
    finding_id: UUID | None,
    by: Person,
    at: datetime,
    if_version: int | None = None,
) -> Put:
    """Say anew what a file shows. The file itself never changes: a better one is added as replacing it.

    Raises Evidence.DoesNotExist, NotOnTeam, CannotMove, Invalid and Stale.
    """
    inspection = locked(Evidence.objects.values_list("inspection_id", flat=True).get(pk=evidence_id))
    on_team(inspection, by)
    evidence = Evidence.objects.get(pk=evidence_id)
    if (evidence.finding_id, evidence.caption) == (finding_id, caption.strip()):
        return Put(evidence, DUPLICATE)
    _check_open(inspection)
    check_version(evidence, if_version)
    _check_words(inspection, finding_id, caption)
    before = {"finding": evidence.finding_id}
    evidence.caption, evidence.finding_id = caption.strip(), finding_id
    evidence.by, evidence.updated_at, evidence.version = by, at, evidence.version + 1
    evidence.save(update_fields=["caption", "finding", "by", "updated_at", "version"])
    record(
        "evidence.changed",
        ("audits.evidence", evidence.pk),
        by=by,
        at=at,
        before=before,
        after={"finding": finding_id, "version": evidence.version},
        secret_of=inspection.secret_of,
    )
    return Put(evidence, APPLIED)


def _standing(inspection: Inspection, evidence_id: UUID | None, taken: Taken) -> Evidence | None:
    """The row that is there already, by its id or by its file. Raises Invalid for an id of another file."""
    row = Evidence.objects.filter(pk=evidence_id).first() if evidence_id else None
    if row is not None and (row.inspection_id, row.sent_sha256) != (inspection.pk, taken.sent_sha256):
        raise Invalid("id", _("This id belongs to another record. Make a new one."))
    return row or Evidence.objects.filter(inspection=inspection, sent_sha256=taken.sent_sha256).first()


def _check_open(inspection: Inspection) -> None:
    if not inspection.is_writable:
        raise CannotMove(
            _("The visit is not under way. Record the arrival first; what was submitted is sealed.")
        )


def _check(
    inspection: Inspection, taken: Taken, finding_id: UUID | None, caption: str, replaces_id: UUID | None
) -> None:
    if taken.file.circle_id != inspection.pk:
        raise Invalid("file", _("This file was sent for another inspection. Send it for this one."))
    _check_words(inspection, finding_id, caption)
    if replaces_id is None:
        return
    replaced = Evidence.objects.filter(pk=replaces_id, inspection=inspection)
    if not replaced.exists():
        raise Invalid("replaces", _("What it replaces is no evidence of this inspection."))
    if Evidence.objects.filter(replaces_id=replaces_id).exists():
        raise Invalid("replaces", _("This was replaced already. Replace its latest version."))


def _check_words(inspection: Inspection, finding_id: UUID | None, caption: str) -> None:
    if len(caption.strip()) > LONGEST_CAPTION:
        raise Invalid("caption", _("Write at most %(most)d characters.") % {"most": LONGEST_CAPTION})
    findings = Finding.objects.filter(pk=finding_id, inspection=inspection, withdrawn_at=None)
    if finding_id is not None and not findings.exists():
        raise Invalid("finding", _("Choose a finding of this inspection that was not withdrawn."))


def _seal_place(evidence: Evidence, taken: Taken) -> None:
    """Where the device says the photo was taken, for the team alone."""
    if taken.place is None:
        return
    EvidencePlace.objects.create(
        secret_of=evidence.secret_of,
        inspection_id=evidence.inspection_id,
        supplier_id=evidence.supplier_id,
        evidence=evidence,
        latitude=taken.place.latitude,
        longitude=taken.place.longitude,
        taken_at=taken.place.taken_at,
        metadata=taken.place.metadata,
    )
