"""The investigation of a complaint: who does it with whom, its plan, and the interviews.

What was said in interviews is sealed under a key of its own, whose circle is those who investigate (`INVESTIGATES`): the second pair of
eyes judges the outcome without it, and an emergency does not open it. The database keeps that circle by itself.
"""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import md5
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from complaints.enums import (
    INVESTIGATES,
    Act,
    AssignmentState,
    ComplaintState,
    Place,
    Recipient,
    Said,
    Way,
    With,
)
from complaints.models import (
    Assignment,
    Complainant,
    Complaint,
    Consent,
    Interview,
    Investigation,
    PlanStep,
)
from complaints.operations import watch
from complaints.operations.joining import TAKEN_APART
from complaints.operations.states import (
    CannotMove,
    NotInvolved,
    check_version,
    involved,
    locked,
    move,
    save,
)
from programs.queries import today
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_people
from wsr.tenancy import atomic
from wsr.vault import operations as vault
from wsr.vault.models import CaseKey

MOST = 20_000  # characters of one text
# While something is still being found out or made good. The outcome itself changes only in the state before the review.
AT_WORK = (ComplaintState.INVESTIGATING, ComplaintState.RESOLVING, ComplaintState.APPEALED)


class CannotInvestigate(DomainError):
    """Something is missing, or it is not the time for it."""


@dataclass(frozen=True, repr=False)
class Notes:
    """An interview with what was said in it."""

    interview: Interview
    text: str


def notes_of(complaint_id: UUID) -> UUID:
    """Circle and key of what was said in the interviews of a complaint; `complaints_notes_of` in the database makes the same."""
    return UUID(md5(f"notes of {complaint_id}".encode(), usedforsecurity=False).hexdigest())


def investigating(complaint: Complaint, person: Person) -> None:
    """Refuse whoever does not investigate. Raises NotInvolved."""
    if not any(part.part in INVESTIGATES for part in involved(complaint, person)):
        raise NotInvolved(
            _("Only the handler, an investigator or whoever decides the appeal does this and reads it.")
        )


def all_consent(complaint_id: UUID) -> bool:
    """Whether everybody who complains lets the employer be told what happened. For the circle."""
    given = Consent.objects.filter(
        complaint_id=complaint_id, recipient=Recipient.EMPLOYER, said=Said.FACTS, withdrawn_at=None
    ).values("complainant_id")
    people = Complainant.objects.filter(complaint_id=complaint_id).exclude(**TAKEN_APART)
    return people.exists() and not people.exclude(pk__in=given).exists()


@atomic
def begin(
    *, complaint_id: UUID, way: Way, by: Person, at: datetime, if_version: int | None = None
) -> Investigation:
    """Begin to investigate what was accepted. Joint with the employer only where everybody who complains allows it to be told the facts.

    A complaint that was reopened goes on with the plan that it has. Raises Complaint.DoesNotExist, NotInvolved, Stale, CannotMove and
    CannotInvestigate and CaseErased.
    """
    complaint = locked(complaint_id)
    check_version(complaint, if_version)
    investigating(complaint, by)
    if complaint.state != ComplaintState.ACCEPTED:
        raise CannotMove(_("Only a complaint that was accepted begins to be investigated."))
    _check_way(complaint, way)
    if CaseKey.objects.filter(pk=complaint.pk, destroyed_at__isnull=False).exists():
        raise vault.CaseErased(_("This case was erased. Nothing more can be kept for it."))
    move(complaint, ComplaintState.INVESTIGATING, by=by, at=at)
    found, _created = Investigation.objects.update_or_create(
        complaint=complaint, defaults={"way": way, "begun_at": at, "begun_by": by}
    )
    vault.open_case(notes_of(complaint.pk))
    record("complaint.way_set", complaint, by=by, at=at, after={"way": way})
    if way == Way.JOINT:
        watch.employer_can_see(complaint, Act.CONTACT, at=at, by=by)
    return found


@atomic
def change_way(*, complaint_id: UUID, way: Way, by: Person, at: datetime) -> Investigation:
    """Go on alone, or together with the employer. Raises as `begin`, and Investigation.DoesNotExist."""
    complaint = _at_work(complaint_id, by)
    _check_way(complaint, way)
    found = Investigation.objects.get(complaint=complaint)
    before, found.way = found.way, way
    found.save(update_fields=["way"])
    save(complaint, at=at)
    record("complaint.way_set", complaint, by=by, at=at, before={"way": before}, after={"way": way})
    if way == Way.JOINT:
        watch.employer_can_see(complaint, Act.CONTACT, at=at, by=by)
    return found


@atomic
def plan(
    *, complaint_id: UUID, words: str, person_id: UUID, due_on: date, by: Person, at: datetime
) -> PlanStep:
    """Add a step that somebody who investigates does until a day; she is told that there is one.

    Raises Complaint.DoesNotExist, NotInvolved, CannotMove and CannotInvestigate.
    """
    complaint = _at_work(complaint_id, by)
    words = checked_text(words)
    if due_on < today(at):
        raise CannotInvestigate(_("Choose today or a day after it."))
    person = _colleague(complaint, person_id)
    last = PlanStep.objects.filter(complaint=complaint).aggregate(last=Max("ordinal"))["last"] or 0
    step = PlanStep.objects.create(
        complaint=complaint, ordinal=last + 1, person=person, due_on=due_on, planned_by=by, planned_at=at
    )
    vault.seal(complaint.pk, "complaints_planstep", "words", step.pk, words)
    save(complaint, at=at)
    record("complaint.step_planned", complaint, by=by, at=at, after={"step": step.pk})
    if person.pk != by.pk:
        tell_people(
            kind="complaint_step",
            key=f"complaint_step:{step.pk}",
            people=[person.pk],
            at=at,
            context={"complaint": str(complaint.pk)},
            about=complaint.pk,
        )
    return step


