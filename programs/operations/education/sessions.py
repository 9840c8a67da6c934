"""Sessions with workers: planned, held, confirmed, cancelled. Who was there is a number; nothing here takes a worker's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from programs.enums import NUMBERED, Access, EducationKind, SessionState
from programs.models import EducationSession, Handout, Material, Participation, SessionNote, Workplace
from programs.operations.education.scheduling import settle
from programs.queries import education as queries
from programs.queries import today
from wsr.accounts.grants import Permission, Role
from wsr.accounts.models import Membership, Person
from wsr.deadlines import operations as clocks
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_people, tell_role
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program

ANSWERED, REPORTED, CONFIRMED = (
    f"programs.education_{name}" for name in ("answered", "reported", "confirmed")
)
LEADERS = (Role.EDUCATOR, Role.DIRECTOR)


class CannotPlan(DomainError):
    """The session cannot be planned, moved or reported so."""


class NeedsAnother(DomainError):
    """Somebody else must do this."""


@dataclass(frozen=True)
class Plan:
    """When, where and by whom. `starts_at` is timezone-aware. `number` counts modules and meetings of all employees from 1."""

    kind: EducationKind
    starts_at: datetime
    minutes: int
    leader_id: UUID
    languages: Sequence[str]
    number: int = 0
    place: str = ""
    topics: Sequence[str] = ()
    worker_educators: int = 0


@dataclass(frozen=True)
class Report:
    """What is said of a session after it. `handouts`: {material: how many}. `management_present` and `note` are for the program's staff alone."""

    attended: int
    workers_present: int
    is_paid_time: bool
    management_present: bool
    languages: Sequence[str] = ()
    topics: Sequence[str] = ()
    worker_educators: int = 0
    handouts: Mapping[UUID, int] = field(default_factory=dict)
    note: str = ""


def leaders() -> list[Person]:
    """Who may lead: educators and directors of the program, by name. For staff."""
    rows = Membership.objects.active().filter(role__in=LEADERS).select_related("person")
    people = {row.person_id: row.person for row in rows}
    return sorted(people.values(), key=lambda person: (str(person), str(person.pk)))


@atomic
def plan(*, workplace_id: UUID, plan: Plan, by: Person, at: datetime) -> EducationSession:
    """Plan a session; the supplier is asked about time and place where it has an account. Raises Workplace.DoesNotExist and CannotPlan."""
    workplace = Workplace.objects.select_related("supplier").get(pk=workplace_id)
    if workplace.closed_on:
        raise CannotPlan(_("%(name)s is closed.") % {"name": workplace.name})
    asked = workplace.supplier.organization_id is not None and plan.starts_at > at
    session = EducationSession(
        workplace=workplace,
        supplier_id=workplace.supplier_id,
        kind=plan.kind,
        access=Access.ASKED if asked else Access.NOT_ASKED,
        planned_by=by,
        created_at=at,
        updated_at=at,
    )
    _put(session, plan)
    session.save(force_insert=True)
    _start_clocks(session, by=by, at=at)
    record("session.planned", session, by=by, at=at, after=_said(session))
    if asked:
        _tell_supplier(session, "planned", at=at)
    return session


@atomic
def change(*, session_id: UUID, plan: Plan, by: Person, at: datetime) -> EducationSession:
    """Change a planned session; at another time or place the supplier is asked again. Raises EducationSession.DoesNotExist and CannotPlan."""
    session = _locked(session_id)
    if session.state != SessionState.PLANNED:
        raise CannotPlan(_("Only a planned session can be changed."))
    before = _said(session)
    _put(session, plan)
    after = _said(session)
    moved = any(before[name] != after[name] for name in ("starts_at", "minutes", "place"))
    if moved and session.access != Access.NOT_ASKED:
        session.access, session.access_note = Access.ASKED, ""
        session.answered_at = session.answered_by = None
    session.updated_at = at
    session.save()
    if moved:
        _stop_clocks(session, reason=_("The session was moved."), by=by, at=at)
        _start_clocks(session, by=by, at=at)
        if session.access == Access.ASKED:
            _tell_supplier(session, "moved", at=at)
    record(
        "session.changed",
        session,
        by=by,
        at=at,
        before={name: value for name, value in before.items() if after[name] != value},
        after={name: value for name, value in after.items() if before[name] != value},
    )
    return session


