"""Who goes: asked, accepted with a declaration of independence, declined, barred by a tie, taken off again."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from audits.enums import AssignmentState, InspectionState, TeamRole, Tie
from audits.models import Bar, Declaration, Inspection, TeamMember
from audits.operations.handing_over import hand_over
from audits.operations.states import explained, locked
from wsr.accounts.grants import AUDIENCE_OF, GRANTS, Permission, Role
from wsr.accounts.models import Membership, Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_people
from wsr.tenancy import Audience, atomic, circles
from wsr.tenancy.models import OPEN

ASKABLE = (InspectionState.PLANNED, InspectionState.IN_PROGRESS, InspectionState.RETURNED)
ON_IT = (AssignmentState.ASKED, AssignmentState.ACCEPTED)
INSPECTORS = [role for role in Role if Permission.INSPECTION_RECORD in GRANTS[role]]


class CannotAsk(DomainError):
    """This person cannot join the team."""


class CannotAnswer(DomainError):
    """The assignment was answered, or is no more."""


class CannotEnd(DomainError):
    """The bar cannot be ended like this."""


@atomic
def ask(*, inspection_id: UUID, person_id: UUID, role: TeamRole, by: Person, at: datetime) -> TeamMember:
    """Ask somebody to join the team; she is in the circle from now on and is told where to read.

    Raises Inspection.DoesNotExist and CannotAsk.
    """
    inspection = locked(inspection_id)
    role = TeamRole(role)
    if inspection.state not in ASKABLE:
        raise CannotAsk(_("The visit is over or cancelled; nobody joins its team any more."))
    person = _inspector(person_id, role)
    if Bar.objects.filter(person=person, supplier=inspection.supplier_id, ended_at=None).exists():
        raise CannotAsk(_("%(name)s has a tie to this supplier and cannot inspect it.") % {"name": person})
    member = TeamMember.objects.filter(inspection=inspection, person=person).first()
    if member is not None and not member.may_become(AssignmentState.ASKED):
        raise CannotAsk(_("%(name)s was asked before.") % {"name": person})
    circles.admit(inspection.pk, person.pk)
    asked = {"role": role, "name": str(person), "asked_at": at, "answered_at": None, "reason": ""}
    if member is None:
        member = TeamMember.objects.create(
            secret_of=inspection.secret_of,
            inspection=inspection,
            supplier_id=inspection.supplier_id,
            person=person,
            **asked,
        )
    else:
        for name, value in {"state": AssignmentState.ASKED, **asked}.items():
            setattr(member, name, value)
        member.save(update_fields=["state", *asked])
    _record("inspection.asked", inspection, person, by=by, at=at, role=role)
    _tell(inspection, "inspection_asked", [person.pk], at=at)
    return member


@atomic
def accept(
    *, inspection_id: UUID, ties: Iterable[Tie], statement: str, by: Person, at: datetime
) -> TeamMember:
    """Join the team and declare one's independence from the supplier. With any tie: barred from it, at once and from now on.

    Who is barred is told nothing more of this supplier's inspections, past ones included, and the database shows her none.
    Raises Inspection.DoesNotExist and CannotAnswer.
    """
    inspection = locked(inspection_id)
    member = _asked(inspection, by)
    found = [Tie(tie) for tie in dict.fromkeys(ties)]
    Declaration.objects.create(
        secret_of=inspection.secret_of,
        inspection=inspection,
        supplier_id=inspection.supplier_id,
        person=by,
        ties=found,
        statement=statement.strip(),
        declared_at=at,
    )
    if found:
        _bar(inspection, found, statement.strip(), by=by, at=at)
        member.state = AssignmentState.BARRED
        return member
    _answer(member, AssignmentState.ACCEPTED, at=at)
    _record("inspection.accepted", inspection, by, by=by, at=at, role=member.role)
    _tell_in_charge(inspection, by, at=at)
    return member


@atomic
def decline(*, inspection_id: UUID, reason: str, by: Person, at: datetime) -> TeamMember:
    """Say no. Who planned it is told. She reads nothing of the inspection from now on, unless she planned it.

    Raises Inspection.DoesNotExist and CannotAnswer.
    """
    inspection = locked(inspection_id)
    member = _asked(inspection, by)
    _answer(member, AssignmentState.DECLINED, reason=reason.strip(), at=at)
    _record("inspection.declined", inspection, by, by=by, at=at, reason=reason.strip())
    _tell_in_charge(inspection, by, at=at)
    _let_go(inspection, by.pk, at=at)
    return member


@atomic
def remove(*, inspection_id: UUID, person_id: UUID, reason: str, by: Person, at: datetime) -> TeamMember:
    """Take somebody off the team, with the reason. What she wrote stays.

    Raises Inspection.DoesNotExist, TeamMember.DoesNotExist, CannotAnswer and DomainError.
    """
    inspection = locked(inspection_id)
    reason = explained(reason, _("Say why she is taken off the team."))
    member = TeamMember.objects.select_for_update(of=("self",)).get(
        inspection=inspection, person_id=person_id
    )
    if not member.may_become(AssignmentState.REMOVED):
        raise CannotAnswer(_("This person is not on the team any more."))
    _answer(member, AssignmentState.REMOVED, reason=reason, at=at)
    _record("inspection.removed", inspection, member.person, by=by, at=at, reason=reason)
    _tell(inspection, "inspection_removed", [person_id], at=at)
    _let_go(inspection, person_id, at=at)
    return member


@atomic
def replace(*, member_id: UUID, person_id: UUID, by: Person, at: datetime) -> TeamMember:
    """Somebody else takes a place on a team: who is on it already takes the role, anybody else is asked and declares her independence first.

    Raises TeamMember.DoesNotExist, CannotAsk and CannotAnswer.
    """
    leaving = TeamMember.objects.select_related("person").get(pk=member_id)
    inspection = locked(leaving.inspection_id)
    member = TeamMember.objects.filter(inspection=inspection, person=person_id, state__in=ON_IT).first()
    if member is None:
        member = ask(inspection_id=inspection.pk, person_id=person_id, role=leaving.role, by=by, at=at)
    elif leaving.role != TeamRole.AUDITOR:
        before, person = member.role, _inspector(person_id, TeamRole(leaving.role))
        member.role = leaving.role
        member.save(update_fields=["role"])
        _record("inspection.role_taken", inspection, person, by=by, at=at, role=member.role, before=before)
    reason = _("Handed over to %(name)s.") % {"name": member.name}
    remove(inspection_id=inspection.pk, person_id=leaving.person_id, reason=reason, by=by, at=at)
    return member


@atomic
def end_bar(*, bar_id: UUID, reason: str, by: Person, at: datetime) -> Bar:
    """The tie is no more. Somebody else says so, with the reason. Teams she was barred from stay without her.

    Raises Bar.DoesNotExist, CannotEnd and DomainError.
    """
    bar = Bar.objects.select_for_update(of=("self",)).get(pk=bar_id)
    reason = explained(reason, _("Say why the tie is no longer in the way."))
    if bar.ended_at is not None:
        raise CannotEnd(_("This bar has ended already."))
    if bar.person_id == by.pk:
        raise CannotEnd(_("Somebody else must decide that your tie is no longer in the way."))
    bar.ended_at = at
    bar.save(update_fields=["ended_at"])
    before = {"person": bar.person_id, "tie": bar.tie}
    record("bar.ended", bar, by=by, at=at, before=before, reason=reason, secret_of=bar.secret_of)
    return bar


def planner_leaves(inspection: Inspection, person_id: UUID, *, to: UUID, at: datetime) -> None:
    """Another has planned it from now on: she is told where only a circle knows, and who has no place on the team leaves the circle."""
    if inspection.secret_of != OPEN:
        _tell(inspection, "inspection_handed_over", [to], at=at)
    if not TeamMember.objects.filter(inspection=inspection, person=person_id, state__in=ON_IT).exists():
        _let_go(inspection, person_id, at=at)


def tell_team(inspection: Inspection, kind: str, *, at: datetime, but: Person | None = None) -> None:
    """Tell everyone on the team and who planned it, except who acts."""
    members = TeamMember.objects.filter(inspection=inspection, state__in=ON_IT)
    people = {*_planner(inspection), *members.values_list("person_id", flat=True)}
    _tell(inspection, kind, sorted(people - {but.pk} if but else people), at=at)


def _inspector(person_id: UUID, role: TeamRole) -> Person:
    """A present member of the program who may inspect; in charge only one of its staff."""
    roles = [one for one in INSPECTORS if role != TeamRole.IN_CHARGE or AUDIENCE_OF[one] == Audience.STAFF]
    place = (
        Membership.objects.active()
        .filter(person_id=person_id, role__in=roles)
        .select_related("person")
        .first()
    )
    if place is None:
        raise CannotAsk(
            _("Choose one of the program's staff who inspects.")
            if role == TeamRole.IN_CHARGE
            else _("Choose somebody who inspects for this program.")
        )
    return place.person


def _asked(inspection: Inspection, person: Person) -> TeamMember:
    """Her open assignment, locked."""
    member = (
        TeamMember.objects.select_for_update(of=("self",))
        .filter(inspection=inspection, person=person)
        .first()
    )
    if member is None or member.state != AssignmentState.ASKED:
        raise CannotAnswer(_("There is no open assignment for you here."))
    if inspection.state not in ASKABLE:
        raise CannotAnswer(_("The visit is over or cancelled; nobody joins its team any more."))
    return member


def _answer(member: TeamMember, to: AssignmentState, *, at: datetime, reason: str = "") -> None:
    """The only place that writes an answer."""
    member.state, member.answered_at, member.reason = to, at, reason
    member.save(update_fields=["state", "answered_at", "reason"])


def _bar(inspection: Inspection, ties: list[Tie], note: str, *, by: Person, at: datetime) -> None:
    """Off every team of this supplier that is still at work, then the bars, then out of all its circles: after that she writes nothing.

    What she did at visits that are over stays as it was.
    """
    places = list(
        TeamMember.objects.filter(person=by, supplier=inspection.supplier_id)
        .select_related("inspection")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    for place in places:
        if place.inspection.state in ASKABLE and place.may_become(AssignmentState.BARRED):
            _answer(place, AssignmentState.BARRED, at=at)
            _record("inspection.barred", place.inspection, by, by=by, at=at, ties=ties)
            _tell_in_charge(place.inspection, by, at=at)
    known = Inspection.objects.filter(supplier=inspection.supplier_id).exclude(secret_of=OPEN)
    out_of = {place.inspection_id for place in places} | set(known.values_list("pk", flat=True))
    for tie in ties:
        Bar.objects.create(
            secret_of=inspection.secret_of,
            person=by,
            supplier_id=inspection.supplier_id,
            inspection=inspection,
            tie=tie,
            note=note,
            begun_at=at,
        )
    for circle in sorted(out_of):
        hand_over(person_id=by.pk, inspection_id=circle, at=at)
        circles.dismiss(circle, by.pk)


def _let_go(inspection: Inspection, person_id: UUID, *, at: datetime) -> None:
    """Out of the circle: the last thing that is done, for who acts may be the one who goes. Who planned it stays."""
    if person_id != inspection.planned_by_id:
        hand_over(person_id=person_id, inspection_id=inspection.pk, at=at)
        circles.dismiss(inspection.pk, person_id)


def _record(
    event: str,
    inspection: Inspection,
    person: Person,
    *,
    by: Person,
    at: datetime,
    reason: str = "",
    **after: object,
) -> None:
    said = {"person": person.pk, **after}
    record(event, inspection, by=by, at=at, after=said, reason=reason, secret_of=inspection.secret_of)


def _tell_in_charge(inspection: Inspection, by: Person, *, at: datetime) -> None:
    """Who planned it and who is in charge learn that somebody has answered."""
    leading = TeamMember.objects.filter(inspection=inspection, role=TeamRole.IN_CHARGE, state__in=ON_IT)
    people = {*_planner(inspection), *leading.values_list("person_id", flat=True)} - {by.pk}
    _tell(inspection, "inspection_answered", sorted(people), at=at, mark=f"{by.pk}:")


def _planner(inspection: Inspection) -> set[UUID]:
    """Who planned it, unless a tie bars her now."""
    planner = inspection.planned_by_id
    tied = Bar.objects.filter(person=planner, supplier=inspection.supplier_id, ended_at=None)
    return set() if tied.exists() else {planner}


def _tell(inspection: Inspection, kind: str, people: Iterable[UUID], *, at: datetime, mark: str = "") -> None:
    """`mark` tells apart what several people do at the same moment. Of what everybody may know webhooks hear, also where no person does."""
    found = list(people)
    if found or inspection.secret_of == OPEN:
        who = str(found[0]) if len(found) == 1 else "team"
        tell_people(
            kind=kind,
            key=f"{kind}:{inspection.pk}:{mark}{who}:{at:%Y%m%d%H%M%S%f}",
            people=found,
            at=at,
            context={"inspection": str(inspection.pk)},
            secret_of=inspection.secret_of,
        )
