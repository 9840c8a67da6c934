"""What complaints put into a person's work of today: new ones, parts to answer, words of workers she has not read, what she handles, and outcomes and
appeals that she looks at as another person.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.enums import (
    OPEN_STATES,
    PENDING_STATES,
    AssignmentState,
    ComplaintState,
    Direction,
    Got,
    Part,
)
from complaints.models import Assignment, CheckIn, Complaint, Message, PlanStep, Remedy, RemedyShare
from complaints.operations.inquiry import AT_WORK
from complaints.operations.quarantine import SET_ASIDE
from complaints.operations.states import ACKNOWLEDGED, APPEAL_DECIDED
from wsr.accounts.grants import Permission
from wsr.deadlines.inbox import Name
from wsr.deadlines.models import Clock
from wsr.tenancy import Audience
from wsr.ui.inbox import Reader, Task, few
from wsr.vault.numbers import shown


def to_take(reader: Reader) -> Iterator[Task]:
    """Open complaints that nobody has: those in danger are due now."""
    if Permission.COMPLAINT_TRIAGE not in reader.standing.permissions:
        return
    rows = Complaint.objects.filter(is_handled=False)
    waiting = rows.filter(state__in=PENDING_STATES)
    for row in few(waiting.order_by("-is_urgent", "received_at", "pk")):
        yield Task(
            title=_title(row),
            url=_page(reader, row),
            why=_("Somebody is in danger, and nobody has it: take it and read.")
            if row.is_urgent
            else _("Nobody has it yet: take it and read."),
            is_due_now=row.is_urgent,
            act=(ACKNOWLEDGED, row.pk),
            is_new=True,
        )
    if aside := rows.filter(state=ComplaintState.SET_ASIDE).count():
        yield Task(
            title=ngettext("%(count)s complaint set aside", "%(count)s complaints set aside", aside)
            % {"count": aside},
            url=reverse("complaints:complaints", args=[reader.standing.program.slug])
            + f"?state={ComplaintState.SET_ASIDE}",
            why=_("They look like abuse. Read them all the same: a true one may be among them."),
            act=(SET_ASIDE, reader.standing.program.pk),
            is_new=True,
        )


def asked(reader: Reader) -> Iterator[Task]:
    """Parts that she is asked to take."""
    if reader.standing.audience != Audience.STAFF:
        return
    rows = Assignment.objects.filter(person=reader.person, state=AssignmentState.ASKED)
    for part in few(rows.select_related("complaint", "asked_by").order_by("asked_at", "pk")):
        said = {"name": part.asked_by, "part": part.get_part_display()}
        yield Task(
            title=_title(part.complaint),
            url=_page(reader, part.complaint),
            why=_("%(name)s asks you to take a part: %(part)s.") % said,
        )


def own(reader: Reader) -> Iterator[Task]:
    """What she handles: with words of the worker that nobody has read, or without a clock that shows it."""
    if Permission.COMPLAINT_HANDLE not in reader.standing.permissions:
        return
    unread = Message.objects.filter(complaint=OuterRef("pk"), direction=Direction.FROM_WORKER, read_at=None)
    clocks = Clock.objects.open().filter(subject_type="complaints.complaint", subject_id=OuterRef("pk"))
    rows = Complaint.objects.filter(handler=reader.person).order_by("received_at", "pk")
    for row in few(rows.filter(Exists(unread))):
        yield Task(
            title=_title(row), url=_page(reader, row), why=_("The worker wrote, and nobody has read it.")
        )
    for row in few(rows.filter(~Exists(unread), ~Exists(clocks), state__in=OPEN_STATES)):
        yield Task(
            title=_title(row),
            url=_page(reader, row),
            why=_("You handle it; the program has set no time limit. %(state)s.")
            % {"state": row.get_state_display()},
        )


def steps(reader: Reader) -> Iterator[Task]:
    """Steps of investigations under way that she has to do."""
    if Permission.COMPLAINT_HANDLE not in reader.standing.permissions:
        return
    rows = PlanStep.objects.filter(
        person=reader.person, done_at=None, dropped_at=None, complaint__state__in=AT_WORK
    )
    for step in few(rows.select_related("complaint").order_by("due_on", "pk")):
        yield Task(
            title=_title(step.complaint),
            url=_page(reader, step.complaint),
            why=_("A step of the investigation is yours."),
            due_at=dt.datetime.combine(step.due_on, dt.time(23, 59, 59), reader.zone),
        )


def not_got(reader: Reader) -> Iterator[Task]:
    """Complaints that she handles in which a worker says that she did not get what is owed to her."""
    if Permission.COMPLAINT_HANDLE not in reader.standing.permissions:
        return
    missing = RemedyShare.objects.filter(complaint=OuterRef("pk"), got=Got.NO, remedy__dropped_at=None)
    rows = Complaint.objects.filter(Exists(missing), handler=reader.person)
    for row in few(rows.order_by("received_at", "pk")):
        yield Task(
            title=_title(row),
            url=_page(reader, row),
            why=_("A worker says that she did not get what is owed to her."),
            is_due_now=True,
        )


def to_look_at(reader: Reader) -> Iterator[Task]:
    """Outcomes that wait for her as the second person, and appeals that she is to decide."""
    if Permission.COMPLAINT_HANDLE not in reader.standing.permissions:
        return
    waiting = {
        Part.REVIEWER: (ComplaintState.IN_REVIEW, _("The outcome waits for you as the second person.")),
        Part.DECIDER: (ComplaintState.APPEALED, _("The appeal waits for your decision.")),
    }
    for part, (state, why) in waiting.items():
        rows = Assignment.objects.filter(
            person=reader.person, part=part, state=AssignmentState.ACCEPTED, complaint__state=state
        )
        for row in few(rows.select_related("complaint").order_by("complaint__received_at", "pk")):
            act = (APPEAL_DECIDED, row.complaint_id) if part == Part.DECIDER else None
            yield Task(title=_title(row.complaint), url=_page(reader, row.complaint), why=why, act=act)


def names(clocks: Collection[Clock], reader: Reader) -> dict[UUID, Name]:
    """{clock: number and page of its complaint}; on the clock itself, which calendars show as well, stands the kind of thing alone."""
    of = {
        "complaints.complaint": None,
        "complaints.checkin": CheckIn,
        "complaints.remedy": Remedy,
    }
    found: dict[UUID, UUID] = {}  # {subject: complaint}
    for subject_type, model in of.items():
        ids = [clock.subject_id for clock in clocks if clock.subject_type == subject_type]
        if ids and model is None:
            found |= {pk: pk for pk in ids}
        elif ids:
            found |= dict(model.objects.filter(pk__in=ids).values_list("pk", "complaint_id"))
    rows = Complaint.objects.only("id", "program_id", "number").in_bulk(set(found.values()))
    return {
        clock.pk: Name(_title(row), _page(reader, row))
        for clock in clocks
        if (row := rows.get(found.get(clock.subject_id)))
    }


def _title(row: Complaint) -> str:
    return _("Complaint %(number)s") % {"number": shown(row.number)}


def _page(reader: Reader, row: Complaint) -> str:
    return reverse("complaints:complaint", args=[reader.standing.program.slug, row.pk])


INBOX = [to_take, asked, own, steps, not_got, to_look_at]
NAMES = [names]