@atomic
def lead_instead(*, session_id: UUID, leader_id: UUID, by: Person, at: datetime) -> EducationSession:
    """Let somebody else lead a session that was not held yet. Raises EducationSession.DoesNotExist and CannotPlan."""
    session = _locked(session_id)
    if session.state != SessionState.PLANNED:
        raise CannotPlan(_("Only a planned session can be changed."))
    before = session.leader_id
    _set_leader(session, leader_id)
    session.updated_at = at
    session.save(update_fields=["leader", "leader_name", "updated_at"])
    record(
        "session.changed",
        session,
        by=by,
        at=at,
        before={"leader": before},
        after={"leader": session.leader_id},
    )
    return session


@atomic
def answer(
    *, session_id: UUID, agrees: bool, note: str, by: Person, at: datetime, seen: str | None = None
) -> EducationSession:
    """The supplier's answer on time and place, in its portal: it agrees, or asks for another one and says which.

    `seen`: the `time_and_place` that it answers to; to another one nobody agrees unseen. Raises EducationSession.DoesNotExist and CannotPlan.
    """
    session = EducationSession.objects.select_for_update(of=("self",)).get(pk=session_id)
    if seen is not None and seen != session.time_and_place:
        raise CannotPlan(
            _("The session was moved in the meantime. Look at time and place again and answer then.")
        )
    if session.state != SessionState.PLANNED or session.access == Access.NOT_ASKED:
        raise CannotPlan(_("This session waits for no answer."))
    if not agrees and not note.strip():
        raise CannotPlan(_("Say which time or place would be possible."))
    before = session.access
    session.access = Access.AGREED if agrees else Access.OTHER_TIME
    session.access_note, session.answered_at, session.answered_by = note.strip(), at, by
    session.updated_at = at
    session.save(update_fields=["access", "access_note", "answered_at", "answered_by", "updated_at"])
    clocks.meet(kind=ANSWERED, subject=session, at=at, by=by)
    record(
        "session.answered",
        session,
        by=by,
        at=at,
        before={"access": before},
        after={"access": session.access},
        reason=session.access_note,
    )
    tell_people(
        kind="education_answer",
        key=f"education_answer:{session.pk}:{at.isoformat()}",
        people=[session.planned_by_id, session.leader_id],
        at=at,
        context={"session": str(session.pk)},
    )
    return session


@atomic
def report(*, session_id: UUID, report: Report, by: Person, at: datetime) -> EducationSession:
    """Say that a session was held, and what it was; again until it is confirmed, to correct it.

    Raises EducationSession.DoesNotExist, Material.DoesNotExist and CannotPlan.
    """
    session = _locked(session_id)
    if session.state not in (SessionState.PLANNED, SessionState.HELD):
        raise CannotPlan(_("This session cannot be reported any more."))
    _check(session, report, at=at)
    is_first = session.state == SessionState.PLANNED
    before = {} if is_first else _counts(session)
    session.state = SessionState.HELD
    session.attended, session.workers_present = report.attended, report.workers_present
    session.is_paid_time, session.worker_educators = report.is_paid_time, report.worker_educators
    session.languages = list(report.languages) or session.languages
    session.topics = list(report.topics)
    session.reported_by, session.reported_at, session.updated_at = by, at, at
    needs_another = queries.needs_another(on=today(at))
    session.counted_on = None if needs_another else _day(session)
    session.save()
    _hand_out(session, report.handouts)
    SessionNote.objects.update_or_create(
        session=session,
        defaults={
            "management_present": report.management_present,
            "text": report.note.strip(),
            "updated_at": at,
        },
    )
    record("session.reported", session, by=by, at=at, before=before, after=_counts(session))
    if is_first:
        clocks.meet(kind=REPORTED, subject=session, at=at, by=by)
        clocks.cancel(kind=ANSWERED, subject=session, reason=_("The session was held."), at=at, by=by)
        if needs_another:
            _ask_to_confirm(session, by=by, at=at)
    settle(session.due_id, by=by, at=at)
    return session


