"""Starting clocks."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models.expressions import RawSQL
from kombu.exceptions import OperationalError

from wsr.accounts.models import Person
from wsr.deadlines.calendars import Calendar, calendar_of
from wsr.deadlines.counting import CannotCount
from wsr.deadlines.enums import Unit
from wsr.deadlines.kinds import ClockKind, kind_of
from wsr.deadlines.lengths import Length, Limits, limits_of
from wsr.deadlines.models import Asked, Clock, subject_of
from wsr.deadlines.timing import apply_timing, own_target, timing
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import Audience, atomic, current_audience, current_program_id, on_commit
from wsr.tenancy.fences import OWN_PARTICIPATION

logger = logging.getLogger(__name__)

MAY_KEEP_CLOCKS = (Audience.STAFF, Audience.ENGINE)
PORTALS = (Audience.BRAND, Audience.SUPPLIER)
_OWN = RawSQL(OWN_PARTICIPATION, [])  # noqa: S611 -- a constant


class CannotMove(DomainError):
    """The clock cannot do that in the state it is in."""


@atomic
def start(
    *,
    kind: str,
    subject: Any,
    started_at: datetime,
    at: datetime,
    by: Person | None = None,
    responsible_participation_id: UUID | None = None,
    title: str = "",
    url: str = "",
    calendar_country: str = "",
    length: Length | None = None,
) -> Clock | None:
    """Start the clock of a kind on a subject, a saved row or ("app.model", id); the one that runs already where there is one.

    None where the program has no length for it, or no seasons to count: nothing runs, and the console lists what is missing. `length`
    is for limits that a clause states. `started_at` and `at` are timezone-aware. `title` and `url` are seen by whoever is responsible:
    nothing confidential. In a portal, and for workers and auditors, the next tick starts it, and None is returned. Raises KeyError for an
    unknown kind.
    """
    subject_type, subject_id = subject_of(subject)
    found = kind_of(kind)
    if current_audience() not in MAY_KEEP_CLOCKS:
        said: dict[str, object] = {"title": title, "url": url, "calendar_country": calendar_country}
        said["started_at"], said["length"] = started_at.isoformat(), _as_values(length)
        said["responsible_participation_id"] = str(responsible_participation_id or "")
        ask("start", kind, (subject_type, subject_id), values=said, at=at)
        return None
    running = Clock.objects.open().of((subject_type, subject_id)).filter(kind=kind).first()
    if running is not None:
        return running
    calendar = calendar_of(calendar_country)
    limits = limits_of(found.length_key, on=started_at.astimezone(calendar.zone).date())
    length = length or (limits.runs_on if limits else None)
    if length is None:
        return None
    clock = Clock(
        kind=kind,
        subject_type=subject_type,
        subject_id=subject_id,
        title=(title or str(found.label))[:200],
        url=url,
        responsible_participation_id=responsible_participation_id,
        started_at=started_at,
        started_by=by,
        **_fields(length),
    )
    return _begin(clock, found, length, limits, calendar, by=by, at=at)


def _as_values(length: Length | None) -> list[object] | None:
    """As an asked-for start keeps it."""
    if length is None:
        return None
    return [length.value, str(length.unit), str(length.basis), length.certainty, length.source]


def _fields(length: Length) -> dict[str, object]:
    """The columns of a clock that say its length."""
    return {
        "length_value": length.value,
        "length_unit": length.unit,
        "basis": length.basis,
        "certainty": length.certainty,
        "source": length.source,
    }


def _begin(
    clock: Clock,
    kind: ClockKind,
    length: Length,
    limits: Limits | None,
    calendar: Calendar,
    *,
    by: Person | None,
    at: datetime,
) -> Clock | None:
    try:
        found = timing(
            kind,
            started_at=clock.started_at,
            length=length,
            target=own_target(limits, length),
            calendar=calendar,
        )
    except CannotCount:
        if length.unit == Unit.SEASONS:
            return None
        raise
    apply_timing(clock, found, calendar)
    try:
        with atomic():
            clock.save(force_insert=True)
    except IntegrityError:  # somebody else started it a moment ago
        return Clock.objects.open().of(clock.subject).get(kind=clock.kind)
    record(
        "clock.started",
        clock,
        by=by,
        at=at,
        after={"due_at": clock.due_at, "started_at": clock.started_at, "length": str(length)},
    )
    return clock


def ask(act: str, kind: str, subject: tuple[str, UUID], *, values: dict[str, Any], at: datetime) -> None:
    """Leave an act on a clock to the next tick, and wake it after commit."""
    row = Asked(
        program_id=current_program_id(),
        act=act,
        kind=kind,
        subject_type=subject[0],
        subject_id=subject[1],
        values=values,
        participation_id=_OWN if current_audience() in PORTALS else None,
        at=at,
    )
    Asked.objects.bulk_create([row], ignore_conflicts=True)  # portals may not read it back
    on_commit(wake)


def wake() -> None:
    """Wake a tick; where the broker is away, beat does it."""
    from wsr.deadlines.tasks import sweep  # noqa: PLC0415 -- tasks are leaves; operations import them

    try:
        sweep.delay()
    except OperationalError:
        logger.warning("sweep not woken")
