"""Reads of education: what is owed and why, sessions, and coverage with its numerators and denominators."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce, Least
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programs.enums import DueBasis, DueState, EducationKind, SessionState
from programs.models import EducationDue, EducationSession, Handout, Participation, Season, Workplace
from programs.queries import rule_value, rules
from programs.schedule import FIRST, RULES, STEP, Said, Stretch

FLOOR, TOPICS, OTHER_CONFIRMS, PAID = (
    f"education.{name}" for name in ("attendance_floor", "topics", "other_confirms", "paid_time")
)
MODULE_HOURS = "education.module_hours"
# taught in one course or one season: what of a due is counted
COUNTED = Q(sessions__counted_on__isnull=False)


# ── What the program says ────────────────────────────────────────────────────────────────────────


def schedule_rules(*, on: date) -> dict[str, Said]:
    """The rules that a schedule follows from, as they hold on a day; those without a value are left out. One query."""
    found = rules(on=on).filter(key__in=[*RULES, FIRST, STEP]).exclude(value__isnull=True)
    return {
        rule.key: Said(rule.key, rule.value, rule.unit, rule.valid_from, rule.certainty, rule.source)
        for rule in found
    }


def stretches() -> list[Stretch]:
    """The program's seasons, by their first day."""
    return [Stretch(row.pk, row.starts_on, row.ends_on) for row in Season.objects.order_by("starts_on", "pk")]


def floor(*, on: date) -> Decimal | None:
    """Percent of the workers present that the program wants at a session; None where it has set no floor."""
    value = rule_value(FLOOR, on=on)
    return Decimal(str(value)) if value is not None else None


def topics(*, on: date) -> list[str]:
    """The program's own list of topics; empty where it has none."""
    value = rule_value(TOPICS, on=on)
    return value if isinstance(value, list) else []  # type: ignore[return-value]


def needs_another(*, on: date) -> bool:
    """Whether somebody else than the reporter confirms a session before it counts."""
    return rule_value(OTHER_CONFIRMS, on=on) is True


def is_paid_by_rule(*, on: date) -> bool:
    """Whether the program says that sessions are paid as time worked."""
    return rule_value(PAID, on=on) is True


# ── What is owed ─────────────────────────────────────────────────────────────────────────────────


def dues() -> QuerySet[EducationDue]:
    """What is owed with its workplace, supplier and season, and `planned_at`: when the next session for it is planned."""
    planned = EducationSession.objects.filter(due=OuterRef("pk"), state=SessionState.PLANNED).order_by(
        "starts_at", "pk"
    )
    return EducationDue.objects.select_related("workplace", "supplier", "season").annotate(
        planned_at=Subquery(planned.values("starts_at")[:1]), planned_id=Subquery(planned.values("pk")[:1])
    )


def overdue(*, on: date) -> QuerySet[EducationDue]:
    """What was not held by its date."""
    return EducationDue.objects.filter(state=DueState.OWED, due_on__lt=on)


def why(due: EducationDue) -> str:
    """Why it is owed by its date, or why it has none: one sentence."""
    said = {
        "season": due.season.name if due.season else "",
        "rule": due.rule_words,
        "day": date_format(due.counted_from, "DATE_FORMAT") if due.counted_from else "",
    }
    words = {
        DueBasis.SEASON_END: _("The last day of the season “%(season)s”."),
        DueBasis.EVERY: _("%(rule)s after the last one, which was on %(day)s."),
        DueBasis.FIRST: _("%(rule)s after %(day)s, from when the workplace takes part and the rule holds."),
        DueBasis.STEP: _("Counted from the step before it, on %(day)s."),
        DueBasis.EACH_WORKER: _("Every worker on the first day of work, so there is no one date."),
        DueBasis.NO_LENGTH: _("The program has not set by when, so there is no date."),
        DueBasis.AFTER_STEP: _("After the step before it, which is not held yet."),
    }
    return words[DueBasis(due.basis)] % said


