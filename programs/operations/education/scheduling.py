"""The schedule: drawing up what each workplace is owed, and settling it when sessions count. The dates come from `programs.schedule`."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from programs.blueprints import units
from programs.enums import DueState
from programs.models import EducationDue, Workplace
from programs.queries import education as queries
from programs.queries import today
from programs.schedule import LOOK_AHEAD, Held, Owed, Said, owed
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic, current_program_id, program_scope
from wsr.tenancy.models import Program

DUE = "programs.education_due"
AT_ONCE = 200  # workplaces in one transaction


class CannotSchedule(DomainError):
    """What is owed cannot change like that."""


def draw_up_program(program_id: UUID, *, at: datetime) -> int:
    """Draw up the schedule of a whole program, some workplaces at a time; how many lines were written. Outside any scope."""
    with program_scope(program_id):
        places = list(Workplace.objects.order_by("pk").values_list("pk", flat=True))
    changed = 0
    for start in range(0, len(places), AT_ONCE):
        with program_scope(program_id):
            changed += draw_up(at=at, only=places[start : start + AT_ONCE])
    return changed


@atomic
def draw_up(*, at: datetime, only: Iterable[UUID] | None = None, by: Person | None = None) -> int:
    """Write what is owed by the rules of today and was not written yet; how many lines were written or moved.

    A date that is still ahead follows a changed rule; what was due already stays as it was. Whoever closed or left is owed nothing more. Asked
    again, it changes nothing. `only`: these workplaces. `at` is timezone-aware.
    """
    program = Program.objects.get(pk=current_program_id())
    on = at.astimezone(ZoneInfo(program.time_zone)).date()
    rules, seasons = queries.schedule_rules(on=on), queries.stretches()
    rows = Workplace.objects.select_for_update(of=("self",)).select_related("supplier").order_by("pk")
    places = list(rows if only is None else rows.filter(pk__in=list(only)))
    held, written = _held(places), _written(places)
    changed = 0
    for place in places:
        known = written[place.pk]
        if place.closed_on or place.supplier.ended_on:
            changed += _drop_rest(place, known.values(), by=by, at=at)
            continue
        since = max(
            filter(None, [place.opened_on, place.supplier.joined_on]), default=place.created_at.date()
        )
        asked = owed(rules, seasons, since=since, on=on, held=held[place.pk])
        keys = {(one.kind.value, one.number, one.period) for one in asked}
        changed += _drop_unasked([due for key, due in known.items() if key not in keys], on, by=by, at=at)
        for one in asked:
            due = known.get((one.kind.value, one.number, one.period))
            changed += _write(place, one, by=by, at=at, program=program) if due is None else 0
            changed += _follow(due, one, on=on, by=by, at=at, program=program) if due is not None else 0
    if changed:
        record("education.drawn_up", program, by=by, at=at, after={"lines": changed})
    return changed


def _held(places: list[Workplace]) -> dict[UUID, list[Held]]:
    found: dict[UUID, list[Held]] = defaultdict(list)
    rows = queries.counted().filter(workplace__in=places).exclude(due__state=DueState.OWED)
    for place, kind, number, on in rows.values_list("workplace_id", "kind", "number", "counted_on"):
        if on is not None:
            found[place].append(Held(kind, number, on))
    return found


def _written(places: list[Workplace]) -> dict[UUID, dict[tuple[str, int, str], EducationDue]]:
    found: dict[UUID, dict[tuple[str, int, str], EducationDue]] = defaultdict(dict)
    for due in EducationDue.objects.filter(workplace__in=places).order_by("pk"):
        found[due.workplace_id][due.kind, due.number, due.period] = due
    return found


def _write(place: Workplace, one: Owed, *, by: Person | None, at: datetime, program: Program) -> int:
    due = EducationDue(
        workplace=place,
        supplier_id=place.supplier_id,
        kind=one.kind,
        number=one.number,
        period=one.period,
        season_id=one.season_id,
        drawn_up_at=at,
    )
    _say(due, one)
    due.updated_at = at
    due.save(force_insert=True)
    start_clock(due, program, by=by, at=at)
    return 1


def _follow(
    due: EducationDue, one: Owed, *, on: date, by: Person | None, at: datetime, program: Program
) -> int:
    """Let a line that is owed follow the rules of today, unless its day has come."""
    if due.state != DueState.OWED or due.due_on == one.due_on:
        return 0
    if due.due_on is not None and due.due_on < on:
        return 0
    before = due.due_on
    _say(due, one)
    due.updated_at = at
    due.save()
    if before is not None:
        clocks.cancel(kind=DUE, subject=due, reason=_("The rules give another day."), at=at, by=by)
    start_clock(due, program, by=by, at=at)
    record("education.moved", due, by=by, at=at, before={"due_on": before}, after={"due_on": due.due_on})
    return 1


def _say(due: EducationDue, one: Owed) -> None:
    """What the rules of today say, as it is kept beside the line."""
    due.opens_on, due.due_on = one.opens_on, one.due_on
    due.basis, due.counted_from = one.basis, one.counted_from
    due.rule_key, due.rule_certainty, due.rule_source = one.rule.key, one.rule.certainty, one.rule.source
    due.rule_words = _words(one.rule)


def _words(rule: Said) -> str:
    return ", ".join(units.words(rule.unit, rule.value))[:300]  # type: ignore[arg-type]


def start_clock(due: EducationDue, program: Program, *, by: Person | None, at: datetime) -> None:
    """The day runs from when it can be held, where there is a day."""
    if due.due_on is None:
        return
    zone = ZoneInfo(program.time_zone)
    clocks.start(
        kind=DUE,
        subject=due,
        started_at=datetime.combine(due.opens_on, time(), zone),
        at=at,
        by=by,
        title=_("%(kind)s at %(workplace)s") % {"kind": due, "workplace": due.workplace.name},
        url=reverse("programs:education_due", args=[program.slug, due.pk]),
        length=Length(
            max((due.due_on - due.opens_on).days, 0),
            Unit.DAYS,
            Basis.BINDING,
            due.rule_certainty,
            due.rule_source,
        ),
    )


def _drop_rest(place: Workplace, dues: Iterable[EducationDue], *, by: Person | None, at: datetime) -> int:
    """Whoever closed or left is owed nothing that was not due before."""
    ended = min(filter(None, [place.closed_on, place.supplier.ended_on]))
    count = 0
    for due in dues:
        if due.state == DueState.OWED and (due.due_on is None or due.due_on >= ended):
            _drop(due, _("The workplace closed or left the program."), by=by, at=at)
            count += 1
    return count


def _drop_unasked(dues: Iterable[EducationDue], on: date, *, by: Person | None, at: datetime) -> int:
    """What the rules of today no longer ask for, unless its day has come or it is further ahead than they look."""
    ahead = [
        due
        for due in dues
        if due.state == DueState.OWED
        and (due.due_on is None or due.due_on >= on)
        and due.opens_on <= on + LOOK_AHEAD
    ]
    for due in ahead:
        _drop(due, _("The rules no longer ask for it."), by=by, at=at)
    return len(ahead)


@atomic
def drop(*, due_id: UUID, reason: str, by: Person, at: datetime) -> EducationDue:
    """Say that something is not owed after all. Raises EducationDue.DoesNotExist and CannotSchedule."""
    due = _locked(due_id)
    if due.state != DueState.OWED:
        raise CannotSchedule(_("Only what is still owed can be dropped."))
    if not reason.strip():
        raise CannotSchedule(_("Say why it is no longer owed."))
    _drop(due, reason.strip(), by=by, at=at)
    return due


@atomic
def owe_again(*, due_id: UUID, by: Person, at: datetime) -> EducationDue:
    """Take back that something is not owed. Raises EducationDue.DoesNotExist and CannotSchedule."""
    due = _locked(due_id)
    if due.state != DueState.DROPPED:
        raise CannotSchedule(_("It was not dropped."))
    due.state, due.dropped_reason, due.updated_at = DueState.OWED, "", at
    due.save(update_fields=["state", "dropped_reason", "updated_at"])
    start_clock(due, Program.objects.get(pk=current_program_id()), by=by, at=at)
    record("education.owed_again", due, by=by, at=at)
    return due


def _drop(due: EducationDue, reason: str, *, by: Person | None, at: datetime) -> None:
    due.state, due.dropped_reason, due.updated_at = DueState.DROPPED, reason, at
    due.save(update_fields=["state", "dropped_reason", "updated_at"])
    clocks.cancel(kind=DUE, subject=due, reason=reason, at=at, by=by)
    record("education.dropped", due, by=by, at=at, reason=reason)


def settle(due_id: UUID | None, *, by: Person | None, at: datetime) -> None:
    """Make what is owed equal to the sessions that count, and draw up what follows from it. The caller's transaction."""
    if due_id is None:
        return
    due = _locked(due_id)
    is_met = queries.taught(due).reaches(queries.floor(on=today(at)))
    if is_met == (due.state == DueState.MET) or due.state == DueState.DROPPED:
        return
    if is_met:
        days = queries.counted().filter(due=due).order_by("counted_on").values_list("counted_on", flat=True)
        due.state, due.met_on = DueState.MET, days.last()
        clocks.meet(kind=DUE, subject=due, at=at, by=by)
    else:
        due.state, due.met_on = DueState.OWED, None
    due.updated_at = at
    due.save(update_fields=["state", "met_on", "updated_at"])
    if not is_met:
        start_clock(due, Program.objects.get(pk=current_program_id()), by=by, at=at)
    record(f"education.{'met' if is_met else 'owed_again'}", due, by=by, at=at)
    if is_met:
        draw_up(at=at, only=[due.workplace_id], by=by)


def _locked(due_id: UUID) -> EducationDue:
    rows = EducationDue.objects.select_for_update(of=("self",)).select_related("workplace")
    return rows.get(pk=due_id)
