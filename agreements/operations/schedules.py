"""Recurring duties: begun by a version that comes into force, opened by the engine, replaced by the next version, ended with the agreement.

The rule for an amendment: whoever began a period under the old version finishes it under the old version, with its date. What was opened
ahead for a time in which the new version holds is cancelled and opened anew from the new clause, which begins on the day after
the last period that stays, so that no day is owed for twice and none is left out. What is owed once is not asked a second time.

The rule for an end: what had begun by the last day stays owed, cut off at that day; what had not is cancelled.
"""

import logging
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from agreements.clauses.duties import BY_KEY, RETIRED, Duty, From, duties_of
from agreements.enums import OWED, ObligationState
from agreements.models import Agreement, AgreementVersion, Clause, Obligation, Party, Schedule
from agreements.operations import obligations
from agreements.periods import Period, end_of, periods, rule_of, start_of
from wsr.accounts.models import Person
from wsr.history.operations import record
from wsr.tenancy import atomic, current_program_id, engine_scope, program_scope
from wsr.tenancy.models import Program

logger = logging.getLogger(__name__)

AHEAD = timedelta(days=14)  # how long before its first day a period is opened


@atomic
def begin(*, version: AgreementVersion, at: datetime, by: Person | None = None, **_said: Any) -> None:
    """Open what the clauses of a version that has come into force ask for, and replace what earlier versions asked. Once, however often
    it is called. Reaction to `agreement.in_force`; needs the rights of staff."""
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=version.agreement_id)
    zone = zone_of_program()
    day = _first_day(version, zone, at)
    kept = _replace_earlier(agreement, version, day, at=at, by=by)
    parties = list(agreement.parties.select_related("participation").order_by("position", "pk"))
    for clause in version.clauses.order_by("position", "pk"):
        clause.version = version
        for duty in duties_of(clause):
            for party in parties:
                if party.side == duty.side(clause):
                    _begin_duty(agreement, clause, duty, party, kept.get((party.pk, duty.key)), day, at, by)


@atomic
def end(
    *,
    version: AgreementVersion,
    at: datetime,
    by: Person | None = None,
    **_said: Any,
) -> None:
    """Stop all schedules of an agreement and cancel what had not begun by its last day. Reaction to `agreement.ended`."""
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=version.agreement_id)
    last = agreement.ended_on or at.astimezone(zone_of_program()).date()
    for schedule in _of(agreement):
        _open(schedule, at=at, through=last)
        _stop(schedule, last)
    _cancel_from(
        agreement, last + timedelta(days=1), _("The agreement ended before this period began."), at=at, by=by
    )


def open_due(*, at: datetime, limit: int = 1000) -> int:
    """Open every period of every program whose time has come, outside any scope; returns how many obligations were opened.

    Each schedule is one transaction: one that fails is logged and stops no other. Any number of processes may do this at once.
    """
    with engine_scope():
        waiting = list(
            Schedule.objects.filter(Q(opens_at__lte=at) | Q(opens_at__isnull=False, duty__in=RETIRED))
            .order_by("opens_at", "pk")
            .values_list("program_id", "pk")[:limit]
        )
    opened = 0
    for program_id, schedule_id in waiting:
        try:
            opened += open_next(program_id=program_id, schedule_id=schedule_id, at=at)
        except Exception:
            logger.exception("schedule not opened schedule=%s", schedule_id)
    return opened


def open_next(*, program_id: UUID, schedule_id: UUID, at: datetime) -> int:
    """Open the periods of one schedule whose time has come, outside any scope; 0 where another process is at it."""
    with program_scope(program_id):
        schedule = (
            Schedule.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=schedule_id, opens_at__isnull=False)
            .first()
        )
        if schedule is not None and schedule.duty in RETIRED:
            _retire(schedule, at=at)
            return 0
        is_due = schedule is not None and schedule.opens_at <= at
        return _open(schedule, at=at) if is_due else 0


def zone_of_program() -> ZoneInfo:
    """The time zone of the active program."""
    return ZoneInfo(Program.objects.values_list("time_zone", flat=True).get(pk=current_program_id()))


def _first_day(version: AgreementVersion, zone: ZoneInfo, at: datetime) -> date:
    """The day the version takes effect: the one it names, or that of the last signature where that is later."""
    signed_on = (version.signed_at or at).astimezone(zone).date()
    if version.starts_on is None:
        return signed_on
    return max(version.starts_on, signed_on) if version.signed_at else version.starts_on


# ── One duty of one party ────────────────────────────────────────────────────────────────────────


