"""What education a workplace is owed, computed from the program's rules alone: no database, no clock.

Sources of the shapes, as far as they are published: one session in each season and every worker on the first day (Fair Food Program); a first
meeting, modules and meetings of all employees between them, a committee that meets every few months (Bangladesh Accord). What a program has not
decided has no date here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from dateutil.relativedelta import relativedelta

from programs.enums import DueBasis, EducationKind

EVERY, FIRST_DAY, COMMITTEE = "education.session_every", "education.first_day", "education.committee_every"
INITIAL, MODULES = "education.initial_meeting", "education.modules"
MEETINGS = "education.meetings_after"
FIRST, STEP = "clocks.education_first", "clocks.education_step"
RULES = (EVERY, FIRST_DAY, COMMITTEE, INITIAL, MODULES, MEETINGS)
LOOK_AHEAD = timedelta(days=60)  # a coming season is on the schedule this long before it begins
_STEPS = {"days": "days", "weeks": "weeks", "months": "months", "years": "years"}
ALWAYS, ONCE = "always", "course"


@dataclass(frozen=True)
class Said:
    """A rule as it holds today. `since`: from which day."""

    key: str
    value: object
    unit: str
    since: date
    certainty: str = ""
    source: str = ""

    @property
    def count(self) -> int:
        """Its number; 0 where it has none."""
        is_number = isinstance(self.value, int) and not isinstance(self.value, bool)
        return self.value if is_number else 0  # type: ignore[return-value]

    def after(self, day: date) -> date | None:
        """So much later; None where it has no number or is counted in seasons."""
        step = _STEPS.get(self.unit)
        return day + relativedelta(**{step: self.count}) if step and self.count else None


@dataclass(frozen=True)
class Stretch:
    """A season of the program, both days included."""

    id: UUID
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Held:
    """Something that counted as held."""

    kind: str
    number: int
    on: date


@dataclass(frozen=True)
class Owed:
    """One thing owed. `due_on` None: no date follows from the rules. `counted_from`: what the date is counted from."""

    kind: EducationKind
    number: int
    period: str
    opens_on: date
    due_on: date | None
    basis: DueBasis
    rule: Said
    season_id: UUID | None = None
    counted_from: date | None = None


def owed(
    rules: Mapping[str, Said], seasons: Sequence[Stretch], *, since: date, on: date, held: Iterable[Held]
) -> list[Owed]:
    """All that a workplace is owed by a day, what was held included where it belongs to a season or the course.

    `since`: from when it takes part. Nothing is owed for a time before a rule held or before the workplace took part.
    """
    done = list(held)
    found: list[Owed] = []
    if (rule := rules.get(FIRST_DAY)) and rule.value is True:
        found += _first_days(rule, seasons, since=since, on=on)
    if (rule := rules.get(EVERY)) and rule.count:
        if rule.unit == "seasons":
            found += _each_season(rule, seasons, since=since, on=on)
        else:
            found += _rolling(EducationKind.SESSION, rule, since=since, held=done)
    if (rule := rules.get(COMMITTEE)) and rule.count:
        found += _rolling(EducationKind.COMMITTEE, rule, since=since, held=done)
    return found + list(_course(rules, since=since, held=done))


def _at_hand(rule: Said, seasons: Sequence[Stretch], since: date, on: date) -> list[Stretch]:
    """The seasons that the workplace takes part in while the rule holds, up to the next one at hand."""
    first = max(since, rule.since)
    ordered = sorted(seasons, key=lambda one: one.starts_on)
    return [one for one in ordered if one.ends_on >= first and one.starts_on <= on + LOOK_AHEAD]


def _first_days(rule: Said, seasons: Sequence[Stretch], *, since: date, on: date) -> list[Owed]:
    """Who begins is taught on that day; so there is one line for each season, and no date. Without seasons, one line for all time."""
    kind, basis = EducationKind.FIRST_DAY, DueBasis.EACH_WORKER
    if not seasons:
        return [Owed(kind, 0, ALWAYS, max(since, rule.since), None, basis, rule)]
    return [
        Owed(kind, 0, f"season:{one.id}", max(one.starts_on, since), None, basis, rule, one.id)
        for one in _at_hand(rule, seasons, since, on)
    ]


def _each_season(rule: Said, seasons: Sequence[Stretch], *, since: date, on: date) -> list[Owed]:
    """One in so many seasons, by the last day of the last of them."""
    at_hand, found = _at_hand(rule, seasons, since, on), []
    for start in range(0, len(at_hand), rule.count):
        block = at_hand[start : start + rule.count]
        first = block[0]
        due = block[-1].ends_on if len(block) == rule.count else None
        found.append(
            Owed(
                EducationKind.SESSION,
                0,
                f"season:{first.id}",
                max(first.starts_on, since),
                due,
                DueBasis.SEASON_END if due else DueBasis.NO_LENGTH,
                rule,
                first.id,
                due,
            )
        )
    return found


def _rolling(kind: EducationKind, rule: Said, *, since: date, held: list[Held]) -> list[Owed]:
    """The next one, so long after the last; the first so long after the workplace and the rule began."""
    last = max((one.on for one in held if one.kind == kind), default=None)
    start = last or max(since, rule.since)
    due = rule.after(start)
    if due is None:
        return []
    basis = DueBasis.EVERY if last else DueBasis.FIRST
    return [Owed(kind, 0, f"after:{start}", start, due, basis, rule, counted_from=start)]


def _course(rules: Mapping[str, Said], *, since: date, held: list[Held]) -> Iterator[Owed]:
    """Every step of the course in its order; the next one has a date where the program has set the time between two steps."""
    days = {(one.kind, one.number): one.on for one in held}
    before: date | None = None
    is_first = True
    for kind, number, rule in steps(rules):
        opens = before or max(since, rule.since)
        length = rules.get(FIRST if is_first else STEP)
        start = opens if is_first or before else None
        due = length.after(start) if length and start else None
        if is_first:
            basis = DueBasis.FIRST if due else DueBasis.NO_LENGTH
        else:
            basis = DueBasis.STEP if due else DueBasis.AFTER_STEP if start is None else DueBasis.NO_LENGTH
        yield Owed(kind, number, ONCE, opens, due, basis, rule, counted_from=start if due else None)
        before = days.get((kind, number))
        is_first = False


def steps(rules: Mapping[str, Said]) -> list[tuple[EducationKind, int, Said]]:
    """The course: its first meeting, its modules, and between them the meetings of all employees."""
    modules = rules.get(MODULES)
    if modules is None or not modules.count:
        return []
    found: list[tuple[EducationKind, int, Said]] = []
    initial, meetings = rules.get(INITIAL), rules.get(MEETINGS)
    if initial and initial.value is True:
        found.append((EducationKind.INITIAL, 0, initial))
    lines = meetings.value if meetings and isinstance(meetings.value, list) else []
    after = sorted(int(line) for line in lines if isinstance(line, str) and line.strip().isdecimal())
    for module in range(modules.count + 1):
        if module:
            found.append((EducationKind.MODULE, module, modules))
        for number, place in enumerate(after, start=1):
            if place == module and meetings:
                found.append((EducationKind.ALL_EMPLOYEES, number, meetings))
    return found
