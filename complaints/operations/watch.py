"""The watch over those who complained. From the first act that an employer can see they are asked whether anybody makes them pay for it.

    watch.employer_can_see(complaint, Act.VISIT, at=at, by=person)  # in the operation of the act, by somebody inside

Nothing ends it: not withdrawal, nor merging, nor closing. What she answers on her page, by telephone or by text message is one act here:
`tell_fine` and `tell_worse` in her scope, `key_in` by somebody inside who spoke with her.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.enums import Act, Channel, CheckInAnswer, Harm
from complaints.models import CheckIn, Complainant, Complaint, Joined, WorkerKey
from complaints.operations import access, check_ins, joining, retaliation, thread
from complaints.operations.complainants import everybody
from complaints.operations.states import NotInvolved, involved, locked
from programs.queries import today
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic, case_scope

WORDS = 6_000  # characters


class CannotAnswer(DomainError):
    """There is nothing to answer, or nothing was said."""


@atomic
def employer_can_see(complaint: Complaint, act: Act, *, at: datetime, by: Person) -> list[CheckIn]:
    """The employer can see something of a complaint from now on: everybody who complained is asked on the days of the watch.

    Those of complaints that were merged into it as well; what is returned are the questions of its own. Called inside the operation of the act, by somebody inside the complaint; the same act again on one day changes nothing. `at` is
    timezone-aware. Raises Complaint.DoesNotExist and NotInvolved.
    """
    came = Joined.objects.filter(other=complaint).values("other_complainant")  # asked in their own
    people = list(Complainant.objects.filter(complaint=locked(complaint.pk)).exclude(pk__in=came))
    if not people:  # whoever sees none is not inside, and would begin no watch without a word
        raise NotInvolved(_("Only somebody with a part in this complaint begins the watch over it."))
    made = [row for one in people for row in check_ins.begin(one, Act(act), at=at, by=by)]
    if made:
        record("watch.begun", complaint, by=by, at=at, after={"act": Act(act)})
    for merged_id in joining.merged_into(complaint):
        with case_scope(merged_id):  # the work is one, the circles are not
            for her in everybody():
                with case_scope(merged_id, her):
                    check_ins.begin(Complainant.objects.get(pk=her), Act(act), at=at, by=None)
    return made


@atomic
def tell_fine(*, key: WorkerKey, channel: Channel, at: datetime) -> int:
    """She says that nothing bad happened: what was to be asked by today is answered. Returns how many; 0 where nothing was. In her scope."""
    return _fine(key.complaint_id, key.complainant_id, channel, entered_by=None, at=at)


@atomic
def tell_worse(*, key: WorkerKey, harms: Iterable[Harm], words: str, channel: Channel, at: datetime) -> UUID:
    """She says that she is treated worse, asked or not: the complaint that follows, by its id. In her scope.

    Raises CannotAnswer where she said nothing, and SecretInText.
    """
    thread.refuse_secret(key, words)
    for own in access.joined_from(key.complainant_id):  # there are her name and how to reach her
        with own.scope:
            return _worse(
                own.case_id, own.complainant_id, harms, words, channel=channel, entered_by=None, at=at
            )
    return _worse(key.complaint_id, key.complainant_id, harms, words, channel=channel, entered_by=None, at=at)


@atomic
def key_in(
    *,
    complaint_id: UUID,
    complainant_id: UUID,
    answer: CheckInAnswer,
    harms: Iterable[Harm],
    words: str,
    channel: Channel,
    by: Person,
    at: datetime,
) -> UUID | None:
    """What she answered to somebody inside, by telephone or face to face; or that she could not be reached this time.

    Harm opens the complaint that follows, whose id is returned. Raises Complaint.DoesNotExist, NotInvolved, Complainant.DoesNotExist and
    CannotAnswer.
    """
    complaint = locked(complaint_id)
    involved(complaint, by)
    who = Complainant.objects.get(pk=complainant_id, complaint=complaint)
    if answer == CheckInAnswer.NOT_REACHED:
        _tried(who, by=by, at=at)
        return None
    with case_scope(complaint.pk, who.pk):
        if answer == CheckInAnswer.HARM:
            return _worse(complaint.pk, who.pk, harms, words, channel=channel, entered_by=by, at=at)
        if not _fine(complaint.pk, who.pk, channel, entered_by=by, at=at):
            raise CannotAnswer(_("Nothing is to be asked yet. What she says on its day counts."))
    return None


def _tried(who: Complainant, *, by: Person, at: datetime) -> None:
    """Somebody tried and did not reach her: the question stays."""
    rows = _waiting(who.pk, at)
    if not rows:
        raise CannotAnswer(_("Nothing is to be asked yet."))
    CheckIn.objects.filter(pk__in=[row.pk for row in rows]).update(asked_at=at, asked_by=by)
    record("watch.tried", ("complaints.complaint", who.complaint_id), by=by, at=at)


def _fine(
    complaint_id: UUID, complainant_id: UUID, channel: Channel, *, entered_by: Person | None, at: datetime
) -> int:
    locked(complaint_id)
    rows = _waiting(complainant_id, at)
    for row in rows:
        _settle(row, CheckInAnswer.FINE, channel, entered_by=entered_by, at=at)
    if rows:
        record("watch.fine", ("complaints.complaint", complaint_id), by=entered_by, at=at)
    return len(rows)


def _worse(
    complaint_id: UUID,
    complainant_id: UUID,
    harms: Iterable[Harm],
    words: str,
    *,
    channel: Channel,
    entered_by: Person | None,
    at: datetime,
) -> UUID:
    text = retaliation.told(harms, words[:WORDS])
    if not text:
        raise CannotAnswer(_("Say what they do: one mark is enough."))
    complaint = locked(complaint_id)
    linked_id = retaliation.still_open(complainant_id)
    if linked_id is not None:
        retaliation.add_to(linked_id, text, entered_by=entered_by, at=at)
    else:
        who = Complainant.objects.get(pk=complainant_id)
        linked_id = retaliation.open_linked(
            complaint, who, text, channel=channel, entered_by=entered_by, at=at
        )
    rows = _waiting(complainant_id, at) or [_unasked(complaint_id, complainant_id, at)]
    for row in rows:
        row.linked_id = linked_id
        _settle(row, CheckInAnswer.HARM, channel, entered_by=entered_by, at=at)
    record("watch.harm", ("complaints.complaint", complaint_id), by=entered_by, at=at)
    return linked_id


def _waiting(complainant_id: UUID, at: datetime) -> list[CheckIn]:
    """What she is to be asked by today and has not answered."""
    rows = CheckIn.objects.filter(
        complainant_id=complainant_id, answer=CheckInAnswer.OPEN, due_on__lte=today(at)
    )
    return list(rows)


def _unasked(complaint_id: UUID, complainant_id: UUID, at: datetime) -> CheckIn:
    """She spoke before she was asked."""
    day = today(at)
    return CheckIn(
        complaint_id=complaint_id,
        complainant_id=complainant_id,
        act=Act.UNASKED,
        acted_on=day,
        days=0,
        due_on=day,
    )


def _settle(
    row: CheckIn, answer: CheckInAnswer, channel: Channel, *, entered_by: Person | None, at: datetime
) -> None:
    row.answer, row.answered_at, row.channel, row.entered_by = answer, at, channel, entered_by
    if row.act == Act.UNASKED:
        row.save(force_insert=True)
        return
    row.save(update_fields=["answer", "answered_at", "channel", "entered_by", "linked"])
    check_ins.stop_clock(row, at=at, by=entered_by)
