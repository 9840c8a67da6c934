"""Reads of clocks that feed one page."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from wsr.accounts.grants import Permission, Role
from wsr.deadlines.calendars import Calendar, calendar_of
from wsr.deadlines.counting import CannotCount, Stretch
from wsr.deadlines.enums import NOT_THE_PROGRAMS, State, Unit
from wsr.deadlines.kinds import ClockKind, kinds
from wsr.deadlines.lengths import Length, Limits, limits_of, seasons
from wsr.deadlines.models import Clock, Fired
from wsr.deadlines.timing import timing
from wsr.tenancy import current_program_id, engine_scope
from wsr.tenancy.models import Program

SIMULATED_AT_MOST = 200
LATE = timedelta(minutes=10)
END_OF_DAY = time(23, 59, 59)


def zone_of_program() -> ZoneInfo:
    """Where the active program counts its days."""
    return ZoneInfo(Program.objects.values_list("time_zone", flat=True).get(pk=current_program_id()))


def watched_kinds(roles: Collection[Role], permissions: Collection[Permission]) -> list[str]:
    """The kinds that somebody with these roles watches: by the kind's permission, or as a director."""
    return [
        kind.key
        for kind in kinds().values()
        if (kind.permission in permissions if kind.permission else Role.DIRECTOR in roles)
    ]


@dataclass(frozen=True)
class Step:
    """One step of a clock's ladder as its page shows it."""

    label: str
    at: datetime
    fired_at: datetime | None = None
    is_passed_over: bool = False
    is_end_of_day: bool = False


def steps_of(clock: Clock, fired: Collection[Fired]) -> list[Step]:
    """The whole ladder of a clock, what has happened and what is to come."""
    done = {row.rung: row for row in fired}
    kind = kinds().get(clock.kind)
    found = []
    for key, at in zip(clock.ladder, clock.rung_ats, strict=True):
        rung = kind.rung(key) if kind else None
        row = done.get(key)
        found.append(
            Step(
                str(rung.label) if rung else key,
                at,
                row.fired_at if row else None,
                row.is_passed_over if row else False,
                at.astimezone(ZoneInfo(clock.time_zone)).time() >= END_OF_DAY,
            )
        )
    return found


@dataclass(frozen=True)
class Missing:
    """A kind of clock that does not run, and why."""

    kind: ClockKind
    limits: Limits | None
    length_key: str
    needs_seasons: bool = False


def missing_lengths(*, on: date) -> list[Missing]:
    """The clocks that cannot run as the program is set: no length, or seasons that nobody has entered."""
    return list(_missing(on))


def _missing(on: date) -> Iterator[Missing]:
    coming = [season for season in seasons() if season.starts_on >= on]
    for kind in kinds().values():
        steps = [rung.length_key for rung in kind.rungs if rung.length_key and rung.after is None]
        for key in filter(None, [kind.length_key, *steps]):
            limits = limits_of(key, on=on)
            length = limits.runs_on if limits else None
            if length is None:
                yield Missing(kind, limits, key)
            elif length.unit == Unit.SEASONS and length.value > len(coming):
                yield Missing(kind, limits, key, needs_seasons=True)


def stuck() -> QuerySet[Clock]:
    """Open clocks whose next step has failed, or whose kind this installation knows no longer."""
    return Clock.objects.open().filter(Q(failures__gt=0) | ~Q(kind__in=kinds())).order_by("due_at", "pk")


@dataclass(frozen=True)
class Simulated:
    """One running clock under another length. `problem`: why it cannot be counted."""

    clock: Clock
    due_at: datetime | None
    problem: str = ""
    is_overdue: bool = False

    @property
    def days_moved(self) -> int | None:
        """How many days later, negative for earlier; None where it cannot be counted."""
        return None if self.due_at is None else round((self.due_at - self.clock.due_at) / timedelta(days=1))


def simulated(kind: ClockKind, length: Length, *, at: datetime) -> list[Simulated]:
    """What the running clocks of a kind would be due under another length; those that a clause set are left out.

    The first SIMULATED_AT_MOST by due date. Nothing is changed.
    """
    rows = (
        Clock.objects.filter(kind=kind.key, state=State.RUNNING)
        .exclude(basis__in=NOT_THE_PROGRAMS)
        .prefetch_related("pauses")
        .order_by("due_at", "pk")[:SIMULATED_AT_MOST]
    )
    calendars: dict[str, Calendar] = {}
    return [_simulated(clock, kind, length, calendars, at) for clock in rows]


def _simulated(
    clock: Clock, kind: ClockKind, length: Length, calendars: dict[str, Calendar], at: datetime
) -> Simulated:
    if clock.calendar_country not in calendars:
        calendars[clock.calendar_country] = calendar_of(clock.calendar_country)
    pauses = [Stretch(pause.since, pause.ended_at) for pause in clock.pauses.all()]
    try:
        due_at = timing(
            kind,
            started_at=clock.started_at,
            length=length,
            target=None,
            calendar=calendars[clock.calendar_country],
            pauses=pauses,
        ).due_at
    except CannotCount as error:
        return Simulated(clock, None, str(error))
    return Simulated(clock, due_at, is_overdue=due_at < at)


def unswept(*, at: datetime) -> int:
    """How many clocks of all programs should have moved ten minutes ago and have not: nobody sweeps. For the operator. Own transaction."""
    with engine_scope():
        return Clock.objects.filter(wake_at__lt=at - LATE).count()
