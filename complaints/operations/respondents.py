"""The persons a complaint is about: sealed with the case, found again by a keyed digest, for those who handle it.

Nothing of them is ever public or counted: they stand in no statistic, and a summary that has one of their names is refused (`giveaways`, which compares with
every sealed name of the case). Who has the same name as a person named may not take part; who is walled off from the employer is from the complaint.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.models import Complaint, Respondent, Wall
from complaints.operations import giveaways
from complaints.operations.states import involved, locked
from programs.models import Participation
from programs.queries import rule_value, today
from wsr.accounts.models import Membership, Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic
from wsr.vault import index
from wsr.vault import operations as vault
from wsr.vault.envelope import Place

KIND = "respondent"
RULE = "complaints.about_person"
TABLE, COLUMN = "complaints_respondent", "name"
MOST = 20  # persons whom one complaint is about


class CannotName(DomainError):
    """The person cannot be named in this complaint."""


def may_be_named(at: datetime) -> bool:
    """Whether the program takes complaints about a person."""
    return rule_value(RULE, on=today(at)) is True


def named_by_worker(complaint: Complaint, names: Iterable[str], *, at: datetime) -> None:
    """Whom she says it is about, as she wrote it. In her scope, at intake; a program that takes no such complaint keeps it as her words alone."""
    said = [name.strip() for name in names if name.strip()][:MOST]
    if said and may_be_named(at):
        for name in said:
            _keep(complaint, name, None, by=None, at=at)


@atomic
def add(*, complaint_id: UUID, name: str, employer_id: UUID | None, by: Person, at: datetime) -> Respondent:
    """Say whom a complaint is about, and for whom that person works. A colleague of that name is walled off from it.

    Raises Complaint.DoesNotExist, Participation.DoesNotExist, NotInvolved and CannotName.
    """
    complaint = locked(complaint_id)
    involved(complaint, by)
    if not may_be_named(at):
        raise CannotName(_("This program takes no complaints about a person. Its rules say so."))
    if not name.strip():
        raise CannotName(_("Write the name, or what the person is called."))
    if index.name_key(name) == index.name_key(by.name):
        raise CannotName(_("It has your own name. Give the complaint to somebody else."))
    if Respondent.objects.filter(complaint=complaint, ended_at=None).count() >= MOST:
        raise CannotName(_("So many persons are named already that a new complaint is easier to work on."))
    employer = Participation.objects.get(pk=employer_id) if employer_id else None
    row = _keep(complaint, name.strip(), employer, by=by, at=at)
    record("complaint.respondent_named", complaint, by=by, at=at)
    wall_named(complaint, by=by, at=at)
    return row


@atomic
def take_out(*, respondent_id: UUID, reason: str, by: Person, at: datetime) -> Respondent:
    """It was not this person. Name and digest go, the row stays. Raises Respondent.DoesNotExist, NotInvolved, CannotName and GivesAway."""
    row = Respondent.objects.select_related("complaint").get(pk=respondent_id)
    complaint = locked(row.complaint_id)
    involved(complaint, by)
    row.refresh_from_db(fields=["ended_at"])
    if row.ended_at:
        raise CannotName(_("This person was taken out already."))
    if not reason.strip():
        raise CannotName(_("Say why, without facts of the case."))
    giveaways.check_reason(reason, complaint)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    vault.clear(complaint.pk, [_place(row.pk)])
    index.put(complaint.pk, KIND, names(complaint).values())
    record("complaint.respondent_taken_out", complaint, by=by, at=at, reason=reason.strip())
    return row


def names(complaint: Complaint) -> dict[UUID, str]:
    """{id: name} of the persons named. For those inside the complaint, or in the scope of its worker."""
    ids = Respondent.objects.filter(complaint=complaint, ended_at=None).values_list("pk", flat=True)
    places = {_place(pk): pk for pk in ids}
    said = vault.unseal_many(complaint.pk, places) if places else {}
    return {places[place]: text for place, text in said.items() if text}


def check_not_named(complaint: Complaint, by: Person) -> None:
    """Whoever has the name of a person it is about finds no such complaint; called when she has come in, before it is committed.

    Raises Complaint.DoesNotExist.
    """
    if index.name_key(by.name) in {index.name_key(name) for name in names(complaint).values()}:
        raise Complaint.DoesNotExist


def wall_named(complaint: Complaint, *, by: Person, at: datetime) -> None:
    """Wall off every member of the program who has the name of a person it is about. The caller is inside."""
    said = {index.name_key(name) for name in names(complaint).values()}
    if not said:
        return
    members = Membership.objects.filter(ended_at=None).exclude(person=by).select_related("person")
    people = {one.person_id: one.person for one in members if index.name_key(one.person.name) in said}
    known = Wall.objects.filter(complaint=complaint, ended_at=None).values_list("person_id", flat=True)
    for person_id in sorted(set(people) - set(known)):
        wall = Wall.objects.create(
            person=people[person_id],
            complaint=complaint,
            reason=_("A conflict with this complaint."),
            begun_at=at,
            begun_by=by,
        )
        record("complaint.walled_off", wall, by=by, at=at, after={"person": person_id})


def _keep(
    complaint: Complaint, name: str, employer: Participation | None, *, by: Person | None, at: datetime
) -> Respondent:
    row = Respondent.objects.create(
        program_id=complaint.program_id, complaint=complaint, employer=employer, added_at=at, added_by=by
    )
    vault.seal(complaint.pk, TABLE, COLUMN, row.pk, name, reader=vault.EVERY_WORKER)
    index.add(complaint.pk, KIND, [name])
    return row


def _place(respondent_id: UUID) -> Place:
    return Place(TABLE, COLUMN, respondent_id)
