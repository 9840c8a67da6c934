"""Visits that somebody leads, goes on or has planned, reports that wait for a review, corrective actions that she sees to.

Who looks finds those that she may know of: an unannounced visit of others is neither listed nor counted. The database hands such a visit on
by itself when the last who plans it leaves (`operations/handing_over.py`).
"""

from collections.abc import Iterator
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.enums import ActionState, InspectionState, RequestState, TeamRole
from audits.inbox.visits import own
from audits.models import ActionStep, Bar, CorrectiveAction, Inspection, TeamMember, VisitRequest
from audits.operations import planning, teams
from audits.operations import requests as asking
from audits.operations.actions.keeping import is_tied
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.deadlines.queries import zone_of_program
from wsr.handover.kinds import MOST, Item, Kind, Leaving
from wsr.handover.operations import CannotHold, keep
from wsr.handover.queries import seen_to

_UNDER_WAY = (InspectionState.PLANNED, InspectionState.IN_PROGRESS, InspectionState.RETURNED)
_PERMISSION_OF = {
    ActionState.PROPOSED: Permission.ACTION_CHANGE,
    ActionState.REPORTED: Permission.ACTION_VERIFY,
}


def places(leaving: Leaving) -> Iterator[Item]:
    """Her places on the teams of visits that are not over; in charge and leading first."""
    rows = TeamMember.objects.filter(
        person_id__in=leaving.people, state__in=teams.ON_IT, inspection__state__in=_UNDER_WAY
    ).select_related("inspection")
    zone = zone_of_program()
    order = [TeamRole.IN_CHARGE, TeamRole.LEAD, TeamRole.AUDITOR]
    found = list(rows.order_by("inspection__starts_on", "pk")[:MOST])
    for member in sorted(found, key=lambda one: order.index(TeamRole(one.role))):
        yield _visit(
            leaving, member.inspection, member.person_id, member.get_role_display(), zone, subject=member
        )


def plans(leaving: Leaving) -> Iterator[Item]:
    """Visits that she planned: whose team answers to her."""
    rows = Inspection.objects.filter(planned_by_id__in=leaving.people, state__in=_UNDER_WAY)
    zone = zone_of_program()
    for visit in rows.order_by("starts_on", "pk")[:MOST]:
        yield _visit(leaving, visit, visit.planned_by_id, _("She planned it."), zone, subject=visit)


def requests(leaving: Leaving) -> Iterator[Item]:
    """Visits that others asked for and that she sees to."""
    rows = VisitRequest.objects.filter(state=RequestState.TAKEN, answered_by_id__in=leaving.people)
    planned = Inspection.objects.filter(workplace=OuterRef("workplace"), planned_at__gte=OuterRef("asked_at"))
    for asked in rows.filter(~Exists(planned)).select_related("workplace").order_by("asked_at", "pk")[:MOST]:
        yield Item(
            subject=("audits.visitrequest", asked.pk),
            title=_("Visit asked for: %(place)s") % {"place": asked.workplace.name},
            url=reverse("audits:visit_request", args=[leaving.program_slug, asked.pk]),
            holder_id=asked.answered_by_id,
            secret_of=asked.secret_of,
        )


def take_request(item: Item, *, to: Person, by: Person, at: datetime) -> None:
    """Another sees to it."""
    asking.hand_on(request_id=item.subject[1], person_id=to.pk, by=by, at=at)


def _visit(
    leaving: Leaving,
    visit: Inspection,
    holder_id: UUID,
    why: str,
    zone: ZoneInfo,
    *,
    subject: TeamMember | Inspection,
) -> Item:
    said = {"kind": visit.get_kind_display(), "place": visit.workplace_name}
    return Item(
        subject=(subject._meta.label_lower, subject.pk),
        title=_("%(kind)s inspection of %(place)s") % said,
        url=reverse("audits:inspection", args=[leaving.program_slug, visit.pk]),
        holder_id=holder_id,
        why=str(why),
        due_at=datetime.combine(visit.starts_on, time(6), tzinfo=zone),
        secret_of=visit.secret_of,
    )


