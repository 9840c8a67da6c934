"""Lists that somebody has sent to her regularly: started from a saved view, made on the first working day of a period, stopped.

The mail says that there is something to read and where; the file is made as on any other day, behind its person's own door.
"""

import logging
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import DatabaseError
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from wsr.accounts.grants import Permission, Role, permissions_of
from wsr.accounts.models import Membership, Person
from wsr.accounts.queries import Standing
from wsr.deadlines.calendars import Calendar, calendar_of
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.said import gettext as _
from wsr.tenancy import atomic, engine_scope, program_scope
from wsr.tenancy.models import Program
from wsr.ui.lists import no_such_list, with_list
from wsr.ui.models import Every, Export, SavedView, Schedule
from wsr.ui.operations import exporting
from wsr.ui.tables import Table

logger = logging.getLogger(__name__)

NEEDS = frozenset({Permission.EXPORT, Permission.VIEW_SAVE})
HOUR = time(7)  # before the working day, in the time zone of the reader
MOST_REST = 31  # days without a working day: then the first day it is


class CannotSchedule(DomainError):
    """The list cannot be sent regularly."""


@atomic
def start(
    *, view_id: UUID, every: str, file_format: str, by: Person, standing: Standing, at: datetime
) -> Schedule:
    """Send the list of a view from the next period on. Raises SavedView.DoesNotExist, NoSuchList and CannotSchedule."""
    view = SavedView.objects.get(Q(person=by) | Q(shared=True), pk=view_id)
    try:
        path = reverse(view.page, kwargs={"program_slug": standing.program.slug})
    except NoReverseMatch:
        raise no_such_list() from None
    with_list(path, view.query, person=by, standing=standing, use=_check)
    same = {"path": path, "query": view.query, "every": every, "file_format": file_format, "stopped_at": None}
    if Schedule.objects.filter(person=by, **same).exists():
        raise CannotSchedule(gettext("This view is sent to you like that already."))
    _period, next_at = after(at, Every(every), zone=_zone(by, standing.program), calendar=calendar_of())
    schedule = Schedule.objects.create(
        person=by, name=view.name, table=view.table, made_at=at, next_at=next_at, **same
    )
    record("report.scheduled", schedule, by=by, at=at, after={"list": view.table, "every": every})
    return schedule


@atomic
def stop(*, schedule_id: UUID, by: Person, at: datetime) -> Schedule:
    """Send one's own report no more. Raises Schedule.DoesNotExist, also for another's and for one that stopped."""
    schedule = Schedule.objects.select_for_update(of=("self",)).get(
        pk=schedule_id, person=by, stopped_at=None
    )
    return _stop(schedule, "", by=by, at=at)


def send_due(*, at: datetime) -> int:
    """Start every report that is due, and stop those whose reader lost the right to it; returns how many were started.

    Outside any scope, any number at once: a row is moved on by whoever has locked it, in the transaction that starts its job. One that
    cannot be started holds up no other; it is tried again at the next tick.
    """
    with engine_scope():
        programs = set(Schedule.objects.filter(stopped_at=None).values_list("program_id", flat=True))
    started = 0
    for program_id in sorted(programs):
        with engine_scope(program_id):
            _stop_lost(at)
            due = list(
                Schedule.objects.filter(stopped_at=None, next_at__lte=at)
                .order_by("next_at", "pk")
                .values_list("pk", "person_id")
            )
        for schedule_id, person_id in due:
            try:
                with program_scope(program_id, person_id=person_id):
                    started += _send(schedule_id, at=at)
            except (DatabaseError, DomainError):
                logger.exception("report not started schedule=%s", schedule_id)
    return started


def lost(schedule_id: UUID, *, at: datetime) -> str:
    """Stop a report whose reader may not open its list any more, inside the job that found it out; returns the closing sentence."""
    schedule = Schedule.objects.select_for_update(of=("self",)).get(pk=schedule_id)
    if schedule.stopped_at is None:
        _stop(schedule, _lost_list(), by=None, at=at)
    return _("The report was stopped: its reader may not open the list any more.")


def local(schedule: Schedule) -> datetime:
    """When the next one is sent, in the time zone of its reader."""
    return schedule.next_at.astimezone(_zone(schedule.person, schedule.program))


