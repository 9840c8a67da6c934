"""Two complaints about one thing: linked, each with its own work, or merged, so that one of them carries the work of both.

Nothing is merged by itself. What was said in a merged complaint stays with its own circle and under its own key. Its worker goes on reading her
own words, and complains in the other one as well (`Joined`): she is asked there what she thinks of the outcome, and may appeal.
"""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import connections
from django.utils.translation import gettext as _

from complaints.enums import ComplaintState, FiledBy, Recipient, Said
from complaints.models import Complainant, Complaint, Consent, Joined, Link, WorkerKey
from complaints.operations.complainants import MOST, Who, enrol
from complaints.operations.states import (
    ACKNOWLEDGED,
    CLOSED,
    CannotMove,
    check_version,
    involved,
    locked,
    move,
    save,
    stays,
)
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic, case_scope, current_alias

TAKES_OTHERS = (
    ComplaintState.RECEIVED,
    ComplaintState.ACCEPTED,
    ComplaintState.INVESTIGATING,
    ComplaintState.RESOLVING,
)

TAKEN_APART = {"joined_from__ended_at__isnull": False}  # complainants who came by a merger that has ended


class CannotJoin(DomainError):
    """These two complaints cannot be linked or merged."""


@atomic
def merge(
    *, complaint_id: UUID, into_id: UUID, by: Person, at: datetime, if_version: int | None = None
) -> Complaint:
    """From now on the work on a complaint is done in another one that the person has a part in as well. Its own clocks end.

    Raises Complaint.DoesNotExist, also for one she is walled off from, NotInvolved, Stale, CannotMove and CannotJoin.
    """
    complaint, into = _both(complaint_id, into_id)
    check_version(complaint, if_version)
    stays(complaint, by)
    stays(into, by)
    if into.state not in TAKES_OTHERS:
        raise CannotJoin(
            _("A complaint that is “%(state)s” takes up no other one.") % {"state": into.get_state_display()}
        )
    if not complaint.may_become(ComplaintState.MERGED):
        raise CannotMove(
            _("A complaint that is “%(state)s” is not merged any more.")
            % {"state": complaint.get_state_display()}
        )
    if merged_into(complaint):
        raise CannotJoin(_("Other complaints are merged into this one. Merge that one into this instead."))
    move(complaint, ComplaintState.MERGED, by=by, at=at, merged_into=into)
    for kind in (ACKNOWLEDGED, CLOSED):
        clocks.cancel(kind=kind, subject=complaint, reason=_("Merged with another complaint."), at=at, by=by)
    save(into, at=at)
    record("complaint.took_up", into, by=by, at=at)
    _take_along(complaint, into, at=at)
    return complaint


@atomic
def take_apart(*, complaint_id: UUID, by: Person, at: datetime, if_version: int | None = None) -> Complaint:
    """It was merged by mistake: to be triaged by itself again. Raises Complaint.DoesNotExist, NotInvolved, Stale and CannotMove."""
    complaint = locked(complaint_id)
    check_version(complaint, if_version)
    stays(complaint, by)
    if complaint.state != ComplaintState.MERGED:
        raise CannotMove(_("This complaint is not merged with another one."))
    move(complaint, ComplaintState.RECEIVED, by=by, at=at, event="complaint.taken_apart", merged_into=None)
    _leave(complaint, at=at)
    clocks.start(kind=ACKNOWLEDGED, subject=complaint, started_at=at, at=at, by=by)
    return complaint


@atomic
def link(*, complaint_id: UUID, other_id: UUID, by: Person, at: datetime) -> Link:
    """Note that two complaints are about the same event or place. Linked already: that link.

    Raises Complaint.DoesNotExist, also for one she is walled off from, NotInvolved and CannotJoin.
    """
    complaint, other = _both(complaint_id, other_id)
    involved(complaint, by)
    first, second = sorted((complaint, other), key=lambda row: row.pk)
    made, is_new = Link.objects.get_or_create(
        first=first, second=second, ended_at=None, defaults={"by": by, "at": at}
    )
    if is_new:
        for row in (complaint, other):
            record("complaint.linked", row, by=by, at=at)
    return made


@atomic
def end_link(*, link_id: UUID, complaint_id: UUID, by: Person, at: datetime) -> Link:
    """They have nothing to do with each other. Raises Complaint.DoesNotExist, NotInvolved, Link.DoesNotExist and CannotJoin."""
    complaint = locked(complaint_id)
    involved(complaint, by)
    row = Link.objects.select_for_update(of=("self",)).get(pk=link_id)
    if complaint.pk not in (row.first_id, row.second_id) or row.ended_at is not None:
        raise CannotJoin(_("This link has ended."))
    row.ended_at, row.ended_by = at, by
    row.save(update_fields=["ended_at", "ended_by"])
    record("complaint.link_ended", complaint, by=by, at=at)
    return row


def merged_into(complaint: Complaint) -> list[UUID]:
    """Ids of what was merged into a complaint, for somebody inside it, whether she is inside them or not."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT complaints_merged_into(%s)", [complaint.pk])
        return [found for (found,) in cursor.fetchall()]


def _take_along(complaint: Complaint, into: Complaint, *, at: datetime) -> None:
    """Whoever complains in the merged one complains in the other as well, with what she allows: asked about its outcome, free to appeal."""
    people = list(Complainant.objects.filter(complaint=complaint, withdrawn_at=None))
    if Complainant.objects.filter(complaint=into).count() + len(people) > MOST:
        raise CannotJoin(_("So many complain there already that this one is easier to work on by itself."))
    for her in people:
        given = Consent.objects.filter(complainant=her, withdrawn_at=None).values_list("recipient", "said")
        allows = [(Recipient(recipient), Said(said)) for recipient, said in given]
        there = uuid4()
        with case_scope(into.pk, there):
            who = Who(filed_by=FiledBy(her.filed_by), consents=allows, has_slip=False)
            enrol(into, [who], ids=[there], by=None, at=at)
            WorkerKey.objects.create(complaint_id=into.pk, complainant_id=there, hash="", made_at=at)
        Joined.objects.create(
            complaint=complaint, complainant=her, other=into, other_complainant_id=there, at=at
        )


def _leave(complaint: Complaint, *, at: datetime) -> None:
    """They complain in the other one no more."""
    for row in Joined.objects.filter(complaint=complaint, ended_at=None):
        with case_scope(row.other_id, row.other_complainant_id):
            hers = {"complainant_id": row.other_complainant_id}
            WorkerKey.objects.filter(**hers, ended_at=None).update(ended_at=at)
            Consent.objects.filter(**hers, withdrawn_at=None).update(withdrawn_at=at)
            Complainant.objects.filter(pk=row.other_complainant_id, withdrawn_at=None).update(withdrawn_at=at)
            record("complaint.left_by_one", ("complaints.complaint", row.other_id), by=None, at=at)
        row.ended_at = at
        row.save(update_fields=["ended_at"])


def _both(complaint_id: UUID, other_id: UUID) -> tuple[Complaint, Complaint]:
    """Both complaints, locked in the order of their ids, so that two people who merge crosswise wait for each other in turn."""
    if complaint_id == other_id:
        raise CannotJoin(_("This is the complaint itself. Choose another one."))
    rows = {key: locked(key) for key in sorted((complaint_id, other_id))}
    return rows[complaint_id], rows[other_id]
