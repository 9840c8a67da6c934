"""What people do with the registry: publish, override a gate, correct, redact, hold back, merge."""

from datetime import date, datetime
from uuid import UUID

from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.jobs import operations as jobs
from wsr.jobs.models import Job
from wsr.registry import gates, names
from wsr.registry.enums import REDACTION_REASONS, Reason, Wish
from wsr.registry.models import Identity, Instruction, Override, Publication
from wsr.registry.publishing import check_gates
from wsr.said import gettext as _
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program

JOB = "registry.publish"
REPORT_JOB = "registry.report"


class CannotInstruct(DomainError):
    """What was asked of the next publication makes no sense. The sentence says why."""


@atomic
def start_publication(*, by: Person | None, at: datetime, everything: bool = False) -> Job:
    """Start publishing in the background; `by`: None where a rule of the program does it. Raises GateClosed, and CannotInstruct while a publication runs."""
    check_gates(gates.states(current_program_id()))
    Program.objects.select_for_update(no_key=True).get(
        pk=current_program_id()
    )  # two presses at once: one waits
    if Job.objects.open().filter(kind=JOB).exists():
        raise CannotInstruct(_("A publication is running already. Wait until it is done."))
    return jobs.start(
        kind=JOB, title=_("Publish the registry"), by=by, at=at, params={"everything": everything}
    )