# ── Days ─────────────────────────────────────────────────────────────────────────────────────────


def after(at: datetime, every: Every, *, zone: ZoneInfo, calendar: Calendar) -> tuple[date, datetime]:
    """(first day of the period, when it is sent) of the next sending after `at`: 7:00 on the first working day of a period.

    Days are those of the reader's time zone; working days those of the program. Where all days of a month are rest, its first day.
    """
    period = _first(at.astimezone(zone).date(), every)
    while True:
        when = datetime.combine(_working(period, calendar), HOUR, zone).astimezone(UTC)
        if when > at:
            return period, when
        period = _first(_beyond(period, every), every)


def _first(day: date, every: Every) -> date:
    if every == Every.WEEK:
        return day - timedelta(days=day.weekday())
    month = day.month if every == Every.MONTH else (day.month - 1) // 3 * 3 + 1
    return day.replace(month=month, day=1)


def _beyond(period: date, every: Every) -> date:
    """Some day of the period after this one."""
    return period + timedelta(days={Every.WEEK: 7, Every.MONTH: 31, Every.QUARTER: 93}[every])


def _working(day: date, calendar: Calendar) -> date:
    days = (day + timedelta(days=number) for number in range(MOST_REST))
    return next((one for one in days if not calendar.why_rest(one)), day)


def _zone(person: Person, program: Program) -> ZoneInfo:
    return ZoneInfo(person.time_zone or program.time_zone)


# ── By the clock ─────────────────────────────────────────────────────────────────────────────────


@atomic
def _send(schedule_id: UUID, *, at: datetime) -> bool:
    """Start the report that is due and move the schedule on, whatever was missed in between; False where somebody else has done so.

    Whose clocks have gone back since, by a move to another time zone, has had the report of this period already: then the next one is due.
    """
    rows = Schedule.objects.select_for_update(of=("self",)).select_related("person", "program")
    schedule = rows.filter(pk=schedule_id, stopped_at=None, next_at__lte=at).first()
    if schedule is None:
        return False
    every, zone = Every(schedule.every), _zone(schedule.person, schedule.program)
    period = _first(schedule.next_at.astimezone(zone).date(), every)
    _next, schedule.next_at = after(at, every, zone=zone, calendar=calendar_of())
    schedule.save(update_fields=["next_at"])
    if Export.objects.filter(schedule=schedule, period=period).exists():
        return False
    export = Export(
        name=schedule.name,
        table=schedule.table,
        path=schedule.path,
        query=schedule.query,
        file_format=schedule.file_format,
        schedule=schedule,
        period=period,
    )
    exporting.start(export, by=schedule.person, at=at)
    return True


def _stop_lost(at: datetime) -> None:
    """Stop the reports of people who hold no role any more that may take lists away. As the engine, in a program."""
    roles: dict[UUID, set[str]] = {}
    for person_id, role in Membership.objects.active().values_list("person_id", "role"):
        roles.setdefault(person_id, set()).add(role)
    rows = Schedule.objects.select_for_update(of=("self",)).select_related("person")
    for schedule in rows.filter(stopped_at=None).order_by("pk"):
        if not permissions_of(roles.get(schedule.person_id, ())) >= NEEDS:
            _stop(schedule, _lost_list(), by=None, at=at)


def _stop(schedule: Schedule, why: str, *, by: Person | None, at: datetime) -> Schedule:
    """The only place that stops one; where it stopped by itself, the directors are told."""
    schedule.stopped_at, schedule.stopped_why = at, why
    schedule.save(update_fields=["stopped_at", "stopped_why"])
    after = {"list": schedule.table, "reader": str(schedule.person)}
    record("report.stopped", schedule, by=by, at=at, after=after, reason=str(why))
    if by is None:
        tell_role(
            kind="report_stopped",
            key=f"report_stopped:{schedule.pk}",
            roles=[Role.DIRECTOR],
            at=at,
            context={"schedule": str(schedule.pk)},
        )
    return schedule


def _lost_list() -> str:
    return _("Its reader no longer has a role that opens this list.")


def _check(table: Table) -> None:
    if not table.may_export:
        raise no_such_list()
    if not table.is_sendable:
        raise CannotSchedule(
            gettext("This list is not sent: what is in it is read here, by those who work with it.")
        )
