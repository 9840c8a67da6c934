"""Which workplaces are due for an inspection, by the program's own rule. For staff: it reads suppliers and workplaces.

Only inspections count that the reader may know of, so a planned unannounced visit changes nothing for others. Any kind of inspection counts,
from the day on which it began, once it is over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db.models import (
    Avg,
    BooleanField,
    Case,
    CharField,
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models import Value as Constant
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits.enums import OVER, InspectionState
from audits.models import Bar, Inspection
from programs.models import Participation, Rule, Season, Workplace
from programs.queries import rules

RULE, IN_WORDS = "inspection.every", "inspection.frequency"
MOST_PLACES = 60  # circles of the map
_STEPS = {"days": "days", "weeks": "weeks", "months": "months", "years": "years"}


@dataclass(frozen=True)
class Rhythm:
    """What the program's rule says today. `since`: whoever was last inspected before that day is due; None: nothing can be computed.

    `in_words` is the rule as a sentence; `problem` says why nothing is computed.
    """

    since: date | None = None
    in_words: str = ""
    said: str = ""
    problem: str = ""
    is_unverified: bool = False


@dataclass(frozen=True)
class Place:
    """Workplaces of one region: how many, how many of them are due, how many were never inspected, and where their middle is."""

    key: str
    country: str
    total: int
    due: int
    never: int
    latitude: Decimal | None
    longitude: Decimal | None


def rhythm(*, on: date) -> Rhythm:
    """The program's rule on a day. Two or three queries."""
    found = {rule.key: rule for rule in rules(on=on).filter(key__in=(RULE, IN_WORDS))}
    words = found.get(IN_WORDS)
    said = str(words.value) if words and words.value else ""
    rule = found.get(RULE)
    if rule is None or not isinstance(rule.value, int) or rule.value < 1:
        return Rhythm(
            said=said,
            problem=_(
                "The program has not decided how often a workplace is inspected, so none is called due."
            ),
        )
    is_unverified = rule.certainty == "unverified"
    if rule.unit == "seasons":
        return _by_seasons(rule.value, on=on, said=said, is_unverified=is_unverified)
    step = _STEPS.get(rule.unit)
    if step is None:
        return Rhythm(
            said=said,
            problem=_("The rule is counted in a unit that this page does not know, so none is called due."),
        )
    return Rhythm(on - relativedelta(**{step: rule.value}), _every(rule), said, is_unverified=is_unverified)


def _by_seasons(number: int, *, on: date, said: str, is_unverified: bool) -> Rhythm:
    begun = list(Season.objects.filter(starts_on__lte=on).order_by("-starts_on")[:number])
    words = ngettext("Every season", "Every %(n)s seasons", number) % {"n": number}
    if not begun or begun[0].ends_on < on:
        return Rhythm(
            said=said, in_words=words, problem=_("No season is under way today, so none is called due.")
        )
    return Rhythm(begun[-1].starts_on, words, said, is_unverified=is_unverified)


def _every(rule: Rule) -> str:
    number = rule.value
    words = {
        "days": ngettext("Every day", "Every %(n)s days", number),
        "weeks": ngettext("Every week", "Every %(n)s weeks", number),
        "months": ngettext("Every month", "Every %(n)s months", number),
        "years": ngettext("Every year", "Every %(n)s years", number),
    }
    return words[rule.unit] % {"n": number}


def workplaces(*, reader_id: UUID) -> QuerySet[Workplace]:
    """Open workplaces of present suppliers with `last_on` and `next_on`: the last visit that is over and the next one planned.

    Without those of suppliers that the reader is barred from. `area` is what places are grouped by: region, else city, else country.
    """
    visits = Inspection.objects.filter(workplace=OuterRef("pk"))
    over = visits.filter(state__in=OVER).order_by("-starts_on", "-pk")
    ahead = visits.filter(state__in=(InspectionState.PLANNED, InspectionState.IN_PROGRESS)).order_by(
        "starts_on", "pk"
    )
    barred = Bar.objects.filter(person_id=reader_id, ended_at=None).values("supplier")
    suppliers = Participation.objects.suppliers().present()
    return (
        Workplace.objects.open()
        .filter(supplier__in=suppliers.values("pk"))
        .exclude(supplier__in=barred)
        .select_related("supplier")
        .annotate(
            last_on=Subquery(over.values("starts_on")[:1]),
            next_on=Subquery(ahead.values("starts_on")[:1]),
            area=Coalesce(
                NullIf("region", Constant("")),
                NullIf("city", Constant("")),
                F("country"),
                output_field=CharField(),
            ),
        )
    )