@atomic
def confirm(*, session_id: UUID, by: Person, at: datetime) -> EducationSession:
    """Confirm what was reported; by somebody else than the reporter where the program says so. Raises EducationSession.DoesNotExist,
    CannotPlan and NeedsAnother.
    """
    session = _locked(session_id)
    if session.state != SessionState.HELD:
        raise CannotPlan(_("Only a session that was reported can be confirmed."))
    if session.reported_by_id == by.pk and queries.needs_another(on=today(at)):
        raise NeedsAnother(
            _("You reported it yourself; by the program's rule somebody else must confirm it.")
        )
    session.state, session.confirmed_by, session.confirmed_at = SessionState.CONFIRMED, by, at
    session.counted_on, session.updated_at = _day(session), at
    session.save()
    clocks.meet(kind=CONFIRMED, subject=session, at=at, by=by)
    record("session.confirmed", session, by=by, at=at, after=_counts(session))
    settle(session.due_id, by=by, at=at)
    return session


@atomic
def reopen(*, session_id: UUID, reason: str, by: Person, at: datetime) -> EducationSession:
    """Take a confirmation back because something in the report is wrong. Raises EducationSession.DoesNotExist and CannotPlan."""
    session = _locked(session_id)
    if session.state != SessionState.CONFIRMED:
        raise CannotPlan(_("Only a confirmed session can be opened again."))
    if not reason.strip():
        raise CannotPlan(_("Say what is wrong in the report."))
    session.state, session.confirmed_by, session.confirmed_at = SessionState.HELD, None, None
    session.counted_on = None if queries.needs_another(on=today(at)) else session.counted_on
    session.updated_at = at
    session.save()
    record("session.reopened", session, by=by, at=at, reason=reason.strip())
    settle(session.due_id, by=by, at=at)
    return session


@atomic
def cancel(*, session_id: UUID, reason: str, by: Person | None, at: datetime) -> EducationSession:
    """Call a session off, or say that it was reported by mistake; what was owed is owed again. Raises EducationSession.DoesNotExist and
    CannotPlan.
    """
    session = _locked(session_id)
    if not session.may_become(SessionState.CANCELLED):
        raise CannotPlan(_("This session cannot be cancelled any more."))
    if not reason.strip():
        raise CannotPlan(_("Say why. The supplier reads it, and so does whoever plans the next one."))
    before = session.state
    session.state, session.cancelled_reason = SessionState.CANCELLED, reason.strip()
    session.counted_on, session.updated_at = None, at
    session.save(update_fields=["state", "cancelled_reason", "counted_on", "updated_at"])
    _stop_clocks(session, reason=_("The session was cancelled."), by=by, at=at)
    clocks.cancel(kind=CONFIRMED, subject=session, reason=_("The session was cancelled."), at=at, by=by)
    record("session.cancelled", session, by=by, at=at, before={"state": before}, reason=reason.strip())
    if session.access != Access.NOT_ASKED:
        _tell_supplier(session, "cancelled", at=at)
    settle(session.due_id, by=by, at=at)
    return session


# ── What these share ─────────────────────────────────────────────────────────────────────────────


def _locked(session_id: UUID) -> EducationSession:
    rows = EducationSession.objects.select_for_update(of=("self",)).select_related("workplace", "supplier")
    return rows.get(pk=session_id)


def _put(session: EducationSession, plan: Plan) -> None:
    """The plan as columns, with the line it is for. Raises CannotPlan."""
    number = plan.number if plan.kind in NUMBERED else 0
    if plan.kind in NUMBERED and number < 1:
        raise CannotPlan(_("Say which one of the course it is: 1 for the first."))
    if not 0 < plan.minutes <= 24 * 60:
        raise CannotPlan(_("A session takes at least a minute and at most a day."))
    if not plan.languages:
        raise CannotPlan(_("Name at least one language."))
    _set_leader(session, plan.leader_id)
    session.kind, session.number = plan.kind, number
    session.starts_at, session.minutes, session.place = plan.starts_at, plan.minutes, plan.place.strip()
    session.languages, session.topics = list(plan.languages), list(plan.topics)
    session.worker_educators = plan.worker_educators
    found = queries.open_due(session.workplace_id, plan.kind, number, on=_day(session))
    session.due = found


