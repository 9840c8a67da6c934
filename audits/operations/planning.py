"""Planning a visit: what, where, when, who. An unannounced one is known to its circle alone from the first row on."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connections
from django.utils.translation import gettext as _

from audits.enums import OVER, InspectionKind, InspectionState, TeamRole
from audits.models import Bar, Inspection
from audits.operations import teams
from audits.operations.proofs import share_proofs
from audits.operations.revealing import next_number
from audits.operations.states import CannotMove, check_version, explained, locked, move, save
from programs.models import CodeVersion, Season, Workplace
from programs.queries import code_in_force, rule_value, today
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic, circles, current_alias
from wsr.tenancy.models import OPEN

FLOOR = "inspection.interview_floor"  # percent of the workers present; empty where the program has set none
DATES = frozenset({"starts_on", "ends_on"})
PLANNED = DATES | {"purpose"}


class CannotPlan(DomainError):
    """The visit cannot be planned like this."""


@atomic
def plan(
    *,
    workplace_id: UUID,
    kind: InspectionKind,
    starts_on: date,
    ends_on: date,
    is_announced: bool,
    by: Person,
    at: datetime,
    purpose: str = "",
    team: Iterable[tuple[UUID, TeamRole]] = (),
    follows_id: UUID | None = None,
) -> Inspection:
    """Plan a visit to a workplace and ask its team. Days are those of the program's time zone.

    The place is copied, and the floor of interviews as the rule stands on the first day. Nobody outside the circle (planner and
    team) can know of an unannounced visit. Raises Workplace.DoesNotExist, also where `by` is barred, CannotPlan and CannotAsk.
    """
    kind = InspectionKind(kind)
    _check_days(starts_on, ends_on, today(at))
    workplace, code = _to_visit(workplace_id, starts_on), _code_to_check()
    circle = fresh_id()
    circles.admit(circle, by.pk)
    if is_announced:
        circles.open_up(circle)
    inspection = Inspection.objects.create(
        pk=circle,
        secret_of=OPEN if is_announced else circle,
        number=next_number() if is_announced else None,
        kind=kind,
        is_announced=is_announced,
        season=_season(kind, starts_on),
        code=code,
        follows=_followed(follows_id, workplace),
        starts_on=starts_on,
        ends_on=ends_on,
        purpose=purpose.strip(),
        interview_share=_floor(starts_on),
        planned_by=by,
        planned_at=at,
        updated_at=at,
        **_place(workplace),
    )
    said = {name: getattr(inspection, name) for name in ("kind", "starts_on", "ends_on", "is_announced")}
    said["workplace"] = workplace.pk
    record("inspection.planned", inspection, by=by, at=at, after=said, secret_of=inspection.secret_of)
    for person_id, role in team:
        teams.ask(inspection_id=inspection.pk, person_id=person_id, role=role, by=by, at=at)
    share_proofs(inspection_id=inspection.pk, by=by, at=at)
    return inspection


def _to_visit(workplace_id: UUID, starts_on: date) -> Workplace:
    workplace = Workplace.objects.select_related("supplier").get(pk=workplace_id)
    if _is_barred(workplace.supplier_id):
        raise Workplace.DoesNotExist
    if workplace.closed_on is not None and workplace.closed_on <= starts_on:
        raise CannotPlan(_("This workplace is closed on that day."))
    return workplace


def _code_to_check() -> CodeVersion:
    code = code_in_force()
    if code is None:
        raise CannotPlan(_("No version of the code is in force. Put one in force first."))
    return code


@atomic
def change_plan(
    *, inspection_id: UUID, by: Person, at: datetime, if_version: int | None = None, **fields: object
) -> Inspection:
    """Change `starts_on`, `ends_on` or `purpose`; the days only before the visit began.

    Raises Inspection.DoesNotExist, Stale, CannotMove and CannotPlan.
    """
    inspection = locked(inspection_id)
    check_version(inspection, if_version)
    if unknown := set(fields) - PLANNED:
        raise TypeError(f"No part of a plan: {', '.join(sorted(unknown))}")
    changed = {name: value for name, value in fields.items() if getattr(inspection, name) != value}
    if not changed:
        return inspection
    allowed = (
        (InspectionState.PLANNED,)
        if DATES & set(changed)
        else (InspectionState.PLANNED, InspectionState.IN_PROGRESS)
    )
    if inspection.state not in allowed:
        raise CannotMove(_("The visit has begun or is over; its plan stays as it was."))
    before = {name: getattr(inspection, name) for name in changed}
    for name, value in changed.items():
        setattr(inspection, name, value)
    if DATES & set(changed):
        _check_days(inspection.starts_on, inspection.ends_on, today(at))
    save(inspection, *changed, at=at)
    record(
        "inspection.plan_changed",
        inspection,
        by=by,
        at=at,
        before=before,
        after=changed,
        secret_of=inspection.secret_of,
    )
    teams.tell_team(inspection, "inspection_changed", at=at, but=by)
    return inspection


@atomic
def hand_plan(*, inspection_id: UUID, person_id: UUID, by: Person, at: datetime) -> Inspection:
    """The visit is another's to plan: the team answers to her. Raises Inspection.DoesNotExist and CannotPlan."""
    inspection = locked(inspection_id)
    person = Person.objects.get(pk=person_id)
    if (
        inspection.state in (*OVER, InspectionState.CANCELLED)
        and inspection.state != InspectionState.RETURNED
    ):
        raise CannotPlan(_("The visit is over or cancelled; nobody plans it any more."))
    if Bar.objects.filter(person=person, supplier=inspection.supplier_id, ended_at=None).exists():
        raise CannotPlan(
            _("%(name)s has a tie to this supplier and cannot plan its inspections.") % {"name": person}
        )
    before = inspection.planned_by_id
    circles.admit(inspection.pk, person.pk)
    inspection.planned_by = person
    save(inspection, "planned_by", at=at)
    record(
        "inspection.plan_taken",
        inspection,
        by=by,
        at=at,
        before={"person": before},
        after={"person": person.pk},
        secret_of=inspection.secret_of,
    )
    teams.planner_leaves(inspection, before, to=person.pk, at=at)
    return inspection


