"""Asking the inspectors for a visit. What it is for stays with those in its circle, and nothing of it says whether a visit is planned."""

from datetime import date, datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audits.enums import RequestState
from audits.models import Bar, VisitRequest
from audits.operations.planning import fresh_id
from audits.operations.states import explained
from programs.models import Workplace
from programs.queries import today
from wsr.accounts.grants import GRANTS, Permission, Role
from wsr.accounts.models import Membership, Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_people
from wsr.reactions import react
from wsr.tenancy import atomic, circles

PLANNERS = [role for role in Role if Permission.INSPECTION_PLAN in GRANTS[role]]


class CannotAskForVisit(DomainError):
    """The visit cannot be asked for like this."""


class CannotAnswerRequest(DomainError):
    """Somebody has answered the request already."""


@atomic
def ask(*, workplace_id: UUID, words: str, wanted_by: date | None, by: Person, at: datetime) -> VisitRequest:
    """Ask everybody who plans inspections, and must not be kept from it (`visit.offered`), for a visit to a workplace.

    `words`: what to look at; the inspectors read it. `wanted_by`: the last good day, in the program's time zone. The same asked again
    while the first request is open changes nothing, other words are refused. Raises Workplace.DoesNotExist and CannotAskForVisit.
    """
    workplace = Workplace.objects.select_for_update(of=("self",)).get(pk=workplace_id)
    if not words.strip():
        raise CannotAskForVisit(_("Say what the inspectors should look at."))
    if wanted_by and wanted_by < today(at):
        raise CannotAskForVisit(_("That day is over. Choose today or a later one."))
    known = VisitRequest.objects.filter(workplace=workplace, asked_by=by, state=RequestState.ASKED).first()
    if known and (known.words, known.wanted_by) == (words.strip(), wanted_by):
        return known
    if known:
        raise CannotAskForVisit(
            _(
                "You asked for a visit there on %(day)s, and nobody has answered yet. Speak with the inspectors."
            )
            % {"day": date_format(today(known.asked_at), "DATE_FORMAT")}
        )
    planners = _planners(workplace)
    if not planners:
        raise CannotAskForVisit(
            _(
                "Nobody plans inspections here, or everybody who does has a tie to this supplier. Ask the director."
            )
        )
    circle = fresh_id()
    circles.admit(circle, by.pk)
    for person_id in sorted(planners - {by.pk}):
        circles.admit(circle, person_id)
    asked = VisitRequest.objects.create(
        pk=circle,
        secret_of=circle,
        supplier_id=workplace.supplier_id,
        workplace=workplace,
        words=words.strip(),
        wanted_by=wanted_by,
        asked_by=by,
        asked_at=at,
    )
    record("visit.asked", asked, by=by, at=at, after={"workplace": workplace.pk}, secret_of=circle)
    _tell("visit_asked", asked, planners - {by.pk}, at=at)
    return asked


@atomic
def take(*, request_id: UUID, by: Person, at: datetime) -> VisitRequest:
    """See to it. Whether and when she plans a visit is not told. Raises VisitRequest.DoesNotExist and CannotAnswerRequest."""
    asked = _move(request_id, RequestState.TAKEN, by=by, at=at)
    record("visit.taken", asked, by=by, at=at, secret_of=asked.secret_of)
    return asked


@atomic
def hand_on(*, request_id: UUID, person_id: UUID, by: Person, at: datetime) -> VisitRequest:
    """Another sees to it. Raises VisitRequest.DoesNotExist and CannotAnswerRequest, also for somebody with a tie to the supplier."""
    asked = VisitRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if asked.state != RequestState.TAKEN:
        raise CannotAnswerRequest(_("Nobody has taken this request, or it was declined."))
    if person_id not in _planners(asked.workplace):
        raise CannotAnswerRequest(_("Choose somebody who plans inspections and has no tie to this supplier."))
    circles.admit(asked.secret_of, person_id)
    asked.answered_by_id, asked.answered_at = person_id, at
    asked.save(update_fields=["answered_by", "answered_at"])
    record("visit.taken", asked, by=by, at=at, after={"person": person_id}, secret_of=asked.secret_of)
    return asked


def is_free(asked: VisitRequest) -> bool:
    """Whether it can be taken: nobody has, or who did may plan no inspection there any more."""
    if asked.state == RequestState.TAKEN:
        return asked.answered_by_id not in _planners(asked.workplace)
    return asked.state == RequestState.ASKED


@atomic
def decline(*, request_id: UUID, reason: str, by: Person, at: datetime) -> VisitRequest:
    """There will be no visit; whoever asked is told why. Raises VisitRequest.DoesNotExist, CannotAnswerRequest and DomainError."""
    why = explained(reason, _("Say why there is no visit."))
    asked = _move(request_id, RequestState.DECLINED, by=by, at=at, reason=why)
    record("visit.declined", asked, by=by, at=at, reason=why, secret_of=asked.secret_of)
    _tell("visit_declined", asked, {asked.asked_by_id}, at=at)
    return asked


def _planners(workplace: Workplace) -> set[UUID]:
    """Who plans inspections and may know why one is wanted there: no tie to the supplier, nor what rooms above add."""
    barred = Bar.objects.filter(supplier=workplace.supplier_id, ended_at=None).values("person")
    rows = Membership.objects.active().filter(role__in=PLANNERS, person__is_active=True)
    planners = set(rows.exclude(person__in=barred).values_list("person_id", flat=True))
    apart: set[UUID] = set()
    react("visit.offered", workplace=workplace, planners=planners, apart=apart)
    return planners - apart


def _move(request_id: UUID, to: RequestState, *, by: Person, at: datetime, reason: str = "") -> VisitRequest:
    """The only place that writes the state of a request."""
    asked = VisitRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if not asked.may_become(to) and not (to == RequestState.TAKEN and is_free(asked)):
        raise CannotAnswerRequest(
            _("Somebody has answered this request already: %(state)s.") % {"state": asked.get_state_display()}
        )
    asked.state, asked.answered_by, asked.answered_at, asked.reason = to, by, at, reason
    asked.save(update_fields=["state", "answered_by", "answered_at", "reason"])
    return asked


def _tell(kind: str, asked: VisitRequest, people: set[UUID], *, at: datetime) -> None:
    tell_people(
        kind=kind,
        key=f"{kind}:{asked.pk}",
        people=sorted(people),
        at=at,
        context={"request": str(asked.pk)},
        secret_of=asked.secret_of,
    )