def _set_leader(session: EducationSession, leader_id: UUID) -> None:
    leader = next((person for person in leaders() if person.pk == leader_id), None)
    if leader is None:
        raise CannotPlan(_("Only an educator or director of the program leads a session."))
    session.leader, session.leader_name = leader, str(leader)[:200]


def _check(session: EducationSession, report: Report, *, at: datetime) -> None:
    if session.starts_at > at:
        raise CannotPlan(_("It has not begun yet. Report it when it is over."))
    if report.attended > report.workers_present:
        raise CannotPlan(_("More workers took part than were there. Check both numbers."))
    if report.workers_present < 1:
        raise CannotPlan(_("With no worker there it was not held. Cancel it and say why."))


def _hand_out(session: EducationSession, handouts: Mapping[UUID, int]) -> None:
    """What was handed out, in place of what was said before."""
    wanted = {pk: count for pk, count in handouts.items() if count}
    known = set(Material.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if known != set(wanted):
        raise Material.DoesNotExist
    Handout.objects.filter(session=session).delete()
    for material_id, count in wanted.items():
        Handout.objects.create(session=session, material_id=material_id, count=count)


def _start_clocks(session: EducationSession, *, by: Person, at: datetime) -> None:
    said = {"subject": session, "at": at, "by": by, "url": address_of(session)}
    title = _("%(kind)s at %(workplace)s") % {"kind": session, "workplace": session.workplace.name}
    if session.access == Access.ASKED:
        clocks.start(
            kind=ANSWERED,
            started_at=at,
            responsible_participation_id=session.supplier_id,
            title=title,
            **{**said, "url": reverse("programs:own_education", args=[_slug()])},
        )
    ends_at = session.starts_at + timedelta(minutes=session.minutes)
    clocks.start(kind=REPORTED, started_at=ends_at, title=title, **said)


def _stop_clocks(session: EducationSession, *, reason: str, by: Person | None, at: datetime) -> None:
    for kind in (ANSWERED, REPORTED):
        clocks.cancel(kind=kind, subject=session, reason=reason, at=at, by=by)


def _ask_to_confirm(session: EducationSession, *, by: Person, at: datetime) -> None:
    clocks.start(
        kind=CONFIRMED,
        subject=session,
        started_at=at,
        at=at,
        by=by,
        title=_("%(kind)s at %(workplace)s") % {"kind": session, "workplace": session.workplace.name},
        url=address_of(session),
    )
    tell_role(
        kind="education_to_confirm",
        key=f"education_to_confirm:{session.pk}",
        permission=Permission.EDUCATION_CONFIRM,
        at=at,
        context={"session": str(session.pk)},
    )


def _tell_supplier(session: EducationSession, what: str, *, at: datetime) -> None:
    organization = (
        Participation.objects.filter(pk=session.supplier_id).values_list("organization_id", flat=True).first()
    )
    if organization:
        tell_role(
            kind=f"education_{what}",
            key=f"education_{what}:{session.pk}:{at.isoformat()}",
            organization_id=organization,
            roles=[Role.SUPPLIER_MANAGER],
            at=at,
            context={"session": str(session.pk)},
        )


def address_of(session: EducationSession) -> str:
    """The page of a session."""
    return reverse("programs:education_session", args=[_slug(), session.pk])


def _slug() -> str:
    return Program.objects.values_list("slug", flat=True).get(pk=current_program_id())


def _day(session: EducationSession) -> date:
    zone = Program.objects.values_list("time_zone", flat=True).get(pk=current_program_id())
    return session.starts_at.astimezone(ZoneInfo(zone)).date()


def _said(session: EducationSession) -> dict[str, object]:
    """What was planned, for history."""
    return {
        "kind": session.kind,
        "number": session.number,
        "workplace": session.workplace_id,
        "starts_at": session.starts_at,
        "minutes": session.minutes,
        "place": session.place,
        "languages": list(session.languages),
        "topics": list(session.topics),
        "leader": session.leader_id,
        "worker_educators": session.worker_educators,
    }


def _counts(session: EducationSession) -> dict[str, object]:
    """What was reported, for history."""
    return {
        "attended": session.attended,
        "workers_present": session.workers_present,
        "is_paid_time": session.is_paid_time,
        "languages": list(session.languages),
        "topics": list(session.topics),
        "worker_educators": session.worker_educators,
    }