def take_place(item: Item, *, to: Person, by: Person, at: datetime) -> None:
    """Another is asked to come in her place and declares her independence first; who is on the team already takes the role."""
    teams.replace(member_id=item.subject[1], person_id=to.pk, by=by, at=at)


def take_plan(item: Item, *, to: Person, by: Person, at: datetime) -> None:
    """The team answers to another."""
    planning.hand_plan(inspection_id=item.subject[1], person_id=to.pk, by=by, at=at)


def reviews(leaving: Leaving) -> Iterator[Item]:
    """Submitted visits that wait for their review, and reports that are with the supplier."""
    rows = Inspection.objects.filter(state__in=(InspectionState.SUBMITTED, InspectionState.WITH_SUPPLIER))
    seen = seen_to(leaving, rows, Permission.INSPECTION_REVIEW)
    for visit in seen.rows.order_by("submitted_at", "pk")[:MOST]:
        said = {"kind": visit.get_kind_display(), "place": visit.workplace_name}
        yield seen.item(
            visit,
            _("%(kind)s inspection of %(place)s") % said,
            reverse("audits:review", args=[leaving.program_slug, visit.pk]),
            why=str(visit.get_state_display()),
            secret_of=visit.secret_of,
        )


def review(item: Item, *, to: Person, by: Person, at: datetime) -> None:
    """Somebody without a tie to the supplier."""
    _refuse_barred(Inspection.objects.get(pk=item.subject[1]).supplier_id, to)
    keep(item, to=to, by=by, at=at)


def actions(leaving: Leaving) -> Iterator[Item]:
    """Corrective actions to be agreed with the supplier, and those to be verified."""
    for state, permission in _PERMISSION_OF.items():
        seen = seen_to(leaving, CorrectiveAction.objects.filter(state=state), permission)
        for action in seen.rows.order_by("number")[:MOST]:
            yield seen.item(
                action,
                f"{action.number}. {action.title}",
                reverse("audits:action", args=[leaving.program_slug, action.pk]),
                why=str(action.get_state_display()),
                permission=permission,
            )


def see_to(item: Item, *, to: Person, by: Person, at: datetime) -> None:
    """Somebody without a tie to the supplier, who did not report it as fixed herself."""
    action = CorrectiveAction.objects.get(pk=item.subject[1])
    _refuse_barred(action.supplier_id, to)
    said = ActionStep.objects.filter(action=action, by=to, state=ActionState.REPORTED)
    if action.state == ActionState.REPORTED and (action.reported_by_id == to.pk or said.exists()):
        raise CannotHold(_("%(name)s reported it as fixed; somebody else must verify it.") % {"name": to})
    keep(item, to=to, by=by, at=at)


def _refuse_barred(supplier_id: UUID, to: Person) -> None:
    barred = Bar.objects.filter(person=to, supplier=supplier_id, ended_at=None)
    if barred.exists() or is_tied(supplier_id, to.pk):
        raise CannotHold(_("%(name)s has a tie to this supplier.") % {"name": to})


HANDOVER = [
    Kind(
        "audits.places",
        gettext_lazy("Places on the teams of inspections"),
        Permission.INSPECTION_RECORD,
        places,
        take_place,
    ),
    Kind(
        "audits.plans",
        gettext_lazy("Inspections that somebody planned"),
        Permission.INSPECTION_PLAN,
        plans,
        take_plan,
    ),
    Kind(
        "audits.requests",
        gettext_lazy("Visits that others asked for"),
        Permission.INSPECTION_PLAN,
        requests,
        take_request,
    ),
    Kind("audits.reviews", gettext_lazy("Reports to review"), Permission.INSPECTION_REVIEW, reviews, review),
    Kind("audits.actions", gettext_lazy("Corrective actions"), Permission.ACTION_VERIFY, actions, see_to),
]
APART = ("audits.inspection", "audits.correctiveaction", "audits.milestone")
STANDS_IN = [own]
