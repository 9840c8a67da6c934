"""The clocks of what is owed: to its day, and to what follows when that day has passed. They rest while she has taken her complaint back."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connections
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.enums import ComplaintState
from complaints.models import Complaint, Remedy
from complaints.operations import telling
from programs.queries import today
from wsr.accounts.grants import Role
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length
from wsr.history.operations import record
from wsr.notices.operations import tell_people, tell_role
from wsr.tenancy import current_alias, current_program_id
from wsr.tenancy.models import Program

DUE, OVERDUE = "complaints.remedy_due", "complaints.remedy_overdue"
# A complaint that left the program's hands has no remedy that is watched. One that was merged has not: its worker waits for what she is owed.
LEFT = (
    ComplaintState.WITHDRAWN,
    ComplaintState.REFERRED,
    ComplaintState.NOT_COVERED,
)


def overdue(*, clock: Any, rung: Any, at: datetime) -> None:
    """Effect of the clock: the day is over and it is not paid. Tells the handler and the directors, and starts the clock of what comes next."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT complaints_of_remedy(%s)", [clock.subject_id])
        [complaint_id] = cursor.fetchone()
    complaint = Complaint.objects.filter(pk=complaint_id).exclude(state__in=LEFT).first()
    if complaint is None:
        clocks.cancel(
            kind=DUE, subject=clock.subject, reason=_("The complaint has left the program's hands."), at=at
        )
        return
    alarm(complaint, "complaint_remedy_unpaid", str(clock.pk), at)
    _start_overdue(clock.subject, clock.url, since=clock.due_at, at=at)
    record("complaint.remedy_overdue", ("complaints.complaint", complaint.pk), by=None, at=at)


def rest(complaint: Complaint, *, reason: str, at: datetime) -> None:
    """She takes her complaint back: nothing that is owed is waited for. In her scope; the next tick ends the clocks."""
    for remedy in _owed(complaint):
        for kind in (DUE, OVERDUE):
            clocks.cancel(kind=kind, subject=remedy, reason=reason, at=at)


def go_on(complaint: Complaint, *, at: datetime) -> None:
    """She takes it up again: what is owed is owed until the same day. In her scope; the next tick starts the clocks.

    Where that day has passed, handler and directors are told at once, and the time to what follows from it counts from now: while she
    had taken it back, nobody could be late.
    """
    for remedy in _owed(complaint):
        days = (remedy.due_on - today(at)).days
        if days >= 0:
            start_due(remedy, max(days, 1), since=at if days else at - timedelta(days=1), at=at)
        else:
            alarm(complaint, "complaint_remedy_unpaid", f"{remedy.pk}:{at.isoformat()}", at)
            _start_overdue(remedy, _page(remedy), since=at, at=at)


def _owed(complaint: Complaint) -> Iterable[Remedy]:
    return Remedy.objects.filter(complaint=complaint, paid_at=None, dropped_at=None).order_by("ordinal")


def _start_overdue(subject: Any, url: str, *, since: datetime, at: datetime) -> None:
    title = _("Overdue remedy of a complaint")
    clocks.start(kind=OVERDUE, subject=subject, started_at=since, at=at, title=title, url=url)


def alarm(complaint: Complaint, kind: str, key: str, at: datetime) -> None:
    """The handler, while there is one, and the directors, without a fact."""
    context = {"complaint": str(complaint.pk)}
    if handling := telling.present(complaint):
        tell_people(
            kind=kind, key=f"{kind}:{key}", people=handling, context=context, at=at, about=complaint.pk
        )
    tell_role(
        kind=kind,
        key=f"{kind}:{key}:directors",
        roles=[Role.DIRECTOR],
        context=context,
        at=at,
        about=complaint.pk,
    )


def start_due(remedy: Remedy, days: int, *, since: datetime, by: Person | None = None, at: datetime) -> None:
    """The clock to the end of the day that is so many days after `since`."""
    clocks.start(
        kind=DUE,
        subject=remedy,
        started_at=since,
        at=at,
        by=by,
        length=Length(days, Unit.DAYS, Basis.TARGET),
        title=_("Remedy of a complaint"),
        url=_page(remedy),
    )


def _page(remedy: Remedy) -> str:
    slug = Program.objects.values_list("slug", flat=True).get(pk=current_program_id())
    return reverse("complaints:complaint", args=[slug, remedy.complaint_id])
