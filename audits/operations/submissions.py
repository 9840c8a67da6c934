"""Taking in what a phone sends as a filled form. Sent again it changes nothing; what cannot be taken is set aside and said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from audits.enums import InspectionState
from audits.models import Evidence, FieldSubmission, Finding, Inspection, Question
from audits.openrosa.submissions import Entry, Photo, Submission, read
from audits.operations import evidence, records, visits
from audits.operations.states import CannotMove, locked, on_team
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.files.operations import take_in
from wsr.files.pipeline import CannotTake
from wsr.history.operations import record
from wsr.tenancy import atomic


class Altered(DomainError):
    """The same instance came before with other content."""


class SentFile(Protocol):
    """A file of the request."""

    def chunks(self) -> Any:
        """Its bytes."""


@dataclass(frozen=True)
class Received:
    """What became of a form. `missing`: names of photos that are still to come."""

    row: FieldSubmission
    is_new: bool
    missing: list[str]


@atomic
def receive(*, body: bytes, files: Mapping[str, SentFile], by: Person, at: datetime) -> Received:
    """Take in a filled form and the photos that came with it; others may come later, with the same form.

    A form for a visit that is planned begins it. Raises Malformed, Inspection.DoesNotExist, NotOnTeam, CannotMove and Altered.
    """
    form = read(body)
    inspection = locked(form.inspection_id)
    on_team(inspection, by)
    row = FieldSubmission.objects.filter(inspection=inspection, instance_id=form.instance_id).first()
    is_new = row is None
    if row is None:
        row = _take(inspection, form, body, by=by, at=at)
    elif row.sha256 != form.sha256:
        raise Altered(
            _(
                "This form was received before with other answers. Fill in a new one, or change the answers in the program's pages."
            )
        )
    came = _photos(row, form, files, by=by, at=at)
    if came:
        row.files = sorted({*row.files, *came})
        row.save(update_fields=["files", "set_aside"])
    missing = sorted({photo.file_name for photo in form.photos} - set(row.files))
    return Received(row, is_new, missing)


def _take(
    inspection: Inspection, form: Submission, body: bytes, *, by: Person, at: datetime
) -> FieldSubmission:
    if inspection.state == InspectionState.PLANNED:
        visits.arrive(inspection_id=inspection.pk, by=by, at=at)
    if not Inspection.objects.get(pk=inspection.pk).is_writable:
        raise CannotMove(
            _("This inspection was submitted. Ask for it to be returned to you before you send more.")
        )
    aside: list[dict[str, str]] = []
    noted_at = form.started_at or at
    _visit(inspection, form, aside, by=by, at=at)
    questions = dict(Question.objects.filter(code=inspection.code_id).values_list("pk", "provision_id"))
    for entry in form.responses:
        key = entry.fields.get("question_id")
        fields = entry.fields if key is None else {**entry.fields, "provision_id": questions.get(key)}
        one = Entry(entry.id, fields, entry.where)
        _put(records.put_response, inspection, one, aside, noted_at=noted_at, by=by, at=at)
    for entry in form.interviews:
        _put(records.put_interview, inspection, entry, aside, noted_at=noted_at, by=by, at=at)
    for entry in form.findings:
        _put(records.put_finding, inspection, entry, aside, noted_at=noted_at, by=by, at=at)
    row = FieldSubmission.objects.create(
        secret_of=inspection.secret_of,
        inspection=inspection,
        supplier_id=inspection.supplier_id,
        instance_id=form.instance_id,
        form_version=form.form_version,
        sha256=form.sha256,
        body=body.decode(errors="replace").replace("\0", ""),
        set_aside=aside,
        by=by,
        received_at=at,
    )
    after = {"form": row.pk, "set_aside": len(aside)}
    record("inspection.form_received", inspection, by=by, at=at, after=after, secret_of=inspection.secret_of)
    return row


def _visit(
    inspection: Inspection, form: Submission, aside: list[dict[str, str]], *, by: Person, at: datetime
) -> None:
    """What is said of the visit as a whole: taken where nobody said it yet, else set aside."""
    said = {"workers_present": form.workers_present, "summary": form.summary}
    now = Inspection.objects.get(pk=inspection.pk)
    for name, value in said.items():
        there = getattr(now, name)
        if value in (None, "") or value == there:
            continue
        if there not in (None, ""):
            aside.append({"where": name, "why": _("Something else was said before.")})
            continue
        _tried(
            lambda name=name, value=value: visits.change_visit(
                inspection_id=inspection.pk, by=by, at=at, **{name: value}
            ),
            name,
            aside,
        )


def _put(
    put: Callable[..., Any],
    inspection: Inspection,
    entry: Entry,
    aside: list[dict[str, str]],
    *,
    noted_at: datetime,
    by: Person,
    at: datetime,
) -> None:
    _tried(
        lambda: put(
            inspection_id=inspection.pk, record_id=entry.id, noted_at=noted_at, by=by, at=at, **entry.fields
        ),
        entry.where,
        aside,
    )


def _must_be_sent_again(error: DomainError) -> bool:
    """Whether the phone must keep the photo: nothing is wrong with it."""
    return isinstance(error, CannotMove) or (isinstance(error, CannotTake) and error.code == "no_scanner")


def _tried(
    work: Callable[[], object],
    where: str,
    aside: list[dict[str, str]],
    *,
    unless: Callable[[DomainError], bool] = lambda error: False,
) -> None:
    """Set aside what is refused, with the reason; `unless` says which refusals are for the whole."""
    try:
        with atomic():
            work()
    except DomainError as error:
        if unless(error):
            raise
        aside.append({"where": where, "why": str(error)})


def _photos(
    row: FieldSubmission, form: Submission, files: Mapping[str, SentFile], *, by: Person, at: datetime
) -> set[str]:
    """Keep those of the form that came now; returns their names. A photo that is refused is set aside and not asked for again."""
    found = {name for name in files if name not in row.files}
    kept = set(Finding.objects.filter(inspection=row.inspection_id).values_list("pk", flat=True))
    for photo in form.photos:
        if photo.file_name not in found or Evidence.objects.filter(pk=photo.id).exists():
            continue
        finding_id = photo.finding_id if photo.finding_id in kept else None
        work = _keeping(row, photo, files[photo.file_name], finding_id, form.started_at or at, by, at)
        _tried(work, photo.file_name, row.set_aside, unless=_must_be_sent_again)
    return found & {photo.file_name for photo in form.photos}


def _keeping(
    row: FieldSubmission,
    photo: Photo,
    file: SentFile,
    finding_id: UUID | None,
    noted_at: datetime,
    by: Person,
    at: datetime,
) -> Callable[[], object]:
    def keep() -> object:
        taken = take_in(
            chunks=file.chunks(),
            name=photo.file_name,
            by=by,
            at=at,
            circle_id=row.inspection_id,
            secret_of=row.inspection.secret_of,
        )
        return evidence.add_taken(
            inspection_id=row.inspection_id,
            taken=taken,
            evidence_id=photo.id,
            finding_id=finding_id,
            caption=photo.caption[:300],
            noted_at=noted_at,
            by=by,
            at=at,
        )

    return keep
