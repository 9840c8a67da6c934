"""The figures of complaints for the program's staff, each with what it divides by what. Source of every definition: `domain.md` 5.5.

Counted from rows as they are now, of the complaints that the person may know of. What the public reads is counted elsewhere
(`complaints.operations.counting`), by the same categories and the same arithmetic.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connections
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from complaints import rates
from complaints.enums import OPEN_STATES, ComplaintState, Topic
from complaints.models import Complaint
from complaints.queries.facets import COUNTED, FACETS, LEFT, LIMITS, tallies, within
from programs.models import Workplace
from wsr.tenancy import current_alias, current_program_id
from wsr.tenancy.models import Program


@dataclass(frozen=True)
class Period:
    """Days in the program's time zone, both counted."""

    begins_on: date
    ends_on: date

    def bounds(self) -> tuple[datetime, datetime]:
        """The first moment, and the first one after it."""
        zone = ZoneInfo(Program.objects.values_list("time_zone", flat=True).get(pk=current_program_id()))
        return (
            datetime.combine(self.begins_on, time.min, zone),
            datetime.combine(self.ends_on + timedelta(days=1), time.min, zone),
        )


@dataclass(frozen=True)
class Figure:
    """One figure: `part` of `whole`, in words what each is, and the rows behind them as filters of the list of complaints.

    `part` is None where so few are behind it, or so few are not, that it would tell of single ones. `period`: where it is not the one asked for.
    """

    key: str
    label: str
    unit: str
    value: Decimal | None
    part: int | None
    whole: int | None
    part_is: str
    whole_is: str
    part_rows: dict[str, str] = field(default_factory=dict)
    whole_rows: dict[str, str] = field(default_factory=dict)
    period: Period | None = None


@dataclass(frozen=True)
class Line:
    """One category: how many were received, and how many of them were resolved within each limit."""

    label: str
    received: int
    resolved: list[tuple[int, int, Decimal | None]]


def received(period: Period) -> QuerySet[Complaint]:
    """Complaints of workers that came in, without what was set aside, what was found to be none, and what the program itself began."""
    begins, until = period.bounds()
    return Complaint.objects.filter(COUNTED, received_at__gte=begins, received_at__lt=until)


def figures(period: Period, *, at: datetime) -> list[Figure]:
    """All figures of a period. `at`: the moment that open complaints are counted at, and that is thirty days after some of them."""
    limits = _within_limits(at)
    tally = received(period).aggregate(
        total=Count("pk"),
        resolved=Count("pk", filter=Q(state=ComplaintState.CLOSED)),
        left=Count("pk", filter=Q(state__in=LEFT)),
        **{name: Count("pk", filter=which) for name, which in limits.items()},
    )
    total = tally["total"]
    said = {
        "counted": "true",
        "received_after": str(period.begins_on),
        "received_before": str(period.ends_on),
    }
    return [
        *_resolved(tally, said),
        *_in_time(tally, said),
        *_open(at),
        _retaliation(period, total, said),
        _per_workers(period, total, said),
    ]


def lines(period: Period, topic: Topic, *, at: datetime) -> list[Line]:
    """Speed by category: of each one, what was received long enough ago and what was resolved in time."""
    facet = FACETS[topic]
    wanted = {"all": Q(), **_within_limits(at)}
    tally = tallies(received(period), facet, period.begins_on, period.ends_on, wanted)
    columns = [
        [
            (part, whole, rates.percent(part, whole))
            for part, whole in zip(tally[f"done_{days}"], tally[f"old_{days}"], strict=True)
        ]
        for days in LIMITS
    ]
    return [
        Line(words, tally["all"][i], [column[i] for column in columns])
        for i, (_key, words) in enumerate(facet.categories(period.begins_on, period.ends_on))
        if tally["all"][i]
    ]


def _within_limits(at: datetime) -> dict[str, Q]:
    """Of each limit: what was received so long ago, and what of it was resolved in time."""
    old = {days: Q(received_at__lte=at - timedelta(days=days)) for days in LIMITS}
    return {f"old_{days}": old[days] for days in LIMITS} | {
        f"done_{days}": old[days] & within(days) for days in LIMITS
    }


def _resolved(tally: dict[str, int], said: dict[str, str]) -> list[Figure]:
    """Both denominators, since published reports mix them: 163 of 185 are 88.1 %, of 182 they are 89.6 %."""
    total, resolved = tally["total"], tally["resolved"]
    handled = total - tally["left"]
    closed = said | {"state": ComplaintState.CLOSED.value}
    return [
        Figure(
            "resolved",
            _("Resolved, of all received"),
            "%",
            rates.percent(resolved, total),
            resolved,
            total,
            _("received in the period and closed now"),
            _("received in the period"),
            closed,
            said,
        ),
        Figure(
            "resolved_handled",
            _("Resolved, of those for the program"),
            "%",
            rates.percent(resolved, handled),
            resolved,
            handled,
            _("received in the period and closed now"),
            _("received in the period, without those referred, not covered, withdrawn or merged"),
            closed,
            said | {"for_program": "true"},
        ),
    ]


