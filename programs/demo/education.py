"""Invented education of the demo: sessions held, confirmed, planned and overdue, by the rules of each program. Nothing here is a real session."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from programs.enums import EducationKind, MaterialKind
from programs.models import Material, Season, Workplace
from programs.operations import rules, seasons
from programs.operations.education import materials, scheduling, sessions
from programs.operations.education.sessions import Plan, Report
from programs.queries import today
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership, Person
from wsr.tenancy.models import Program

DECIDED = "Demo council, minute 2"
NOTE = "Demo value."
# What each program decides by itself, where nobody published it.
OWN: dict[str, tuple[tuple[str, Any, str], ...]] = {
    "accord": (
        ("clocks.education_first", 30, "days"),
        ("clocks.education_step", 28, "days"),
        ("education.other_confirms", True, ""),
    ),
    "fair_food": (
        ("education.topics", ["Your rights", "Wages and hours", "Heat", "How to complain"], ""),
        ("education.attendance_floor", "75", ""),
        ("education.other_confirms", True, ""),
        ("clocks.education_answered", 3, "days"),
        ("clocks.education_reported", 2, "days"),
        ("clocks.education_confirmed", 7, "days"),
        ("disclosure.smallest_group", 10, ""),
        ("complaints.phone", "+1 239-555-0142 (demo)", ""),
    ),
    "milk_with_dignity": (
        ("education.session_every", 6, ""),
        ("education.paid_time", True, ""),
    ),
}
LIBRARY = (
    ("Know your rights (demo)", MaterialKind.BOOKLET),
    ("Day one (demo)", MaterialKind.VIDEO),
    ("Card with the number (demo)", MaterialKind.CARD),
)
LANGUAGES = {"accord": ["Bengali", "English"], "fair_food": ["Spanish", "Haitian Creole"]}


@dataclass(frozen=True)
class Cast:
    """Who acts in one demo program, and since when it has run."""

    program: Program
    educator: Person
    director: Person
    at: datetime
    start: datetime

    @property
    def began(self) -> date:
        """The first day of the program."""
        return today(self.start)

    @property
    def languages(self) -> list[str]:
        """Those of its sessions."""
        return LANGUAGES.get(self.program.blueprint, ["Spanish"])


def build(*, program: Program, director: Person, at: datetime, start: datetime) -> None:
    """The rules, two seasons, a library, and sessions at the workplaces. In the program's scope, for staff."""
    educator = Membership.objects.active().select_related("person").get(role=Role.EDUCATOR).person
    cast = Cast(program, educator, director, at, start)
    _decide(cast)
    library = _library(cast)
    if program.blueprint == "fair_food":
        _seasons(cast)
    scheduling.draw_up(at=at, by=director)
    places = list(Workplace.objects.order_by("name", "pk"))
    {"accord": _mills, "fair_food": _farms, "milk_with_dignity": _dairies}[program.blueprint](
        cast, places, library
    )


def _decide(cast: Cast) -> None:
    for key, value, unit in OWN[cast.program.blueprint]:
        rules.set_rule(
            key=key,
            value=value,
            unit=unit,
            valid_from=cast.began,
            source=DECIDED,
            note=NOTE,
            by=cast.director,
            at=cast.start,
        )


def _library(cast: Cast) -> list[Material]:
    return [
        materials.add(title=title, kind=kind, language=language, version="2026", by=cast.educator, at=cast.at)
        for title, kind in LIBRARY
        for language in cast.languages[:2]
    ]


def _seasons(cast: Cast) -> None:
    """Two that are over, the one of today, and the coming one."""
    day = today(cast.at)
    second, third = day - timedelta(days=330), day - timedelta(days=100)
    for name, first, last in (
        ("First season (demo)", cast.began, second - timedelta(days=1)),
        ("Season before (demo)", second, third - timedelta(days=1)),
        ("Season of today (demo)", third, day + timedelta(days=80)),
        ("Coming season (demo)", day + timedelta(days=110), day + timedelta(days=290)),
    ):
        if not Season.objects.filter(starts_on__lte=last, ends_on__gte=first).exists():
            seasons.set_season(name=name, starts_on=first, ends_on=last, by=cast.director, at=cast.at)


