"""What the team notes at a visit: answers, interviews, findings. Sent once or ten times, from one device or two, it stands once.

Each record has an id, made by the device or by the database, and a version. The same content under the same id is a duplicate and changes
nothing, however often it comes and whatever version it names. Other content wants the version it was made from; else it is refused
with the row as it stands (`Stale`). `noted_at` is kept as the device said it, `received_at` is the server's time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils.translation import gettext as _

from audits.models import Finding, Inspection, Interview, Question, Response
from audits.operations import bulk
from audits.operations.states import CannotMove, Stale, explained, locked, on_team
from audits.queries.findings import earlier_finding_ids
from programs.models import Provision, Severity
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic

EARLIEST, LATEST = (
    datetime(1999, 12, 31, tzinfo=UTC),
    datetime(2100, 1, 2, tzinfo=UTC),
)  # of any clock of a device: this century, in any time zone
APPLIED, DUPLICATE, STALE, REFUSED = "applied", "duplicate", "stale", "refused"
FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    Response: ("provision_id", "question_id", "answer", "note"),
    Interview: ("workers", "place", "language", "held_on", "note"),
    Finding: (
        "provision_id",
        "severity_id",
        "title",
        "description",
        "remedy",
        "workers_affected",
        "repeat_of_id",
    ),
}
_TEXTS = frozenset({"note", "title", "description", "remedy"})  # history names them and does not repeat them


class Invalid(DomainError):
    """The record cannot stand like this. `field`: which part of it."""

    def __init__(self, field: str, message: str) -> None:
        """`message`: a sentence for the person who typed it."""
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Put:
    """What became of a record that was sent.

    `outcome`: applied, duplicate; in bulk also stale (`row`: as it stands) and refused (`error` says why).
    """

    row: Any
    outcome: str
    error: DomainError | None = None


@atomic
def put_response(
    *,
    inspection_id: UUID,
    record_id: UUID | None,
    noted_at: datetime,
    by: Person,
    at: datetime,
    if_version: int | None = None,
    **fields: Any,
) -> Put:
    """The answer to a provision, or to a question about it: `provision_id`, `question_id`, `answer`, `note`.

    There is one answer to each: under another id it counts as a change of the one that stands.
    Raises Inspection.DoesNotExist, NotOnTeam, CannotMove, Invalid and Stale.
    """
    return _put_one(Response, inspection_id, _item(record_id, noted_at, if_version, fields), by=by, at=at)


@atomic
def put_interview(
    *,
    inspection_id: UUID,
    record_id: UUID | None,
    noted_at: datetime,
    by: Person,
    at: datetime,
    if_version: int | None = None,
    **fields: Any,
) -> Put:
    """Workers interviewed, counted and never named: `workers`, `place`, `language`, `held_on`, `note`.

    Raises Inspection.DoesNotExist, NotOnTeam, CannotMove, Invalid and Stale.
    """
    return _put_one(Interview, inspection_id, _item(record_id, noted_at, if_version, fields), by=by, at=at)


@atomic
def put_finding(
    *,
    inspection_id: UUID,
    record_id: UUID | None,
    noted_at: datetime,
    by: Person,
    at: datetime,
    if_version: int | None = None,
    **fields: Any,
) -> Put:
    """A breach that was found: `provision_id`, `severity_id` (the provision's unless given), `title`, `description`, `remedy`,
    `workers_affected`, `repeat_of_id` (an earlier finding at the same workplace).

    Raises Inspection.DoesNotExist, NotOnTeam, CannotMove, Invalid and Stale.
    """
    return _put_one(Finding, inspection_id, _item(record_id, noted_at, if_version, fields), by=by, at=at)


@atomic
def put_findings(
    *, inspection_id: UUID, items: Iterable[Mapping[str, Any]], by: Person, at: datetime
) -> list[Put]:
    """Many findings at once: each item has `record_id`, `noted_at`, perhaps `if_version`, and the fields of `put_finding`.

    One that cannot stand is refused alone; the others are kept. The results are in the order of the items.
    Raises Inspection.DoesNotExist, NotOnTeam and CannotMove.
    """
    return _put(Finding, inspection_id, items, by=by, at=at)


@atomic
def put_responses(
    *, inspection_id: UUID, items: Iterable[Mapping[str, Any]], by: Person, at: datetime
) -> list[Put]:
    """Many answers at once, with the fields of `put_response`; else as `put_findings`."""
    return _put(Response, inspection_id, items, by=by, at=at)


@atomic
def put_interviews(
    *, inspection_id: UUID, items: Iterable[Mapping[str, Any]], by: Person, at: datetime
) -> list[Put]:
    """Many interviews at once, with the fields of `put_interview`; else as `put_findings`."""
    return _put(Interview, inspection_id, items, by=by, at=at)


@atomic
def withdraw_finding(
    *, finding_id: UUID, reason: str, by: Person, at: datetime, if_version: int | None = None
) -> Finding:
    """The finding was a mistake. It stays, marked as withdrawn with the reason, and counts no more.

    Raises Finding.DoesNotExist, NotOnTeam, CannotMove, Stale and DomainError.
    """
    inspection_id = Finding.objects.values_list("inspection_id", flat=True).get(pk=finding_id)
    inspection = _under_way(inspection_id, by)
    finding = Finding.objects.get(pk=finding_id)
    reason = explained(reason, _("Say why the finding is withdrawn."))
    if finding.withdrawn_at is not None:
        return finding
    if if_version is not None and finding.version != if_version:
        raise Stale(finding)
    finding.withdrawn_at, finding.withdrawn_reason = at, reason
    finding.by, finding.updated_at, finding.version = by, at, finding.version + 1
    finding.save(update_fields=["withdrawn_at", "withdrawn_reason", "by", "updated_at", "version"])
    _record("finding.withdrawn", inspection, finding, by=by, at=at, reason=reason)
    return finding


# ── One way for all ──────────────────────────────────────────────────────────────────────────────


def _item(
    record_id: UUID | None, noted_at: datetime, if_version: int | None, fields: Mapping[str, Any]
) -> dict[str, Any]:
    return {"record_id": record_id, "noted_at": noted_at, "if_version": if_version, **fields}


def _put_one(
    model: type[models.Model], inspection_id: UUID, item: Mapping[str, Any], *, by: Person, at: datetime
) -> Put:
    put = _put(model, inspection_id, [item], by=by, at=at)[0]
    if put.error is not None:
        raise put.error
    return put


def _put(
    model: type[models.Model],
    inspection_id: UUID,
    items: Iterable[Mapping[str, Any]],
    *,
    by: Person,
    at: datetime,
) -> list[Put]:
    """Look at each item beside what stands, then write the new ones in one statement. The inspection is locked: nobody else writes."""
    inspection = _under_way(inspection_id, by)
    wanted = [dict(item) for item in items]
    context = _Context(model, inspection, wanted, by, at)
    results: list[Put] = []
    for item in wanted:
        try:
            results.append(_place(context, item))
        except Stale as error:
            results.append(Put(error.current, STALE, error))
        except DomainError as error:
            results.append(Put(None, REFUSED, error))
    _insert(context)
    return results


class _Context:
    """What stands already and what the items may point to, read once for all of them."""

    def __init__(
        self,
        model: type[models.Model],
        inspection: Inspection,
        items: list[dict[str, Any]],
        by: Person,
        at: datetime,
    ) -> None:
        self.model, self.inspection, self.by, self.at = model, inspection, by, at
        self.new: list[models.Model] = []
        known = {
            "program_id": inspection.program_id,
            "secret_of": inspection.secret_of,
            "inspection_id": inspection.pk,
            "supplier_id": inspection.supplier_id,
            "by_id": by.pk,
            "received_at": at,
            "updated_at": at,
        }
        columns = model._meta.concrete_fields
        self.blank = {field.attname: field.get_default() for field in columns} | known
        self.plain = [
            field
            for field in model._meta.concrete_fields
            if field.attname in FIELDS[model] and not field.is_relation
        ]
        ids = [item["record_id"] for item in items if item.get("record_id")]
        self.known: dict[UUID, Any] = {row.pk: row for row in model._default_manager.filter(pk__in=ids)}
        self.provisions: dict[UUID, UUID | None] = {}
        self.severities: set[UUID] = set()
        self.questions: dict[UUID, UUID] = {}
        self.answers: dict[tuple[UUID, UUID | None], Any] = {}
        self.earlier: set[UUID] = set()
        if model is Interview:
            return
        rows = Provision.objects.filter(code=inspection.code_id)
        self.provisions = dict(rows.values_list("pk", "severity_id"))
        if model is Finding:
            if any(item.get("severity_id") for item in items):
                self.severities = set(Severity.objects.values_list("pk", flat=True))
            if wanted := {item["repeat_of_id"] for item in items if item.get("repeat_of_id")}:
                self.earlier = earlier_finding_ids(inspection, wanted)
        else:
            self.questions = dict(
                Question.objects.filter(code=inspection.code_id).values_list("pk", "provision_id")
            )
            standing = [self.known.get(row.pk, row) for row in Response.objects.filter(inspection=inspection)]
            self.answers = {(row.provision_id, row.question_id): row for row in standing}


def _place(context: _Context, item: dict[str, Any]) -> Put:
    """One item: new, a change, or nothing new. Raises Stale and DomainError."""
    record_id = item.pop("record_id", None)
    noted_at, if_version = item.pop("noted_at"), item.pop("if_version", None)
    if not EARLIEST <= noted_at <= LATEST:
        raise Invalid("noted_at", _("The clock of the device is far off. Set it, and send this again."))
    if unknown := set(item) - set(FIELDS[context.model]):
        raise TypeError(f"No part of a record: {', '.join(sorted(unknown))}")
    row = context.known.get(record_id)
    if row is None and context.model is Response:
        row = context.answers.get((item.get("provision_id"), item.get("question_id")))
    if row is None:
        if if_version is not None:
            raise Invalid("if_version", _("There is no such record to change; send it without a version."))
        return Put(_create(context, record_id, noted_at, item), APPLIED)
    if row.inspection_id != context.inspection.pk:
        raise Invalid("id", _("This id belongs to another record. Make a new one."))
    changed = {name: value for name, value in item.items() if getattr(row, name) != value}
    if not changed:
        return Put(row, DUPLICATE)
    if if_version is None or if_version != row.version:
        raise Stale(row)
    if getattr(row, "withdrawn_at", None):
        raise CannotMove(_("This finding was withdrawn. Note a new one."))
    _change(context, row, changed, noted_at)
    return Put(row, APPLIED)


def _create(
    context: _Context, record_id: UUID | None, noted_at: datetime, fields: dict[str, Any]
) -> models.Model:
    said = {**context.blank, "noted_at": noted_at, **fields}
    if record_id:
        said["id"] = record_id
    row = context.model(*said.values())  # in the order of the columns: twice as quick as by name
    if isinstance(row, Finding) and row.severity_id is None:
        row.severity_id = context.provisions.get(row.provision_id)
    _check(context, row)
    context.new.append(row)
    if record_id:
        context.known[record_id] = row
    if isinstance(row, Response):
        context.answers[row.provision_id, row.question_id] = row
    return row


def _change(context: _Context, row: Any, changed: dict[str, Any], noted_at: datetime) -> None:
    said = {name: getattr(row, name) for name in changed if name not in _TEXTS}
    before = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    try:
        _check(context, row)
    except (
        DomainError
    ):  # what was refused must not be written with the others, nor be what the next item is compared with
        for name, value in before.items():
            setattr(row, name, value)
        raise
    if row in context.new:
        return  # named twice in one bulk: still to be written
    row.by, row.noted_at, row.updated_at, row.version = context.by, noted_at, context.at, row.version + 1
    row.save(update_fields=[*changed, "by", "noted_at", "updated_at", "version"])
    now = {name: getattr(row, name) for name in said}
    _record(
        f"{row._meta.model_name}.changed",
        context.inspection,
        row,
        by=context.by,
        at=context.at,
        before=said,
        after={**now, "changed": sorted(changed), "version": row.version},
    )


def _insert(context: _Context) -> None:
    """All new rows in one statement, and one line of history for them."""
    if not context.new:
        return
    try:
        with atomic():
            bulk.insert(context.new)
    except IntegrityError as error:
        raise Invalid("id", _("One of these ids belongs to another record. Make a new one.")) from error
    name = context.model._meta.model_name
    record(
        f"{name}.noted",
        context.inspection,
        by=context.by,
        at=context.at,
        after={"ids": [row.pk for row in context.new]},
        secret_of=context.inspection.secret_of,
    )


def _check(context: _Context, row: Any) -> None:
    """Raises Invalid, with the field and a sentence."""
    for field in context.plain:
        try:
            field.clean(getattr(row, field.attname), row)
        except ValidationError as error:
            raise Invalid(field.name, " ".join(error.messages)) from error
    if isinstance(row, Interview):
        if row.workers < 1:
            raise Invalid("workers", _("Enter how many workers were interviewed, at least one."))
        return
    if row.provision_id not in context.provisions:
        raise Invalid("provision", _("Choose a provision of the version of the code that is inspected."))
    if isinstance(row, Response):
        if context.answers.get((row.provision_id, row.question_id), row) is not row:
            raise Invalid("provision", _("This is answered already. Change that answer."))
        if row.question_id and context.questions.get(row.question_id) != row.provision_id:
            raise Invalid("question", _("Choose a question of the checklist about this provision."))
        return
    if (
        row.severity_id
        and row.severity_id not in context.severities
        and row.severity_id != context.provisions[row.provision_id]
    ):
        raise Invalid("severity", _("Choose one of the program's severities."))
    if row.repeat_of_id and row.repeat_of_id not in context.earlier:
        raise Invalid("repeat_of", _("Choose an earlier finding at the same workplace."))


def _under_way(inspection_id: UUID, by: Person) -> Inspection:
    inspection = locked(inspection_id)
    on_team(inspection, by)
    if not inspection.is_writable:
        raise CannotMove(
            _("The visit is not under way. Record the arrival first; what was submitted is sealed.")
        )
    return inspection


def _record(
    event: str,
    inspection: Inspection,
    row: models.Model,
    *,
    by: Person,
    at: datetime,
    reason: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """By id alone: the words of a finding are no words of history."""
    subject = (row._meta.label_lower, row.pk)
    record(
        event,
        subject,
        by=by,
        at=at,
        before=before,
        after=after,
        reason=reason,
        secret_of=inspection.secret_of,
    )