def _in_time(tally: dict[str, int], said: dict[str, str]) -> list[Figure]:
    found = []
    for days in LIMITS:
        done, of = tally[f"done_{days}"], tally[f"old_{days}"]
        asked = said | {"older": str(days)}
        found.append(
            Figure(
                f"within_{days}",
                _("Resolved within %(days)s days") % {"days": days},
                "%",
                rates.percent(done, of),
                done,
                of,
                _("closed at most %(days)s days after receipt, and closed now") % {"days": days},
                _("received in the period, at least %(days)s days ago") % {"days": days},
                asked | {"within": str(days)},
                asked,
            )
        )
    return found


def _open(at: datetime) -> list[Figure]:
    """Whenever they came: what is still open now."""
    tally = Complaint.objects.filter(COUNTED, state__in=OPEN_STATES).aggregate(
        total=Count("pk"),
        **{
            f"older_{days}": Count("pk", filter=Q(received_at__lte=at - timedelta(days=days)))
            for days in LIMITS
        },
    )
    every = {"counted": "true", "is_open": "true"}
    found = []
    for days in LIMITS:
        older = tally[f"older_{days}"]
        found.append(
            Figure(
                f"open_{days}",
                _("Open for more than %(days)s days") % {"days": days},
                "",
                Decimal(older),
                older,
                tally["total"],
                _("open now and received more than %(days)s days ago") % {"days": days},
                _("open now"),
                every | {"older": str(days)},
                every,
            )
        )
    return found


def found(*, at: datetime) -> list[Figure]:
    """Violations found / investigations closed, of months that are over, this year and the one before, newest first; retaliation by itself.

    Findings are for those inside each complaint. So the database tells months of closing (UTC) counted together until they hold twenty, the same
    whenever it is asked, and how many violations only where ten or more were found and ten or more were not.
    """
    return [
        Figure(
            key,
            label,
            "%",
            None if violations is None else rates.percent(violations, closed),
            violations,
            closed,
            _("with at least one finding that was upheld, or partly upheld, when it was closed"),
            _("closed with a finding in these months"),
            period=Period(begins_on, ends_on),
        )
        for key, label, is_retaliation in (
            ("substantiated", _("Violations found, of investigations closed"), False),
            ("retaliation_confirmed", _("Retaliation confirmed, of its investigations closed"), True),
        )
        for begins_on, ends_on, closed, violations in _told(at.year, is_retaliation=is_retaliation)
    ]


def _told(year: int, *, is_retaliation: bool) -> list[tuple[date, date, int, int | None]]:
    """(first day, last day, closed, violations), newest first."""
    statement = "SELECT begins_on, ends_on, closed, violations FROM complaints_found_told(%s, %s)"
    with connections[current_alias()].cursor() as cursor:
        rows = []
        for one in (year - 1, year):
            cursor.execute(statement, [one, is_retaliation])
            rows += cursor.fetchall()
    return rows[::-1]


def _retaliation(period: Period, total: int, said: dict[str, str]) -> Figure:
    """Reports per 100 complaints, whatever became of them."""
    begins, until = period.bounds()
    rows = Complaint.objects.filter(is_retaliation=True, received_at__gte=begins, received_at__lt=until)
    reported = rows.count()
    days = {key: value for key, value in said.items() if key != "counted"}
    return Figure(
        "retaliation",
        _("Reports of retaliation per 100 complaints"),
        "",
        rates.percent(reported, total),
        reported,
        total,
        _("reports of retaliation received in the period, whatever became of them"),
        _("received in the period"),
        days | {"retaliation": "true"},
        said,
    )


def _per_workers(period: Period, total: int, said: dict[str, str]) -> Figure:
    found = Workplace.objects.open().aggregate(
        workers=Sum("worker_count"), known=Count("worker_count"), places=Count("pk")
    )
    workers, days = found["workers"] or 0, (period.ends_on - period.begins_on).days + 1
    value = rates.per_100_in_days(total, workers, days)
    return Figure(
        "per_100_workers",
        _("Complaints per 100 workers in a year"),
        "",
        value,
        total,
        workers,
        _("received in the period"),
        _("workers of open workplaces today; their number is known for %(known)s of %(places)s workplaces")
        % {"known": found["known"], "places": found["places"]},
        said,
    )
