"""Education in public: sessions as figures with their day and both numbers; never a person, never what was noticed, never who led.

The program decides it in the rule `disclosure.education`: `published` (on the page of a workplace how many sessions, the last one, how much of what
was owed is held, and how many took part), `count` (the same without people), `totals` (the program and its seasons as a whole), or nothing.

Workers are counted only from `disclosure.smallest_group` on: those who took part, those present, and those present who did not take part are each
none or at least that many, else both numbers stay blank; where the program has not set it they stay blank everywhere. Sums over workplaces add
only such numbers, so that no subtraction shows the others, and only for seasons that are over and with at least three suppliers behind them: a sum that
grew with each session would tell each one's share.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs import queries
from programs.disclosure.decisions import changed as rules_changed
from programs.enums import DueState
from programs.models import EducationDue, EducationSession, Season, Workplace
from programs.queries import education
from wsr.registry.disclosure import Addition, Column, PublicKind, PublicRecord, Since
from wsr.registry.enums import Reason
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

TOTAL, SEASON = "education_total", "education_season"
PUBLISHED, COUNT, TOTALS = "published", "count", "totals"
RULES = ("disclosure.education", "disclosure.supplier_names", "disclosure.smallest_group")
LEAST_SUPPLIERS = 3
PEOPLE = ("attended", "present")

_HELD = (
    Column("sessions", _("Sessions with workers"), "Sessions that count as held."),
    Column("workplaces_taught", _("Workplaces with a session"), "Workplaces with at least one of them."),
    Column("workplaces", _("Workplaces"), "Open workplaces of suppliers that take part."),
    Column("education_held", _("Held as owed"), "Of what was owed, how much was held."),
    Column("education_owed", _("Owed so far"), "What the program's rules asked for by this day."),
)
KINDS = [
    PublicKind(
        TOTAL,
        "education_totals",
        _("Education in numbers"),
        _("Education in numbers"),
        (Column("name", _("Name"), "The program."), *_HELD),
    ),
    PublicKind(
        SEASON,
        "education_seasons",
        _("Education of a season"),
        _("Education by season"),
        (
            Column("name", _("Season"), "The season."),
            Column("starts_on", _("First day"), "ISO 8601 date."),
            Column("ends_on", _("Last day"), "ISO 8601 date."),
            *_HELD,
            Column(
                "attended",
                _("Workers who took part"),
                "Summed over workplaces with enough workers to be counted; only of seasons that are over.",
            ),
            Column("present", _("Workers present"), "Of the same workplaces, how many workers were present."),
            Column(
                "handed_out", _("Handed out"), "Booklets and other materials; only of seasons that are over."
            ),
        ),
    ),
]
ADDS = {
    "workplace": (
        Column("last_session_on", _("Last session with workers"), "ISO 8601 date of the last session held."),
        Column("sessions_held", _("Sessions held"), "Sessions with workers that count as held."),
        Column("education_held", _("Education held as owed"), "Of what was owed, how much was held."),
        Column(
            "education_owed", _("Education owed so far"), "What the program's rules asked for by this day."
        ),
        Column(
            "attended", _("Took part in the last session"), "Workers, where there are enough to be counted."
        ),
        Column("present", _("Present at the last session"), "Workers at work there on that day."),
    )
}
_BLANK: dict[str, Any] = {
    "last_session_on": "",
    **dict.fromkeys(("sessions_held", "education_held", "education_owed", *PEOPLE)),
}


def decisions(on: date) -> tuple[str, int | None]:
    """What the program decided: `published`, `count`, `totals` or nothing; and how many workers are counted at least, None where it is unsaid."""
    said = dict(queries.rules(on=on).filter(key__in=RULES).values_list("key", "value"))
    value = str(said.get(RULES[0]) or "")
    if value not in (PUBLISHED, COUNT, TOTALS):
        value = ""
    elif value != TOTALS and said.get(RULES[1]) != "published":
        value = TOTALS
    least = said.get(RULES[2])
    return value, least if isinstance(least, int) and least > 0 else None


def may_be_said(attended: int, present: int, least: int | None) -> bool:
    """Whether both numbers of workers are public: each group is empty or large enough."""
    if least is None or present < least:
        return False
    return all(group == 0 or group >= least for group in (attended, present - attended))


# ── The program and its seasons ──────────────────────────────────────────────────────────────────


def present(kind: str) -> QuerySet:
    """The program, or its seasons that have begun, where it publishes at least totals."""
    on = queries.today(timezone.now())
    rows = (
        Program.objects.filter(pk=current_program_id())
        if kind == TOTAL
        else Season.objects.filter(starts_on__lte=on)
    )
    return rows if decisions(on)[0] else rows.none()


def names(kind: str, only: set[UUID]) -> dict[UUID, str]:
    """{id: name} of the program or of seasons."""
    rows = (Program if kind == TOTAL else Season).objects.filter(pk__in=only)
    return dict(rows.values_list("pk", "name"))


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """The public records of one kind; of these subjects only, if they are named."""
    value, least = decisions(as_of)
    if not value:
        return
    if kind == TOTAL:
        for program in Program.objects.filter(pk=current_program_id()):
            if only is None or program.pk in only:
                content = {"name": program.name, **_held(education.coverage_of_program(on=as_of))}
                yield PublicRecord(TOTAL, program.pk, content)
        return
    for line in education.coverage_by_season(on=as_of):
        if line.season_id and (only is None or line.season_id in only):
            yield _season(Season.objects.get(pk=line.season_id), line, value, least, as_of)


def changed(kind: str, since: Since) -> set[UUID]:
    """Few records: comparing them costs less than asking whether a number changed."""
    return set(present(kind).values_list("pk", flat=True))


def _held(line: education.Coverage) -> dict[str, int]:
    return {
        "sessions": line.sessions,
        "workplaces_taught": line.taught,
        "workplaces": line.workplaces,
        "education_held": line.met,
        "education_owed": line.owed,
    }


def _season(
    season: Season, line: education.Coverage, value: str, least: int | None, as_of: date
) -> PublicRecord:
    content: dict[str, Any] = {
        "name": season.name,
        "starts_on": season.starts_on.isoformat(),
        "ends_on": season.ends_on.isoformat(),
        **_held(line),
        **dict.fromkeys((*PEOPLE, "handed_out")),
    }
    counted = (*PEOPLE, "handed_out")
    if value == COUNT or least is None:
        return PublicRecord(SEASON, season.pk, content, dict.fromkeys(counted, Reason.NOT_PUBLIC.value))
    if season.ends_on >= as_of:
        return PublicRecord(SEASON, season.pk, content, dict.fromkeys(counted, Reason.NOT_COLLECTED.value))
    rows = education.with_taught(EducationDue.objects.filter(season=season, state=DueState.MET))
    said = [
        (due.supplier_id, due.n_attended, due.n_present)
        for due in rows
        if may_be_said(due.n_attended, due.n_present, least)
    ]
    if len({supplier for supplier, _attended, _present in said}) < LEAST_SUPPLIERS:
        return PublicRecord(SEASON, season.pk, content, dict.fromkeys(counted, Reason.SMALL_NUMBER.value))
    content["attended"] = sum(attended for _supplier, attended, _present in said)
    content["present"] = sum(there for _supplier, _attended, there in said)
    content["handed_out"] = education.handed_out_in(education.counted().filter(due__season=season))
    return PublicRecord(SEASON, season.pk, content)


# ── One workplace ────────────────────────────────────────────────────────────────────────────────


def additions(as_of: date, only: set[UUID]) -> dict[UUID, Addition]:
    """What the page of each of these workplaces says of its education, on a day."""
    value, least = decisions(as_of)
    if value not in (PUBLISHED, COUNT):
        blank = {"last_session_on": Reason.NOT_PUBLIC.value}
        return {pk: Addition(dict(_BLANK), dict(blank)) for pk in only}
    last: dict[UUID, EducationSession] = {}
    total: dict[UUID, int] = defaultdict(int)
    rows = education.counted().filter(workplace__in=only, counted_on__lte=as_of)
    for session in rows.order_by("counted_on", "starts_at", "pk"):
        last[session.workplace_id] = session
        total[session.workplace_id] += 1
    met, owed = _of_workplaces(as_of, only)
    found = {}
    for pk in only:
        content = _BLANK | {"sessions_held": total[pk], "education_held": met[pk], "education_owed": owed[pk]}
        found[pk] = _with_last(content, last.get(pk), value, least)
    return found


def _of_workplaces(as_of: date, only: set[UUID]) -> tuple[dict[UUID, int], dict[UUID, int]]:
    met: dict[UUID, int] = defaultdict(int)
    owed: dict[UUID, int] = defaultdict(int)
    rows = EducationDue.objects.filter(workplace__in=only).exclude(state=DueState.DROPPED)
    fallen = rows.filter(Q(state=DueState.MET) | Q(due_on__lte=as_of))
    for pk, state in fallen.values_list("workplace_id", "state"):
        owed[pk] += 1
        met[pk] += state == DueState.MET
    return met, owed


def _with_last(
    content: dict[str, Any], last: EducationSession | None, value: str, least: int | None
) -> Addition:
    if last is None or last.counted_on is None:
        return Addition(content, {"last_session_on": Reason.NOT_COLLECTED.value})
    content["last_session_on"] = last.counted_on.isoformat()
    attended, there = last.attended or 0, last.workers_present or 0
    if value == PUBLISHED and may_be_said(attended, there, least):
        content["attended"], content["present"] = attended, there
        return Addition(content, {}, last.counted_on)
    reason = Reason.NOT_PUBLIC if value == COUNT or least is None else Reason.SMALL_NUMBER
    return Addition(content, dict.fromkeys(PEOPLE, reason.value), last.counted_on)


def changed_additions(since: Since) -> set[UUID]:
    """Workplaces with a line or a session written since, or with a day that passed; all of them where a decision changed."""
    if rules_changed(since, *RULES):
        return set(Workplace.objects.values_list("pk", flat=True))
    found = since.changed_ids(EducationDue.objects.all(), "workplace_id")
    found |= since.changed_ids(EducationSession.objects.all(), "workplace_id")
    passed = EducationDue.objects.filter(
        state=DueState.OWED, due_on__gte=since.day, due_on__lte=queries.today(timezone.now())
    )
    return found | set(passed.values_list("workplace_id", flat=True))