@atomic
def start_report(*, title: str, starts_on: date, ends_on: date, by: Person, at: datetime) -> Job:
    """Start making the report of a stretch of days in the background. Raises CannotInstruct."""
    if not Publication.objects.filter(published_at__date__lte=ends_on).exists():
        raise CannotInstruct(_("Nothing was published by the last day of this report. Choose a later one."))
    check_title(title)
    params = {"title": title, "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
    return jobs.start(kind=REPORT_JOB, title=_("Make a report"), by=by, at=at, params=params)


def check_title(title: str) -> None:
    """Raise CannotInstruct where the title of a report has the name of somebody who is redacted."""
    if names.gone([]).reason_in(title):
        raise CannotInstruct(_("Leave out the name of who was redacted: everyone will read the title."))


@atomic
def override_gate(*, gate: str, reason: str, by: Person, at: datetime) -> Override:
    """Let the program publish although an essential is not met. The reason is public. Raises CannotInstruct."""
    Program.objects.select_for_update(no_key=True).get(pk=current_program_id())
    known = {state.key: state for state in gates.states(current_program_id())}
    reason = reason.strip()
    if gate not in known or known[gate].is_open:
        raise CannotInstruct(_("There is nothing to override here: it is met, or overridden already."))
    if len(reason) < 20:
        raise CannotInstruct(_("Write a full sentence; everyone will read it on the program's public page."))
    if names.gone([]).reason_in(reason):
        raise CannotInstruct(_("Leave out the name of who was redacted: everyone will read the reason."))
    override = Override.objects.create(gate=gate, reason=reason, decided_by=by, decided_at=at)
    record("registry.gate_overridden", override, by=by, at=at, after={"gate": gate}, reason=reason)
    return override


@atomic
def end_override(*, gate: str, by: Person, at: datetime) -> None:
    """Take an override back. Raises Override.DoesNotExist."""
    override = Override.objects.select_for_update(of=("self",)).get(gate=gate, ended_at=None)
    override.ended_at = at
    override.save(update_fields=["ended_at"])
    record("registry.override_ended", override, by=by, at=at, before={"gate": gate})


@atomic
def instruct(
    *,
    kind: str,
    subject_id: UUID,
    wish: Wish,
    note: str,
    by: Person,
    at: datetime,
    reason_code: str = "",
    until: datetime | None = None,
) -> Instruction:
    """Ask something of the next publication for one subject. Raises CannotInstruct.

    A correction's `note` is published beside the corrected version. A redaction needs a public reason code; an embargo holds
    a record back until a time, or until another embargo with a time replaces it.
    """
    if not note.strip():
        raise CannotInstruct(_("Say why."))
    if wish == Wish.REDACTION and reason_code not in {reason.value for reason in REDACTION_REASONS}:
        raise CannotInstruct(_("Choose the reason that the tombstone will show."))
    if wish == Wish.EMBARGO and until is not None and until <= at:
        raise CannotInstruct(_("An embargo ends in the future."))
    # two people at once: one waits, and is told
    Program.objects.select_for_update(no_key=True).get(pk=current_program_id())
    _check_subject(kind, subject_id, wish, note)
    instruction = Instruction.objects.create(
        kind=kind,
        subject_id=subject_id,
        wish=wish,
        reason_code=reason_code,
        note=note.strip(),
        until=until,
        asked_by=by,
        asked_at=at,
    )
    after = {
        "kind": kind,
        "subject": subject_id,
        "wish": str(wish),
        "reason_code": reason_code,
        "until": until,
    }
    record(f"registry.{wish}_asked", instruction, by=by, at=at, after=after, reason=instruction.note)
    return instruction


def _check_subject(kind: str, subject_id: UUID, wish: Wish, note: str) -> None:
    """Whether this may still be asked for this subject."""
    identity = Identity.objects.filter(kind=kind, subject_id=subject_id).first()
    if wish in {Wish.REDACTION, Wish.CORRECTION} and identity is None:
        raise CannotInstruct(_("This was never published, so there is nothing to correct or to remove."))
    if identity and identity.is_redacted:
        raise CannotInstruct(_("This record was redacted. That is final."))
    waiting = Instruction.objects.filter(kind=kind, subject_id=subject_id, done_in=None)
    if waiting.filter(wish=Wish.REDACTION).exists():
        raise CannotInstruct(_("Its redaction was asked for already; it is done with the next publication."))
    if wish == Wish.REDACTION and _says_name(identity, note):
        raise CannotInstruct(_("Leave the name out of the reason: the reason stays when the name is gone."))


def _says_name(identity: Identity, note: str) -> bool:
    """Whether a reason says a name of the one who is to be redacted."""
    asked = Instruction(
        kind=identity.kind,
        subject_id=identity.subject_id,
        wish=Wish.REDACTION,
        reason_code=Reason.PRIVACY,
    )
    return bool(names.gone([asked]).reason_in(note))


@atomic
def redact(
    *,
    subjects: list[tuple[str, UUID]],
    reason_code: str,
    note: str,
    by: Person,
    at: datetime,
) -> list[Instruction]:
    """Ask for the redaction of several records, (kind, id) each, for one reason. All or none. Raises CannotInstruct."""
    return [
        instruct(
            kind=kind,
            subject_id=subject_id,
            wish=Wish.REDACTION,
            note=note,
            reason_code=reason_code,
            by=by,
            at=at,
        )
        for kind, subject_id in subjects
    ]


@atomic
def merge(
    *, kind: str, duplicate_id: UUID, into_id: UUID, by: Person, at: datetime, reason: str = ""
) -> None:
    """Let the public id of a duplicate lead to the record that stays, from the next publication on. Raises CannotInstruct."""
    identities = {
        i.subject_id: i
        for i in Identity.objects.select_for_update().filter(
            kind=kind, subject_id__in=[duplicate_id, into_id]
        )
    }
    if duplicate_id == into_id:
        raise CannotInstruct(_("A record cannot be merged into itself. Give the number of the other one."))
    if len(identities) < 2:
        raise CannotInstruct(_("Both records must have been published before one can lead to the other."))
    if any(identity.is_redacted for identity in identities.values()):
        raise CannotInstruct(_("One of the two was redacted. That is final."))
    if identities[duplicate_id].merged_into:
        raise CannotInstruct(_("This record was merged into another one already."))
    if identities[into_id].merged_into:
        raise CannotInstruct(_("The record that should stay was merged into another one itself."))
    duplicate = identities[duplicate_id]
    duplicate.merged_into = identities[into_id].public_id
    duplicate.save(update_fields=["merged_into"])
    after = {"number": duplicate.public_id, "merged_into": duplicate.merged_into}
    record("registry.merged", duplicate, by=by, at=at, after=after, reason=reason.strip())
