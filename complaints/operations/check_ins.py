"""The questions of the watch and their clocks: when each is to be asked, who is told, and that silence is written down as silence."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connections
from django.utils.translation import gettext as _

from complaints.enums import Act, AssignmentState, Part
from complaints.models import Assignment, CheckIn, Complainant, Complaint
from programs.queries import rule_value, today
from wsr.accounts.grants import Permission, Role
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length
from wsr.deadlines.operations.starting import start
from wsr.history.operations import record
from wsr.notices.operations import tell_people, tell_role
from wsr.tenancy import current_alias, current_program_id
from wsr.tenancy.models import Program

CHECK_IN = "complaints.check_in"
DAYS = (7, 30, 90)  # the platform's own; a program adds others and takes none of these away
MORE_DAYS = "complaints.check_in_days"
LONGEST = 3 * 366


def days_to_ask(*, on: date) -> list[int]:
    """How many days after an act she is asked: the platform's own, and what the program added."""
    added = rule_value(MORE_DAYS, on=on)
    said = [str(entry).strip() for entry in added] if isinstance(added, list) else []
    return sorted({*DAYS, *(int(one) for one in said if one.isdecimal() and 0 < int(one) <= LONGEST)})


def begin(complainant: Complainant, act: Act, *, at: datetime, by: Person | None) -> list[CheckIn]:
    """Her check-ins after an act, with their clocks; what is to be asked on the same day already is asked once. The caller holds the lock."""
    day = today(at)
    due = {day + timedelta(days=number): number for number in days_to_ask(on=day)}
    hers = CheckIn.objects.filter(complainant=complainant, due_on__in=due).exclude(act=Act.UNASKED)
    taken = set(hers.values_list("due_on", flat=True))
    made = []
    for due_on, number in due.items():
        if due_on in taken:
            continue
        row = CheckIn.objects.create(
            complaint_id=complainant.complaint_id,
            complainant=complainant,
            act=act,
            acted_on=day,
            days=number,
            due_on=due_on,
        )
        start_clock(row, started_at=at, at=at, by=by)
        made.append(row)
    return made


def joined(complainant: Complainant, *, at: datetime, by: Person | None) -> list[CheckIn]:
    """Somebody joins a complaint that an employer can see already: she is asked on the days on which the others still are. The caller holds the lock."""
    others = CheckIn.objects.filter(complaint_id=complainant.complaint_id, due_on__gt=today(at))
    days = {row.due_on: row for row in others.exclude(complainant=complainant).exclude(act=Act.UNASKED)}
    hers = set(CheckIn.objects.filter(complainant=complainant).values_list("due_on", flat=True))
    made = []
    for due_on in sorted(set(days) - hers):
        row = days[due_on]
        copy = CheckIn.objects.create(
            complaint_id=complainant.complaint_id,
            complainant=complainant,
            act=row.act,
            acted_on=row.acted_on,
            days=row.days,
            due_on=due_on,
        )
        start_clock(copy, started_at=beginning_of(row), at=at, by=by)
        made.append(copy)
    return made


def start_clock(row: CheckIn, *, started_at: datetime, at: datetime, by: Person | None) -> None:
    """The clock of one question; a worker leaves it to the next tick."""
    length = Length(row.days, Unit.DAYS, Basis.PLATFORM if row.days in DAYS else Basis.TARGET)
    start(kind=CHECK_IN, subject=_subject(row.pk), started_at=started_at, at=at, by=by, length=length)


def beginning_of(row: CheckIn) -> datetime:
    """The first moment of the day from which its days are counted, in the program's time zone."""
    zone = Program.objects.values_list("time_zone", flat=True).get(pk=current_program_id())
    return datetime.combine(row.acted_on, time(), ZoneInfo(zone))


def stop_clock(row: CheckIn, *, at: datetime, by: Person | None) -> None:
    """She has answered."""
    clocks.meet(kind=CHECK_IN, subject=_subject(row.pk), at=at, by=by)


# ── The steps of the clock ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Waiting:
    """A check-in as the clock may know it."""

    complaint_id: UUID
    is_open: bool
    was_asked: bool


def time_to_ask(*, clock: Any, rung: Any, at: datetime) -> None:
    """Effect of the clock: whoever handles the complaint is told that somebody is to be asked; where nobody does, those who may triage."""
    if (row := _of_clock(clock)) and row.is_open:
        _tell_handler(row.complaint_id, f"check_in_due:{clock.pk}:{rung.key}", at)


def nobody_asked(*, clock: Any, rung: Any, at: datetime) -> None:
    """Effect of the clock: the directors are told where nobody has even tried."""
    if (row := _of_clock(clock)) and row.is_open and not row.was_asked:
        key = f"check_in_missed:{clock.pk}"
        tell_role(
            kind="check_in_missed", key=key, roles=[Role.DIRECTOR], at=at, context={}, about=row.complaint_id
        )


def not_reached(*, clock: Any, rung: Any, at: datetime) -> None:
    """Effect of the clock: the time to ask is over. It says that nobody was reached, and not that all is well."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT complaints_not_reached(%s, %s)", [clock.subject_id, at])
        [complaint_id] = cursor.fetchone()
    if complaint_id is not None:
        record("watch.not_reached", ("complaints.complaint", complaint_id), by=None, at=at)
        clocks.cancel(
            kind=CHECK_IN, subject=_subject(clock.subject_id), at=at, by=None, reason=_("Nobody was reached.")
        )


def _of_clock(clock: Any) -> _Waiting | None:
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT complaint_id, is_open, was_asked FROM complaints_check_in(%s)", [clock.subject_id]
        )
        found = cursor.fetchone()
    return _Waiting(*found) if found else None


def _tell_handler(complaint_id: UUID, key: str, at: datetime) -> None:
    handler = Complaint.objects.values_list("handler_id", flat=True).get(pk=complaint_id)
    inside = Assignment.objects.filter(
        complaint_id=complaint_id, person_id=handler, part=Part.HANDLER, state=AssignmentState.ACCEPTED
    )
    context = {"complaint": str(complaint_id)}
    if inside.exists():
        tell_people(
            kind="check_in_due", key=key, people=[handler], context=context, at=at, about=complaint_id
        )
    else:
        permission = Permission.COMPLAINT_TRIAGE
        tell_role(
            kind="check_in_due", key=key, permission=permission, context=context, at=at, about=complaint_id
        )


def _subject(check_in_id: UUID) -> tuple[str, UUID]:
    return ("complaints.checkin", check_in_id)
