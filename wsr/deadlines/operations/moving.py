"""Ending, pausing and prolonging clocks."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.deadlines.enums import OPEN, State
from wsr.deadlines.kinds import ClockKind, kinds
from wsr.deadlines.lengths import Length
from wsr.deadlines.models import Clock, Pause, subject_of
from wsr.deadlines.operations.starting import MAY_KEEP_CLOCKS, PORTALS, CannotMove, ask, start
from wsr.deadlines.timing import apply_timing, counted_anew
from wsr.history.operations import record
from wsr.tenancy import atomic, current_audience


@atomic
def meet(
    *,
    at: datetime,
    by: Person | None = None,
    clock_id: UUID | None = None,
    kind: str = "",
    subject: Any = None,
) -> Clock | None:
    """What the clock waits for is done: by the clock's id, or by kind and subject. None where no such clock is open.

    A clock met after its limit stays marked as late. Nothing more of its ladder happens. From a portal the next tick does it; so does it
    for workers and auditors. Raises Clock.DoesNotExist for an unknown id.
    """
    if current_audience() not in MAY_KEEP_CLOCKS:
        clock = Clock.objects.get(pk=clock_id) if clock_id else None
        ask(
            "meet",
            clock.kind if clock else kind,
            clock.subject if clock else subject_of(subject),
            values={},
            at=at,
        )
        return None
    clock = _locked(clock_id, kind, subject)
    if clock is None or not clock.is_open:
        return None
    _end_pause(clock, at)
    before = clock.state
    _write(clock, state=State.MET, met_at=at, **_over(at))
    record("clock.met", clock, by=by, at=at, before={"state": before}, after={"is_late": clock.is_late})
    return clock


@atomic
def cancel(
    *,
    at: datetime,
    reason: str,
    by: Person | None = None,
    clock_id: UUID | None = None,
    kind: str = "",
    subject: Any = None,
) -> Clock | None:
    """The clock is no longer needed: by id, or by kind and subject. None where no such clock is open.

    For workers and auditors the next tick does it, by kind and subject; portals cancel nothing. Raises CannotMove without a reason, and in
    a portal.
    """
    _explained(reason)
    if current_audience() in PORTALS:
        raise CannotMove(_("Only the program calls a clock off."))
    if current_audience() not in MAY_KEEP_CLOCKS:
        ask("cancel", kind, subject_of(subject), values={"reason": reason.strip()}, at=at)
        return None
    clock = _locked(clock_id, kind, subject)
    if clock is None or not clock.is_open:
        return None
    _end_pause(clock, at)
    before = clock.state
    _write(clock, state=State.CANCELLED, reason=reason.strip(), **_over(at))
    record("clock.cancelled", clock, by=by, at=at, before={"state": before}, reason=reason.strip())
    return clock


@atomic
def pause(*, clock_id: UUID, reason: str, at: datetime, by: Person | None = None) -> Clock:
    """Stop counting, at most for the days its kind still allows; then it runs on by itself. Raises Clock.DoesNotExist and CannotMove."""
    clock = _found(clock_id)
    kind = kind_for(clock)
    _explained(reason)
    if clock.state != State.RUNNING:
        raise CannotMove(_("Only a running clock can be paused; this one is not running."))
    if clock.due_at <= at:
        raise CannotMove(_("The limit has passed already; it cannot be paused any more."))
    if kind.pause_ceiling is None:
        raise CannotMove(_("Clocks of this kind are never paused."))
    left = timedelta(days=kind.pause_ceiling) - paused_so_far(clock)
    if left <= timedelta():
        raise CannotMove(
            _("This clock has been paused for %(days)s days already, the most that is allowed.")
            % {"days": kind.pause_ceiling}
        )
    made = Pause.objects.create(clock=clock, since=at, until=at + left, reason=reason.strip(), paused_by=by)
    _write(clock, state=State.PAUSED, wake_at=made.until, failures=0, error="")
    record("clock.paused", clock, by=by, at=at, after={"until_at_most": made.until}, reason=reason.strip())
    return clock


@atomic
def resume(*, clock_id: UUID, at: datetime, by: Person | None = None) -> Clock:
    """Count on; the limit moves by what was paused. Raises Clock.DoesNotExist and CannotMove."""
    clock = _found(clock_id)
    if clock.state != State.PAUSED:
        raise CannotMove(_("This clock is not paused."))
    before = clock.due_at
    _end_pause(clock, at)
    clock.state = State.RUNNING
    found, calendar = counted_anew(clock, kind_for(clock))
    names = apply_timing(clock, found, calendar)
    clock.save(update_fields=["state", *names])
    record("clock.resumed", clock, by=by, at=at, before={"due_at": before}, after={"due_at": clock.due_at})
    return clock


@atomic
def extend(*, clock_id: UUID, units: int, reason: str, at: datetime, by: Person | None = None) -> Clock:
    """Prolong a clock by some of its own units, as often as its kind allows. Raises Clock.DoesNotExist, CannotMove and CannotCount."""
    clock = _found(clock_id)
    kind = kind_for(clock)
    _explained(reason)
    if clock.state != State.RUNNING:
        raise CannotMove(_("Only a running clock can be extended; a missed one is started anew."))
    if units < 1:
        raise CannotMove(_("An extension is at least 1."))
    if kind.extension_ceiling is not None and clock.extensions >= kind.extension_ceiling:
        raise CannotMove(_("This clock cannot be extended any further."))
    before = clock.due_at
    clock.extended_by += units
    clock.extensions += 1
    found, calendar = counted_anew(clock, kind)
    names = apply_timing(clock, found, calendar)
    clock.save(update_fields=["extended_by", "extensions", *names])
    record(
        "clock.extended",
        clock,
        by=by,
        at=at,
        before={"due_at": before},
        after={"due_at": clock.due_at},
        reason=reason.strip(),
    )
    return clock


@atomic
def restart(
    *, clock_id: UUID, started_at: datetime, reason: str, at: datetime, by: Person | None = None
) -> Clock | None:
    """Cancel a clock and start it anew from another moment, with the same length. Raises Clock.DoesNotExist and CannotMove."""
    clock = cancel(clock_id=clock_id, reason=reason, at=at, by=by)
    if clock is None:
        raise CannotMove(_("This clock is over already."))
    return start(
        kind=clock.kind,
        subject=clock.subject,
        started_at=started_at,
        at=at,
        by=by,
        responsible_participation_id=clock.responsible_participation_id,
        title=clock.title,
        url=clock.url,
        calendar_country=clock.calendar_country,
        length=Length(clock.length_value, clock.length_unit, clock.basis, clock.certainty, clock.source),
    )


def kind_for(clock: Clock) -> ClockKind:
    """The kind of a clock. Raises CannotMove where this installation knows it no longer."""
    try:
        return kinds()[clock.kind]
    except KeyError:
        raise CannotMove(
            _("No part of this installation knows clocks of the kind %(kind)s.") % {"kind": clock.kind}
        ) from None


def paused_so_far(clock: Clock) -> timedelta:
    """How long a clock was paused in its finished pauses."""
    spans = clock.pauses.values_list("since", "ended_at")
    return sum((ended - since for since, ended in spans if ended is not None), timedelta())


def _locked(clock_id: UUID | None, kind: str, subject: Any) -> Clock | None:
    if clock_id is not None:
        return _found(clock_id)
    rows = Clock.objects.select_for_update(of=("self",)).of(subject).filter(kind=kind, state__in=OPEN)
    return rows.first()


def _found(clock_id: UUID) -> Clock:
    return Clock.objects.select_for_update(of=("self",)).get(pk=clock_id)


def _explained(reason: str) -> None:
    if not reason.strip():
        raise CannotMove(_("Say why, in a sentence that others can read later."))


def _over(at: datetime) -> dict[str, Any]:
    return {"ended_at": at, "wake_at": None, "next_rung_at": None, "failures": 0, "error": ""}


def _end_pause(clock: Clock, at: datetime) -> None:
    for row in clock.pauses.filter(ended_at=None):
        row.ended_at = min(max(at, row.since), row.until)
        row.save(update_fields=["ended_at"])


def _write(clock: Clock, **values: Any) -> None:
    for name, value in values.items():
        setattr(clock, name, value)
    clock.save(update_fields=list(values))