def is_due(found: Rhythm) -> Case:
    """Whether the rule calls a workplace due; unknown where there is no rule."""
    unknown = Constant(None, output_field=BooleanField())
    if found.since is None:
        return Case(default=unknown)
    return Case(
        When(Q(last_on=None) | Q(last_on__lt=found.since), then=Constant(True)),
        default=Constant(False),
        output_field=BooleanField(),
    )


def totals(rows: QuerySet[Workplace], found: Rhythm) -> dict[str, int]:
    """How many workplaces are covered (`all`), `inspected` at least once, waiting for their first inspection (`never`), and `due`. One query.

    Inspected and waiting together are all that is covered: `domain.md` 5.6 (A48).
    """
    late = Q(last_on=None) | Q(last_on__lt=found.since) if found.since else Q(pk=None)
    counted = rows.aggregate(
        all=Count("pk"), never=Count("pk", filter=Q(last_on=None)), due=Count("pk", filter=late)
    )
    return {**counted, "inspected": counted["all"] - counted["never"]}


def places(rows: QuerySet[Workplace], found: Rhythm) -> list[Place]:
    """The workplaces by region, the largest first. One query."""
    counted = (
        rows.annotate(is_due=is_due(found))
        .order_by()
        .values("area", "country")
        .annotate(
            total=Count("pk"),
            due=Count("pk", filter=Q(is_due=True)),
            never=Count("pk", filter=Q(last_on=None)),
            middle_latitude=Avg("latitude"),
            middle_longitude=Avg("longitude"),
        )
        .order_by("-total", "area", "country")[:MOST_PLACES]
    )
    return [
        Place(
            row["area"],
            row["country"],
            row["total"],
            row["due"],
            row["never"],
            row["middle_latitude"],
            row["middle_longitude"],
        )
        for row in counted
    ]


# ── The map ──────────────────────────────────────────────────────────────────────────────────────

WIDTH, HEIGHT, MARGIN = 640, 360, 36


@dataclass(frozen=True)
class Circle:
    """One place on the map, in the units of the drawing."""

    place: Place
    x: int
    y: int
    r: int
    tone: str


@dataclass(frozen=True)
class Line:
    """A line of the grid: a degree of latitude or longitude and where it lies."""

    label: str
    at: int


@dataclass(frozen=True)
class Map:
    """Circles over a grid of degrees. `without`: workplaces whose place is not known."""

    circles: list[Circle]
    across: list[Line]
    down: list[Line]
    without: int


def drawn(found: Iterable[Place]) -> Map:
    """The places on a grid of degrees, as wide as they lie apart; the largest are drawn first, so that small ones stay on top."""
    shown = [place for place in found if place.latitude is not None and place.longitude is not None]
    without = sum(place.total for place in found if place not in shown)
    if not shown:
        return Map([], [], [], without)
    west, east = _span([float(place.longitude or 0) for place in shown], 180)
    south, north = _span([float(place.latitude or 0) for place in shown], 90)

    def x(degrees: float) -> int:
        return round(MARGIN + (degrees - west) / (east - west) * (WIDTH - 2 * MARGIN))

    def y(degrees: float) -> int:
        return round(HEIGHT - MARGIN - (degrees - south) / (north - south) * (HEIGHT - 2 * MARGIN))

    most = max(place.total for place in shown)
    circles = [
        Circle(
            place,
            x(float(place.longitude or 0)),
            y(float(place.latitude or 0)),
            round(8 + 18 * (place.total / most) ** 0.5),
            "due" if place.due else "calm",
        )
        for place in shown
    ]
    across = [Line(_degrees(value, "E", "W"), x(value)) for value in _steps(west, east)]
    down = [Line(_degrees(value, "N", "S"), y(value)) for value in _steps(south, north)]
    return Map(circles, across, down, without)


def _span(values: list[float], most: int) -> tuple[float, float]:
    """A stretch around the values, at least two degrees wide and with a fifth to spare."""
    low, high = min(values), max(values)
    spare = max((high - low) * 0.2, 1.0)
    return max(low - spare, -most), min(high + spare, most)


def _steps(low: float, high: float) -> list[int]:
    """Whole degrees to draw lines at, at most six."""
    step = next(size for size in (1, 2, 5, 10, 20, 30, 60, 90) if (high - low) / size <= 6)
    first = int(low // step + 1) * step
    return list(range(first, int(high) + 1, step))


def _degrees(value: int, positive: str, negative: str) -> str:
    return f"{abs(value)}° {positive if value > 0 else negative if value < 0 else ''}".strip()