def _farms(cast: Cast, places: list[Workplace], library: list[Material]) -> None:
    """Every farm was taught in the first season, every one but one last season; of this season some are held, two planned, the rest still ahead.

    Whoever sits in a session gets the booklet and the card with the number.
    """
    handed = [material for material in library if material.kind != MaterialKind.VIDEO]
    for place in places:
        _hold(cast, place, EducationKind.SESSION, days_ago=400, share=80, library=handed)
    for place in places[:-1]:
        _hold(cast, place, EducationKind.SESSION, days_ago=150, share=85, library=handed)
    for place in places[:3]:
        _hold(cast, place, EducationKind.FIRST_DAY, days_ago=95, share=100, workers=12, library=library)
    _hold(cast, places[0], EducationKind.SESSION, days_ago=40, share=90, library=handed)
    _hold(cast, places[1], EducationKind.SESSION, days_ago=20, share=50, library=handed)  # too few
    _hold(cast, places[2], EducationKind.SESSION, days_ago=3, share=80, library=handed, is_confirmed=False)
    _plan(cast, places[1], EducationKind.SESSION, in_days=6)
    _plan(cast, places[3], EducationKind.SESSION, in_days=12)


def _mills(cast: Cast, places: list[Workplace], library: list[Material]) -> None:
    """The course began at one mill and is late at the others; a committee has met."""
    first = places[0]
    _hold(cast, first, EducationKind.INITIAL, days_ago=60, share=2, library=[])
    _hold(cast, first, EducationKind.ALL_EMPLOYEES, number=1, days_ago=45, share=80, library=library[:1])
    _hold(cast, first, EducationKind.MODULE, number=1, days_ago=14, share=2, library=[])
    _plan(cast, first, EducationKind.MODULE, number=2, in_days=7)
    _hold(cast, first, EducationKind.COMMITTEE, days_ago=30, share=2, library=[])


def _dairies(cast: Cast, places: list[Workplace], library: list[Material]) -> None:
    """One farm was taught, the other is overdue with a day planned."""
    _hold(cast, places[0], EducationKind.SESSION, days_ago=60, share=100, library=library[:1])
    _plan(cast, places[1], EducationKind.SESSION, in_days=9)


def _plan(cast: Cast, place: Workplace, kind: EducationKind, *, in_days: int, number: int = 0) -> Any:
    zone = ZoneInfo(cast.program.time_zone)
    starts_at = datetime.combine(today(cast.at) + timedelta(days=in_days), time(9), zone)
    return sessions.plan(
        workplace_id=place.pk,
        plan=Plan(
            kind=kind,
            number=number,
            starts_at=starts_at,
            minutes=240 if kind == EducationKind.MODULE else 60,
            place="Shade by the gate (demo)" if cast.program.blueprint != "accord" else "Canteen (demo)",
            languages=cast.languages,
            topics=["Your rights", "How to complain"],
            leader_id=cast.educator.pk,
            worker_educators=2,
        ),
        by=cast.educator,
        at=min(cast.at, starts_at),
    )


def _hold(
    cast: Cast,
    place: Workplace,
    kind: EducationKind,
    *,
    days_ago: int,
    share: int,
    library: list[Material],
    number: int = 0,
    workers: int = 0,
    is_confirmed: bool = True,
) -> None:
    """A session that took place, reported the same day and confirmed by the director."""
    session = _plan(cast, place, kind, in_days=-days_ago, number=number)
    there = workers or place.worker_count or 10
    came = max(there * share // 100, 1)
    told = session.starts_at + timedelta(hours=5)
    sessions.report(
        session_id=session.pk,
        report=Report(
            attended=came,
            workers_present=there,
            is_paid_time=True,
            management_present=False,
            topics=["Your rights", "How to complain"],
            worker_educators=2,
            handouts={material.pk: came for material in library},
        ),
        by=cast.educator,
        at=told,
    )
    if is_confirmed:
        sessions.confirm(session_id=session.pk, by=cast.director, at=told + timedelta(days=1))
