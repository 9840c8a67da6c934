"""What inspections put into a person's work of today: assignments to answer, her own visits, visits that came back or wait for a review,
reports to reply to or to issue, visits that somebody asks for.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from audits.enums import AssignmentState, InspectionState, ReportStage, RequestState
from audits.models import Inspection, Reply, Report, TeamMember, VisitRequest
from audits.operations.requests import PLANNERS
from audits.queries import overview
from wsr.accounts.grants import Permission
from wsr.accounts.models import Membership
from wsr.deadlines.models import Clock
from wsr.tenancy import Audience
from wsr.ui.inbox import Reader, Task, few

AHEAD = timedelta(days=30)


def asked(reader: Reader) -> Iterator[Task]:
    """Assignments that wait for her answer; due before the visit begins."""
    if Permission.ASSIGNMENT_ANSWER not in reader.standing.permissions:
        return
    rows = overview.work_of(reader.person.pk).filter(
        state=AssignmentState.ASKED,
        inspection__state__in=(
            InspectionState.PLANNED,
            InspectionState.IN_PROGRESS,
            InspectionState.RETURNED,
        ),
    )
    for member in few(rows.order_by("inspection__starts_on", "pk")):
        visit = member.inspection
        yield Task(
            title=_title(visit),
            url=_page(reader, visit, "assignment"),
            why=_("You are asked to join as %(role)s. Accept with your declaration, or decline.")
            % {"role": str(member.get_role_display()).lower()},
            due_at=_morning(reader, visit),
        )


def own(reader: Reader) -> Iterator[Task]:
    """Her visits of the next thirty days, those under way, and those that came back."""
    if Permission.INSPECTION_RECORD not in reader.standing.permissions:
        return
    words = {
        InspectionState.PLANNED: _("You are on the team of this visit."),
        InspectionState.IN_PROGRESS: _("The visit is under way; submit it when it is over."),
        InspectionState.RETURNED: _(
            "It came back from the review. Change what is asked for and submit it again."
        ),
    }
    rows = overview.work_of(reader.person.pk).filter(
        state=AssignmentState.ACCEPTED,
        inspection__state__in=list(words),
        inspection__starts_on__lte=reader.day + AHEAD,
    )
    for member in few(rows.order_by("inspection__starts_on", "pk")):
        visit = member.inspection
        is_returned = visit.state == InspectionState.RETURNED
        yield Task(
            title=_title(visit),
            url=_page(reader, visit),
            why=words[InspectionState(visit.state)],
            due_at=None if is_returned else _evening(reader, visit),
        )


def to_review(reader: Reader) -> Iterator[Task]:
    """Submitted inspections, for who reviews, where no clock shows them."""
    may = reader.standing.permissions
    if Permission.INSPECTION_REVIEW not in may or reader.standing.audience != Audience.STAFF:
        return
    clocks = Clock.objects.open().filter(subject_type="audits.inspection", subject_id=OuterRef("pk"))
    rows = Inspection.objects.filter(~Exists(clocks), state=InspectionState.SUBMITTED)
    for visit in few(rows.order_by("submitted_at", "pk")):
        yield Task(
            title=_title(visit),
            url=_page(reader, visit, "review"),
            why=_("Submitted by its team; review it."),
        )


def to_issue(reader: Reader) -> Iterator[Task]:
    """Reports that may be issued: the supplier replied, or the time for it has passed."""
    may = reader.standing.permissions
    if Permission.INSPECTION_REVIEW not in may or reader.standing.audience != Audience.STAFF:
        return
    replies = Reply.objects.filter(report=OuterRef("pk"))
    rows = Report.objects.filter(stage=ReportStage.FOR_REPLY).annotate(was_replied=Exists(replies))
    ready = rows.filter(Q(was_replied=True) | Q(reply_due_at__lte=reader.until)).select_related("inspection")
    for report in few(ready.order_by("shared_at", "pk")):
        yield Task(
            title=_title(report.inspection),
            url=_page(reader, report.inspection, "review"),
            why=_("The supplier has replied; issue the report.")
            if report.was_replied
            else _("The time for a reply has passed; issue the report."),
            from_at=None if report.was_replied else report.reply_due_at,
        )


def to_reply(reader: Reader) -> Iterator[Task]:
    """For a supplier: reports it may reply to, where no clock shows them."""
    if reader.standing.audience != Audience.SUPPLIER:
        return
    said = Reply.objects.filter(report=OuterRef("pk"))
    rows = Report.objects.filter(~Exists(said), stage=ReportStage.FOR_REPLY, reply_due_at=None)
    for report in few(rows.order_by("shared_at", "pk")):
        yield Task(
            title=_("Reply to the report of inspection %(number)s")
            % {"number": report.body["inspection"]["number"]},
            url=reverse("audits:reply", args=[reader.standing.program.slug, report.pk]),
            why=_("The program shares what it found with you before it issues the report."),
        )


def unstaffed(reader: Reader) -> Iterator[Task]:
    """Her own plans that nobody has accepted yet."""
    if Permission.INSPECTION_PLAN not in reader.standing.permissions:
        return
    team = TeamMember.objects.filter(inspection=OuterRef("pk"), state=AssignmentState.ACCEPTED)
    rows = Inspection.objects.filter(~Exists(team), state=InspectionState.PLANNED, planned_by=reader.person)
    for visit in few(rows.order_by("starts_on", "pk")):
        yield Task(
            title=_title(visit),
            url=_page(reader, visit, "team"),
            why=_("You planned it, and nobody on the team has accepted yet."),
            due_at=_morning(reader, visit),
        )


def requested(reader: Reader) -> Iterator[Task]:
    """Visits that somebody asks for: those nobody has taken, and her own until she has planned one there."""
    if Permission.INSPECTION_PLAN not in reader.standing.permissions:
        return
    planned = Inspection.objects.filter(workplace=OuterRef("workplace"), planned_at__gte=OuterRef("asked_at"))
    rows = VisitRequest.objects.select_related("workplace").filter(~Exists(planned))
    planners = Membership.objects.active().filter(person=OuterRef("answered_by"), role__in=PLANNERS)
    rows = rows.annotate(is_kept=Exists(planners))
    mine = Q(state=RequestState.TAKEN) & (Q(answered_by=reader.person) | Q(is_kept=False))
    for asked in few(rows.filter(Q(state=RequestState.ASKED) | mine).order_by("asked_at", "pk")):
        day = asked.wanted_by
        yield Task(
            title=_("Visit asked for: %(place)s") % {"place": asked.workplace.name},
            url=reverse("audits:visit_request", args=[reader.standing.program.slug, asked.pk]),
            why=_("Nobody sees to it yet.")
            if asked.state == RequestState.ASKED or not asked.is_kept
            else _("You see to it; no visit is planned yet."),
            due_at=datetime.combine(day, time(23, 59), tzinfo=reader.zone) if day else None,
            is_new=asked.state == RequestState.ASKED,
        )


def _title(visit: Inspection) -> str:
    return _("%(kind)s inspection of %(place)s") % {
        "kind": visit.get_kind_display(),
        "place": visit.workplace_name,
    }


def _page(reader: Reader, visit: Inspection, name: str = "inspection") -> str:
    return reverse(f"audits:{name}", args=[reader.standing.program.slug, visit.pk])


def _morning(reader: Reader, visit: Inspection) -> datetime:
    return datetime.combine(visit.starts_on, time(6), tzinfo=reader.zone)


def _evening(reader: Reader, visit: Inspection) -> datetime:
    return datetime.combine(visit.ends_on, time(23, 59), tzinfo=reader.zone)


INBOX = [asked, own, to_review, to_issue, to_reply, unstaffed, requested]