def _begin_duty(
    agreement: Agreement,
    clause: Clause,
    duty: Duty,
    party: Party,
    kept: date | None,
    day: date,
    at: datetime,
    by: Person | None,
) -> None:
    frequency = duty.frequency(clause)
    if not frequency:
        if kept is None:
            obligations.open_obligation(
                clause=clause,
                party=party,
                duty=duty.key,
                period=(day, None),
                counted_from=start_of(day, zone_of_program()),
                at=at,
                by=by,
            )
        return
    starts_on = max(day, kept + timedelta(days=1)) if kept else day
    schedule, made = Schedule.objects.get_or_create(
        clause=clause,
        party=party,
        duty=duty.key,
        defaults={
            "agreement": agreement,
            "rule": rule_of(frequency, starts_on),
            "starts_on": starts_on,
            "ends_on": clause.version.ends_on,
            "next_start": starts_on,
            "opens_at": start_of(starts_on, zone_of_program()) - AHEAD,
            "created_at": at,
        },
    )
    if made:
        record("schedule.begun", schedule, by=by, at=at, after={"rule": schedule.rule, "from": starts_on})
    _open(schedule, at=at)


def _open(schedule: Schedule, *, at: datetime, through: date | None = None) -> int:
    """Open the periods whose time has come, or those that begin by `through`, and note when the next one is opened."""
    if schedule.next_start is None or schedule.duty in RETIRED:
        return 0
    zone, opened = zone_of_program(), 0
    clause = Clause.objects.select_related("version__agreement").get(pk=schedule.clause_id)
    party = Party.objects.select_related("participation").get(pk=schedule.party_id)
    following: date | None = None
    for period in periods(schedule.rule, schedule.starts_on, after=schedule.next_start):
        if schedule.ends_on and period.starts_on > schedule.ends_on:
            break
        is_early = start_of(period.starts_on, zone) - AHEAD > at
        if period.starts_on > through if through else is_early:
            following = period.starts_on
            break
        _open_period(schedule, clause, party, _cut(period, schedule.ends_on), zone, at)
        opened += 1
    schedule.next_start = following
    schedule.opens_at = start_of(following, zone) - AHEAD if following else None
    schedule.save(update_fields=["next_start", "opens_at"])
    return opened


def _retire(schedule: Schedule, *, at: datetime) -> None:
    """Clauses open this duty no more: what is still owed is cancelled, and the schedule stops. Answers on record stay."""
    owed = Obligation.objects.filter(
        clause_id=schedule.clause_id, party_id=schedule.party_id, duty=schedule.duty, state__in=OWED
    )
    for pk in owed.values_list("pk", flat=True):
        obligations.cancel(obligation_id=pk, reason=str(RETIRED[schedule.duty]), at=at)
    schedule.next_start = schedule.opens_at = None
    schedule.save(update_fields=["next_start", "opens_at"])


def _open_period(
    schedule: Schedule, clause: Clause, party: Party, period: Period, zone: ZoneInfo, at: datetime
) -> None:
    duty = BY_KEY[schedule.duty]
    from_end = duty.counted == From.PERIOD_END
    obligations.open_obligation(
        clause=clause,
        party=party,
        duty=duty.key,
        period=(period.starts_on, period.ends_on),
        counted_from=end_of(period.ends_on, zone) if from_end else start_of(period.starts_on, zone),
        at=at,
    )


def _cut(period: Period, last: date | None) -> Period:
    return Period(period.starts_on, min(period.ends_on, last)) if last else period


# ── Amendments and ends ──────────────────────────────────────────────────────────────────────────


def _replace_earlier(
    agreement: Agreement, version: AgreementVersion, day: date, *, at: datetime, by: Person | None
) -> dict[tuple[UUID, str], date]:
    """Stop what earlier versions asked for; returns {(party, duty): last day that stays owed under them}."""
    for schedule in _of(agreement).exclude(clause__version=version):
        _open(schedule, at=at, through=day - timedelta(days=1))
        _stop(schedule, day - timedelta(days=1))
    earlier = Obligation.objects.filter(agreement=agreement, about_id=None).exclude(clause__version=version)
    reason = _("Replaced by version %(number)s of the agreement.") % {"number": version.number}
    _cancel_from(agreement, day, reason, at=at, by=by, rows=earlier.exclude(period_end=None))
    kept: dict[tuple[UUID, str], date] = {}
    for one in earlier.exclude(state=ObligationState.CANCELLED):
        key = (one.party_id, one.duty)
        kept[key] = max(kept.get(key, date.min), one.period_end or one.period_start)
    return kept


def _of(agreement: Agreement) -> Any:
    return Schedule.objects.select_for_update(of=("self",)).filter(agreement=agreement).order_by("pk")


def _stop(schedule: Schedule, last: date) -> None:
    schedule.ends_on = min(filter(None, [schedule.ends_on, last]))
    schedule.next_start = schedule.opens_at = None
    schedule.save(update_fields=["ends_on", "next_start", "opens_at"])


def _cancel_from(
    agreement: Agreement, day: date, reason: str, *, at: datetime, by: Person | None, rows: Any = None
) -> None:
    """Cancel what is still open for periods that begin on a day or later."""
    rows = Obligation.objects.filter(agreement=agreement) if rows is None else rows
    for pk in rows.filter(state=ObligationState.OPEN, period_start__gte=day).values_list("pk", flat=True):
        obligations.cancel(obligation_id=pk, reason=reason, at=at, by=by)
