"""Taking in what a phone sends as a filled form. Sent again it changes nothing; what cannot be taken is set aside and said."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
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
from wsr.files.operations import Prepared, keep, prepared
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

    A form for a visit that is planned begins it. Photos are cleaned before the visit is locked, so that colleagues do not wait for
    them, and kept afterwards. Raises Malformed, Inspection.DoesNotExist, NotOnTeam, CannotMove, Altered and CannotTake where that
    passes (`retry_after`).
    """
    form = read(body)
    with ExitStack() as copies:
        photos = _cleaned(form, files, copies, by=by)
        inspection = locked(form.inspection_id)
        on_team(inspection, by)
        row = _before(form)
        is_new = row is None
        if row is None:
            row = _take(inspection, form, body, by=by, at=at)
        came = _photos(row, form, photos, by=by, at=at)
    if came:
        row.files = sorted({*row.files, *came})
        row.save(update_fields=["files", "set_aside"])
    missing = sorted({photo.file_name for photo in form.photos} - set(row.files))
    return Received(row, is_new, missing)


def _before(form: Submission) -> FieldSubmission | None:
    """The same form as it came before. Raises Altered."""
    row = FieldSubmission.objects.filter(
        inspection_id=form.inspection_id, instance_id=form.instance_id
    ).first()
    if row is not None and row.sha256 != form.sha256:
        raise Altered(
            _(
                "This form was received before with other answers. Fill in a new one, or change the answers in the program's pages."
            )
        )
    return row


def _cleaned(
    form: Submission, files: Mapping[str, SentFile], copies: ExitStack, *, by: Person
) -> dict[UUID, Prepared | DomainError]:
    """Copies of the photos that came now and are not there yet, or why one is refused. They are gone with `copies` unless kept."""
    on_team(Inspection.objects.get(pk=form.inspection_id), by)
    row = _before(form)
    wanted = files.keys() - set(row.files if row else ())
    found: dict[UUID, Prepared | DomainError] = {}
    for photo in form.photos:
        if photo.file_name not in wanted:
            continue
        made = prepared(chunks=files[photo.file_name].chunks(), name=photo.file_name)
        try:
            found[photo.id] = copies.enter_context(made)
        except DomainError as refusal:
            if refusal.retry_after:
                raise
            found[photo.id] = refusal
    return found


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
    row: FieldSubmission,
    form: Submission,
    photos: Mapping[UUID, Prepared | DomainError],
    *,
    by: Person,
    at: datetime,
) -> set[str]:
    """Keep those that came now; returns their names. A photo that is refused is set aside and not asked for again."""
    kept = set(Finding.objects.filter(inspection=row.inspection_id).values_list("pk", flat=True))
    came = [photo for photo in form.photos if photo.id in photos]
    for photo in came:
        if Evidence.objects.filter(pk=photo.id).exists():
            continue  # the same form, sent twice at the same moment
        finding_id = photo.finding_id if photo.finding_id in kept else None
        work = _keeping(row, photo, photos[photo.id], finding_id, form.started_at or at, by, at)
        _tried(work, photo.file_name, row.set_aside, unless=lambda error: isinstance(error, CannotMove))
    return {photo.file_name for photo in came}


def _keeping(
    row: FieldSubmission,
    photo: Photo,
    made: Prepared | DomainError,
    finding_id: UUID | None,
    noted_at: datetime,
    by: Person,
    at: datetime,
) -> Callable[[], object]:
    def work() -> object:
        if isinstance(made, DomainError):
            raise made
        return evidence.add_taken(
            inspection_id=row.inspection_id,
            taken=keep(made, by=by, at=at, circle_id=row.inspection_id, secret_of=row.inspection.secret_of),
            evidence_id=photo.id,
            finding_id=finding_id,
            caption=photo.caption[:300],
            noted_at=noted_at,
            by=by,
            at=at,
        )

    return work