@atomic
def do(*, step_id: UUID, by: Person, at: datetime) -> PlanStep:
    """A step is done. Raises PlanStep.DoesNotExist, NotInvolved, CannotMove and CannotInvestigate."""
    complaint, step = _open_step(step_id, by)
    step.done_at, step.done_by = at, by
    step.save(update_fields=["done_at", "done_by"])
    save(complaint, at=at)
    record("complaint.step_done", complaint, by=by, at=at, after={"step": step.pk})
    return step


@atomic
def drop(*, step_id: UUID, by: Person, at: datetime) -> PlanStep:
    """A step is not needed after all; it stays on record. Raises as `do`."""
    complaint, step = _open_step(step_id, by)
    step.dropped_at = at
    step.save(update_fields=["dropped_at"])
    save(complaint, at=at)
    record("complaint.step_dropped", complaint, by=by, at=at, after={"step": step.pk})
    return step


@atomic
def note_interview(
    *,
    complaint_id: UUID,
    spoken_with: With,
    place: Place,
    held_on: date,
    notes: str,
    interviewer_id: UUID,
    by: Person,
    at: datetime,
) -> Interview:
    """Keep that somebody was spoken to, and what was said, for those who investigate. Raises as `plan`."""
    complaint = _at_work(complaint_id, by)
    notes = checked_text(notes)
    if held_on > today(at):
        raise CannotInvestigate(_("Write down what was said, once the interview was held."))
    interview = Interview.objects.create(
        complaint=complaint,
        spoken_with=spoken_with,
        place=place,
        by=_colleague(complaint, interviewer_id),
        held_on=held_on,
        noted_by=by,
        noted_at=at,
    )
    vault.seal(notes_of(complaint.pk), "complaints_interview", "notes", interview.pk, notes)
    save(complaint, at=at)
    record("complaint.interviewed", complaint, by=by, at=at, after={"interview": interview.pk})
    if place == Place.AT_WORK:
        watch.employer_can_see(complaint, Act.VISIT, at=at, by=by)
    elif spoken_with in (With.SUPERVISOR, With.MANAGEMENT):
        watch.employer_can_see(complaint, Act.CONTACT, at=at, by=by)
    return interview


@atomic
def read_notes(*, interview_id: UUID, by: Person, at: datetime) -> Notes:
    """What was said in an interview. Every reading stands in history. Raises Interview.DoesNotExist and NotInvolved."""
    interview = Interview.objects.select_related("complaint", "by", "noted_by").get(pk=interview_id)
    investigating(interview.complaint, by)
    text = vault.unseal(notes_of(interview.complaint_id), "complaints_interview", "notes", interview.pk)
    record("complaint.notes_read", interview.complaint, by=by, at=at, after={"interview": interview.pk})
    return Notes(interview, text or "")


def case_erased(*, case_id: UUID, by: Person | None, at: datetime, reason: str) -> None:
    """The case of a complaint is erased, and what was said in its interviews with it."""
    if CaseKey.objects.filter(pk=notes_of(case_id)).exists():
        vault.destroy(notes_of(case_id), by=by, at=at, reason=reason)


def checked_text(text: str) -> str:
    """A text that says something and is not too long. Raises CannotInvestigate."""
    if not text.strip():
        raise CannotInvestigate(_("Write something first."))
    if len(text) > MOST:
        raise CannotInvestigate(_("This text is too long; write it in parts."))
    return text.strip()


def _check_way(complaint: Complaint, way: Way) -> None:
    if way == Way.JOINT and not all_consent(complaint.pk):
        raise CannotInvestigate(
            _(
                "Not everybody who complains allows that the employer is told what happened: investigate alone, or ask her first."
            )
        )


def _at_work(complaint_id: UUID, by: Person) -> Complaint:
    """The complaint, locked, while it is investigated or made good, of somebody who investigates."""
    complaint = locked(complaint_id)
    investigating(complaint, by)
    if complaint.state not in AT_WORK:
        raise CannotMove(_("This complaint is not under investigation."))
    return complaint


def _open_step(step_id: UUID, by: Person) -> tuple[Complaint, PlanStep]:
    step = PlanStep.objects.get(pk=step_id)
    complaint = _at_work(step.complaint_id, by)
    step.refresh_from_db(fields=["done_at", "dropped_at"])
    if step.done_at or step.dropped_at:
        raise CannotInvestigate(_("This step is done, or was dropped."))
    return complaint, step


def _colleague(complaint: Complaint, person_id: UUID) -> Person:
    """Somebody who investigates it too. Raises CannotInvestigate."""
    part = (
        Assignment.objects.filter(
            complaint=complaint, person_id=person_id, state=AssignmentState.ACCEPTED, part__in=INVESTIGATES
        )
        .select_related("person")
        .first()
    )
    if part is None:
        raise CannotInvestigate(_("Ask her to take a part in the investigation first."))
    return part.person