def open_due(workplace_id: UUID, kind: str, number: int, *, on: date) -> EducationDue | None:
    """What a session of this kind on a day is for: the one whose time it is, what is overdue first."""
    rows = EducationDue.objects.filter(workplace_id=workplace_id, kind=kind, number=number)
    rows = rows.exclude(state=DueState.DROPPED).select_related("season").order_by("opens_on", "pk")
    candidates = [
        row for row in rows if row.opens_on <= on and (row.season is None or on <= row.season.ends_on)
    ]
    owed = [row for row in candidates if row.state == DueState.OWED]
    if owed:
        return owed[0]
    if candidates:
        return candidates[-1]
    late = [row for row in rows if row.state == DueState.OWED and row.opens_on <= on]
    return late[-1] if late else None


# ── Sessions ─────────────────────────────────────────────────────────────────────────────────────


def sessions() -> QuerySet[EducationSession]:
    """Sessions with their workplace, their supplier and what they are for."""
    return EducationSession.objects.select_related("workplace", "supplier", "due")


def counted() -> QuerySet[EducationSession]:
    """Those that count as held."""
    return EducationSession.objects.filter(counted_on__isnull=False)


def handed_out(session: EducationSession) -> QuerySet[Handout]:
    """What was handed out at a session."""
    return (
        Handout.objects.filter(session=session).select_related("material").order_by("material__title", "pk")
    )


@dataclass(frozen=True)
class Taught:
    """What the counted sessions of one due come to. `attended` is at most `present`: who came twice counts once at most."""

    sessions: int
    attended: int
    present: int

    def reaches(self, percent: Decimal | None) -> bool:
        """Whether enough of those present took part. With no floor one session is enough."""
        if not self.sessions:
            return False
        return percent is None or Decimal(self.attended) * 100 >= percent * self.present


def taught(due: EducationDue) -> Taught:
    """What the counted sessions of a due come to; of several shifts the workers who took part are added, and the largest crew is the whole.

    On first days everybody is new, so both numbers are added.
    """
    said = (
        counted()
        .filter(due=due)
        .aggregate(
            sessions=Count("pk"),
            attended=Sum("attended"),
            most=Max("workers_present"),
            all=Sum("workers_present"),
        )
    )
    present = (said["all"] if due.kind == EducationKind.FIRST_DAY else said["most"]) or 0
    return Taught(said["sessions"], min(said["attended"] or 0, present), present)


# ── Coverage ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Coverage:
    """Figures of education over a stretch. Every share has its two numbers beside it.

    `met` of `owed`: things owed that were held; of those without a date only what was held counts as owed. `taught` of `workplaces`: workplaces
    with at least one counted session. `attended` of `present`: workers who took part, of those present, summed over the dues.
    """

    name: str
    met: int
    owed: int
    overdue: int
    taught: int
    workplaces: int
    sessions: int
    attended: int
    present: int
    below_floor: int
    unpaid: int
    season_id: UUID | None = None

    @property
    def percent_met(self) -> int | None:
        """Rounded down; None where nothing was owed."""
        return _percent(self.met, self.owed)

    @property
    def percent_taught(self) -> int | None:
        """Rounded down; None without workplaces."""
        return _percent(self.taught, self.workplaces)

    @property
    def percent_attended(self) -> int | None:
        """Rounded down; None where nobody was present."""
        return _percent(self.attended, self.present)


def _percent(part: int, whole: int) -> int | None:
    return part * 100 // whole if whole else None


def with_taught(rows: QuerySet[EducationDue]) -> QuerySet[EducationDue]:
    """Dues with `n_sessions`, `n_present` and `n_attended`, as `taught` counts them, for many at once."""
    whole = Case(
        When(kind=EducationKind.FIRST_DAY, then=Sum("sessions__workers_present", filter=COUNTED)),
        default=Max("sessions__workers_present", filter=COUNTED),
        output_field=IntegerField(),
    )
    return rows.annotate(
        n_sessions=Count("sessions", filter=COUNTED),
        n_present=Coalesce(whole, 0),
        n_came=Coalesce(Sum("sessions__attended", filter=COUNTED), 0),
    ).annotate(n_attended=Least("n_came", "n_present"))


