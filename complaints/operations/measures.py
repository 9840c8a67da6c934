"""A corrective action born from a complaint: its words are looked at first, and in the room of inspections nothing tells where it comes from."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from audits.operations import actions
from complaints.enums import Act, AssignmentState, MeasureState, Part
from complaints.models import Assignment, Complaint, Measure
from complaints.operations import giveaways, watch
from complaints.operations.states import NotInvolved, involved, locked
from programs.queries import today
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_people
from wsr.tenancy import atomic
from wsr.vault.envelope import Place
from wsr.vault.operations import EVERY_WORKER, seal_many, unseal_many

COLUMNS = ("title", "action")


class CannotSend(DomainError):
    """This corrective action cannot be sent."""


class NeedsAnother(DomainError):
    """A second person must send it as it is."""


@atomic
def write(
    *,
    complaint_id: UUID,
    title: str,
    action: str,
    provision_id: UUID | None,
    severity_id: UUID | None,
    by: Person,
    at: datetime,
    measure_id: UUID | None = None,
) -> Measure:
    """Word a corrective action, or word one that is held back anew. It is sent at once where nothing in it points to anybody.

    Otherwise it is held back, and everybody else inside is told that a second person is needed. Raises Complaint.DoesNotExist, NotInvolved,
    Measure.DoesNotExist, CannotSend, and what `audits.operations.actions.propose` raises.
    """
    complaint = locked(complaint_id)
    _stays(complaint, by)
    if not title.strip():
        raise CannotSend(_("Say in a sentence what is wrong."))
    if complaint.workplace_id is None:
        raise CannotSend(_("Decide on the workplace first: accept the complaint."))
    measure = _held(complaint, measure_id) if measure_id else Measure(complaint=complaint, written_at=at)
    measure.provision_id, measure.severity_id, measure.written_by = provision_id, severity_id, by
    measure.was_held = bool(giveaways.found_in(f"{title}\n{action}", complaint))
    if measure._state.adding:
        measure.save(force_insert=True)
    else:
        measure.save(update_fields=["provision", "severity", "written_by", "was_held"])
    words = dict(zip(COLUMNS, (title.strip(), action.strip()), strict=True))
    texts = {_place(measure.pk, column): text for column, text in words.items()}
    seal_many(
        complaint.pk, texts, reader=EVERY_WORKER
    )  # her page says what the employer was asked to put right
    if measure.was_held:
        record("measure.held", ("complaints.complaint", complaint.pk), by=by, at=at)
        _tell_others(complaint, measure, by, at)
        return measure
    return _send(complaint, measure, words, by=by, at=at)


@atomic
def send_as_it_is(*, measure_id: UUID, by: Person, at: datetime) -> Measure:
    """Send words that were held back: what was found in them points to nobody. By another person than who wrote them.

    Raises Measure.DoesNotExist, NotInvolved, CannotSend and NeedsAnother.
    """
    complaint = locked(Measure.objects.values_list("complaint_id", flat=True).get(pk=measure_id))
    _stays(complaint, by)
    measure = _held(complaint, measure_id)
    if measure.written_by_id == by.pk:
        raise NeedsAnother(_("You wrote it; a second person must send it as it is. Or change the words."))
    return _send(complaint, measure, words_of(measure), by=by, at=at)


@atomic
def drop(*, measure_id: UUID, by: Person, at: datetime) -> Measure:
    """It will not be sent. Raises Measure.DoesNotExist, NotInvolved and CannotSend."""
    complaint = locked(Measure.objects.values_list("complaint_id", flat=True).get(pk=measure_id))
    _stays(complaint, by)
    measure = _held(complaint, measure_id)
    measure.state = MeasureState.DROPPED
    measure.save(update_fields=["state"])
    record("measure.dropped", ("complaints.complaint", complaint.pk), by=by, at=at)
    return measure


def words_of(measure: Measure) -> dict[str, str]:
    """{column: text} of what was written, opened. For the circle of the complaint."""
    texts = unseal_many(measure.complaint_id, [_place(measure.pk, column) for column in COLUMNS])
    return {column: texts[_place(measure.pk, column)] or "" for column in COLUMNS}


def _send(
    complaint: Complaint, measure: Measure, words: dict[str, str], *, by: Person, at: datetime
) -> Measure:
    made = actions.propose(
        workplace_id=complaint.workplace_id,
        provision_id=measure.provision_id,
        severity_id=measure.severity_id,
        by=by,
        at=at,
        **words,
    )
    measure.state, measure.action_id, measure.sent_by, measure.sent_on = (
        MeasureState.SENT,
        made.pk,
        by,
        today(at),
    )
    measure.save(update_fields=["state", "action_id", "sent_by", "sent_on"])
    record("measure.sent", ("complaints.complaint", complaint.pk), by=by, at=at)
    watch.employer_can_see(complaint, Act.ACTION, at=at, by=by)
    return measure


def _stays(complaint: Complaint, by: Person) -> None:
    """Raises NotInvolved where she has no part, or only one of an emergency."""
    if all(part.part == Part.EMERGENCY for part in involved(complaint, by)):
        raise NotInvolved(_("Only somebody with a part that stays sends something to an employer."))


def _held(complaint: Complaint, measure_id: UUID) -> Measure:
    measure = Measure.objects.select_for_update(of=("self",)).get(pk=measure_id, complaint=complaint)
    if measure.state != MeasureState.HELD:
        raise CannotSend(_("This was sent or dropped already."))
    return measure


def _tell_others(complaint: Complaint, measure: Measure, by: Person, at: datetime) -> None:
    inside = Assignment.objects.filter(complaint=complaint, state=AssignmentState.ACCEPTED)
    people = list(
        inside.exclude(part=Part.EMERGENCY).exclude(person=by).values_list("person_id", flat=True).distinct()
    )
    if people:
        tell_people(
            kind="measure_held",
            key=f"measure_held:{measure.pk}:{at.isoformat()}",
            people=people,
            at=at,
            context={"complaint": str(complaint.pk)},
            about=complaint.pk,
        )


def _place(measure_id: UUID, column: str) -> Place:
    return Place("complaints_measure", column, measure_id)