@atomic
def cancel(*, inspection_id: UUID, reason: str, by: Person | None, at: datetime) -> Inspection:
    """The visit does not take place, or is broken off. An unannounced one stays with its circle: it never happened for others.

    Raises Inspection.DoesNotExist, CannotMove and DomainError.
    """
    inspection = locked(inspection_id)
    reason = explained(reason, _("Say why the visit is cancelled."))
    move(
        inspection,
        InspectionState.CANCELLED,
        by=by,
        at=at,
        reason=reason,
        cancelled_at=at,
        cancel_reason=reason,
    )
    teams.tell_team(inspection, "inspection_cancelled", at=at, but=by)
    return inspection


def _is_barred(supplier_id: UUID) -> bool:
    """Whether the person of the scope has a tie to the supplier, also one declared at a visit that is still secret."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT %s = ANY (wsr_barred_suppliers())", [supplier_id])
        return cursor.fetchone()[0]


def _check_days(starts_on: date, ends_on: date, now: date) -> None:
    if ends_on < starts_on:
        raise CannotPlan(_("The last day comes before the first."))
    if ends_on < now:
        raise CannotPlan(_("These days are over. Plan the visit for today or later."))


def _season(kind: InspectionKind, on: date) -> Season | None:
    """The season of a day; a seasonal inspection needs one."""
    season = Season.objects.filter(starts_on__lte=on, ends_on__gte=on).first()
    if season is None and kind == InspectionKind.SEASONAL:
        raise CannotPlan(
            _("No season of the program holds that day. Choose another day, or enter the season.")
        )
    return season


def _followed(follows_id: UUID | None, workplace: Workplace) -> Inspection | None:
    if follows_id is None:
        return None
    followed = Inspection.objects.filter(pk=follows_id, workplace=workplace, state__in=OVER).first()
    if followed is None:
        raise CannotPlan(_("Follow up on an inspection of the same workplace whose visit is over."))
    return followed


def _floor(on: date) -> Decimal | None:
    """The program's share of workers to interview, 0.5 for half. The rule is in percent; empty: no floor."""
    percent = rule_value(FLOOR, on=on)
    return None if percent in (None, "") else Decimal(str(percent)) / 100


def _place(workplace: Workplace) -> dict[str, object]:
    """What the team needs of the place, as it is today: auditors read no list of workplaces."""
    lines = (workplace.address, workplace.city, workplace.region, workplace.postal_code)
    return {
        "supplier": workplace.supplier,
        "workplace": workplace,
        "supplier_name": workplace.supplier.name,
        "workplace_name": workplace.name,
        "address": ", ".join(line for line in lines if line)[:900],
        "country": workplace.country,
        "latitude": workplace.latitude,
        "longitude": workplace.longitude,
        "languages": workplace.languages,
    }


def fresh_id() -> UUID:
    """An id made by the database before the row is: the circle stands first."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT uuidv7()")
        return cursor.fetchone()[0]