def coverage_of_program(*, on: date) -> Coverage:
    """Everything so far."""
    return _coverage(_("The whole program"), EducationDue.objects.all(), counted(), on=on)


def coverage_by_season(*, on: date) -> list[Coverage]:
    """One line for each season that has begun, the newest first. Sessions belong to the season of what they were held for, else by their day."""
    found = []
    for season in Season.objects.filter(starts_on__lte=on).order_by("-starts_on", "-pk"):
        dues_of = EducationDue.objects.filter(season=season)
        held = counted().filter(
            Q(due__season=season)
            | Q(due__season=None, counted_on__gte=season.starts_on, counted_on__lte=season.ends_on)
        )
        found.append(_coverage(season.name, dues_of, held, on=on, season_id=season.pk))
    return found


def _coverage(
    name: str,
    rows: QuerySet[EducationDue],
    held: QuerySet[EducationSession],
    *,
    on: date,
    season_id: UUID | None = None,
) -> Coverage:
    least = floor(on=on)
    numbers = with_taught(rows.exclude(state=DueState.DROPPED)).values_list(
        "state", "due_on", "n_sessions", "n_attended", "n_present"
    )
    met = owed = late = attended = present = below = 0
    for state, due_on, n_sessions, n_attended, n_present in numbers:
        is_met = state == DueState.MET
        met += is_met
        owed += is_met or (due_on is not None and due_on <= on)
        late += state == DueState.OWED and due_on is not None and due_on < on
        attended, present = attended + n_attended, present + n_present
        below += bool(n_sessions) and not Taught(n_sessions, n_attended, n_present).reaches(least)
    places = Workplace.objects.open().filter(supplier__in=Participation.objects.suppliers().present())
    return Coverage(
        name,
        met,
        owed,
        late,
        held.filter(workplace__in=places).values("workplace").distinct().count(),
        places.count(),
        held.count(),
        attended,
        present,
        below,
        held.filter(is_paid_time=False).count() if is_paid_by_rule(on=on) else 0,
        season_id,
    )


def workplaces(*, on: date) -> QuerySet[Workplace]:
    """Open workplaces with `last_on`, `next_at`, `due_on` (the earliest date owed), `n_overdue`, `n_met`, `n_owed` and `n_sessions`."""
    due = EducationDue.objects.filter(workplace=OuterRef("pk"))
    held = counted().filter(workplace=OuterRef("pk")).order_by()
    fallen = Q(state=DueState.MET) | Q(state=DueState.OWED, due_on__lte=on)
    ahead = EducationSession.objects.filter(workplace=OuterRef("pk"), state=SessionState.PLANNED)

    def of(rows: QuerySet, what: Any) -> Subquery:
        return Subquery(rows.order_by().values("workplace").annotate(n=what).values("n"))

    return (
        Workplace.objects.open()
        .filter(supplier__in=Participation.objects.suppliers().present())
        .select_related("supplier")
        .annotate(
            last_on=of(held, Max("counted_on")),
            next_at=of(ahead, Min("starts_at")),
            due_on=of(due.filter(state=DueState.OWED), Min("due_on")),
            n_overdue=Coalesce(of(due.filter(state=DueState.OWED, due_on__lt=on), Count("pk")), 0),
            n_met=Coalesce(of(due.filter(state=DueState.MET), Count("pk")), 0),
            n_owed=Coalesce(of(due.filter(fallen), Count("pk")), 0),
            n_sessions=Coalesce(of(held, Count("pk")), 0),
            n_attended=of(held, Sum("attended")),
            n_present=of(held, Sum("workers_present")),
        )
    )


def spoken() -> list[str]:
    """The languages spoken at open workplaces, the most frequent first."""
    counts: dict[str, int] = {}
    for languages in Workplace.objects.open().exclude(languages=[]).values_list("languages", flat=True):
        for language in languages:
            counts[language] = counts.get(language, 0) + 1
    return sorted(counts, key=lambda language: (-counts[language], language))


def handed_out_in(rows: QuerySet[EducationSession]) -> int:
    """How many things were handed out at these sessions."""
    return Handout.objects.filter(session__in=rows).aggregate(n=Sum("count"))["n"] or 0
