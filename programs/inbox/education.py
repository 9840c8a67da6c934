"""What education puts into a person's work of today, beside the clocks: what waits without one."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.enums import Access, DueBasis, DueState, EducationKind, SessionState
from programs.models import EducationDue, EducationSession
from programs.operations.education.sessions import ANSWERED, CONFIRMED, REPORTED
from programs.queries import education as queries
from wsr.accounts.grants import Permission
from wsr.deadlines.inbox import AHEAD
from wsr.deadlines.models import Clock
from wsr.ui.inbox import MOST, Reader, Task, few


def to_hold(reader: Reader) -> Iterator[Task]:
    """For educators: what is owed without a date and has nothing planned: the next step of a course, and first days nobody reported."""
    if Permission.EDUCATION_CHANGE not in reader.standing.permissions:
        return
    planned = EducationSession.objects.filter(due=OuterRef("pk"), state=SessionState.PLANNED)
    rows = queries.dues().filter(~Exists(planned), state=DueState.OWED, due_on=None)
    rows = rows.exclude(basis=DueBasis.AFTER_STEP).filter(opens_on__lte=reader.day)
    first_days = Q(kind=EducationKind.FIRST_DAY)
    yield from _first_days(reader, rows.filter(first_days))
    for due in few(rows.exclude(first_days).order_by("opens_on", "workplace__name", "pk")):
        yield Task(title=_at(due), url=_page(reader, "education_due", due), why=queries.why(due))


def _first_days(reader: Reader, rows: QuerySet[EducationDue]) -> Iterator[Task]:
    """One row a season: every workplace owes a first day, so a row each would bury the rest."""
    schedule = reverse("programs:education", args=[reader.standing.program.slug])
    counted = (
        rows.order_by().values("season", "season__name").annotate(places=Count("pk"), since=Min("opens_on"))
    )
    for one in counted.order_by("since", "season")[:MOST]:
        asked = {"kind": EducationKind.FIRST_DAY, "state": DueState.OWED}
        if one["season"]:
            asked["season"] = one["season"]
        yield Task(
            title=ngettext(
                "First day at work: %(count)s workplace without a report",
                "First day at work: %(count)s workplaces without a report",
                one["places"],
            )
            % {"count": one["places"]},
            url=f"{schedule}?{urlencode(asked)}",
            why=_("%(season)s: every worker is taught on the first day of work.")
            % {"season": one["season__name"]}
            if one["season"]
            else _("Every worker is taught on the first day of work."),
        )


def to_report(reader: Reader) -> Iterator[Task]:
    """For whoever leads: sessions that are over and have no report, where no clock shows them; and answers that ask for another time."""
    if Permission.EDUCATION_CHANGE not in reader.standing.permissions:
        return
    mine = queries.sessions().filter(state=SessionState.PLANNED, leader=reader.person)
    over = mine.filter(~_has_clock(REPORTED), starts_at__lt=reader.until).order_by("starts_at", "pk")
    for session in few(over):
        yield Task(
            title=_at(session),
            url=_page(reader, "report_session", session),
            why=_("It is over and nobody has reported it."),
            due_at=session.starts_at,
            from_at=session.starts_at + timedelta(minutes=session.minutes),
        )
    for session in few(mine.filter(access=Access.OTHER_TIME).order_by("starts_at", "pk")):
        yield Task(
            title=_at(session),
            url=_page(reader, "change_session", session),
            why=_("The supplier asks for another time or place."),
            due_at=session.starts_at,
        )


def to_confirm(reader: Reader) -> Iterator[Task]:
    """For educators: what others reported, where the program wants it confirmed and no clock shows it."""
    if Permission.EDUCATION_CONFIRM not in reader.standing.permissions:
        return
    if not queries.needs_another(on=reader.day):
        return
    rows = queries.sessions().filter(~_has_clock(CONFIRMED), state=SessionState.HELD)
    for session in few(rows.exclude(reported_by=reader.person).order_by("reported_at", "pk")):
        yield Task(
            title=_at(session),
            url=_page(reader, "education_session", session),
            why=_(
                "Reported by somebody else; by the program's rule it counts once you or another confirms it."
            ),
        )


def to_answer(reader: Reader) -> Iterator[Task]:
    """For a supplier: sessions whose time and place it is asked about, where no clock of the next month shows them."""
    if Permission.EDUCATION_ANSWER not in reader.standing.permissions:
        return
    shown = _has_clock(ANSWERED, due_at__lte=reader.until + AHEAD)
    rows = EducationSession.objects.filter(~shown, state=SessionState.PLANNED, access=Access.ASKED)
    for session in few(rows.select_related("workplace").order_by("starts_at", "pk")):
        yield Task(
            title=_at(session),
            url=_page(reader, "own_session", session),
            why=_("The program asks whether time and place are possible."),
            due_at=session.starts_at,
        )


def _at(row: EducationDue | EducationSession) -> str:
    return _("%(kind)s at %(workplace)s") % {"kind": row, "workplace": row.workplace.name}


def _has_clock(kind: str, **narrower: Any) -> Exists:
    return Exists(Clock.objects.open().filter(kind=kind, subject_id=OuterRef("pk"), **narrower))


def _page(reader: Reader, name: str, row: Any) -> str:
    return reverse(f"programs:{name}", args=[reader.standing.program.slug, row.pk])


INBOX = [to_hold, to_report, to_confirm, to_answer]
