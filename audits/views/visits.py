"""One inspection: its page, arriving, what is known of the visit as a whole, leaving, submitting, the checklist on paper."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.enums import FIELD_STATES, AssignmentState, InspectionState
from audits.forms.records import ArriveForm, SubmitForm, VisitForm
from audits.models import Inspection, TeamMember
from audits.operations import visits as operations
from audits.queries import checklists, overview
from audits.queries.inspections import seals_of
from audits.views.conflicts import Conflict
from audits.views.plans import FORM, about, crumbs_of, page_of
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.tenancy import Audience
from wsr.ui.answering import answer, bound
from wsr.ui.navigation import url_or_nothing


@requires(Permission.INSPECTION_READ)
@require_GET
def inspection(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """The place, the team, interviews against the floor, answers, findings, evidence, what was submitted."""
    visit = get_object_or_404(Inspection.objects.select_related("season", "code"), pk=inspection_id)
    team = overview.team_of(visit)
    lines = checklists.answered(visit)
    findings = overview.findings_of(visit)
    if Permission.ACTION_READ in request.permissions:
        overview.tell_corrections(visit, findings)
    context = {
        "visit": visit,
        "crumbs": crumbs_of(request, visit),
        "team": team,
        "names": overview.names_of(team),
        "interviewed": overview.interviewed(visit),
        "interviews": overview.interviews_of(visit),
        "lines": lines,
        "answered": sum(line.response is not None for line in lines),
        "breached": checklists.breached(lines),
        "findings": findings,
        "standing": sum(finding.withdrawn_at is None for finding in findings),
        "evidence": overview.evidence_of(visit),
        "seals": seals_of(visit),
        "may": _may(request, visit, team),
        "review_url": _review_url(request, visit),
    }
    return render(request, "audits/inspection.html", context)


def _may(request: HttpRequest, visit: Inspection, team: list[TeamMember]) -> dict[str, bool]:
    """What this person may do with it now; the operations check it again."""
    granted = request.permissions
    me = overview.member_of(team, request.user.pk)
    is_on_team = me is not None and me.state == AssignmentState.ACCEPTED
    works = is_on_team and Permission.INSPECTION_RECORD in granted
    plans = Permission.INSPECTION_PLAN in granted
    return {
        "answer": me is not None
        and me.state == AssignmentState.ASKED
        and Permission.ASSIGNMENT_ANSWER in granted,
        "arrive": works and visit.state == InspectionState.PLANNED,
        "write": works and visit.is_writable,
        "leave": works and visit.state == InspectionState.IN_PROGRESS and visit.left_at is None,
        "submit": works and visit.state in FIELD_STATES,
        "plan": plans,
        "change": plans and visit.state in (InspectionState.PLANNED, InspectionState.IN_PROGRESS),
        "history": Permission.HISTORY_READ in granted and not visit.is_secret,
        "see_supplier": request.standing.audience == Audience.STAFF and Permission.WORKPLACE_READ in granted,
    }


def _review_url(request: HttpRequest, visit: Inspection) -> str:
    if Permission.INSPECTION_REVIEW not in request.permissions or visit.submitted_at is None:
        return ""
    return url_or_nothing("audits:review", program_slug=request.program.slug, inspection_id=str(visit.pk))


@requires(Permission.INSPECTION_RECORD)
@require_http_methods(["GET", "POST"])
def arrive(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """The team is there; from now on records can be written."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    return answer(
        request,
        bound(ArriveForm, request),
        lambda data: operations.arrive(inspection_id=visit.pk, by=request.user, at=timezone.now(), **data),
        done=_("The visit has begun. Write down what you find."),
        goes_to=lambda made: page_of(request, visit),
        template=FORM,
        action=_("We are there"),
        lede=_("The time is noted now."),
        **about(request, visit, _("Arrive")),
    )


@requires(Permission.INSPECTION_RECORD)
@require_http_methods(["GET", "POST"])
def change_visit(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Workers present, why fewer were interviewed, the summary."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    fields = ("workers_present", "few_interviews_reason", "summary")
    form = bound(
        VisitForm,
        request,
        initial={**{name: getattr(visit, name) for name in fields}, "if_version": visit.version},
    )
    conflict = Conflict(form, fields)
    return answer(
        request,
        form,
        lambda data: conflict.watch(
            operations.change_visit, inspection_id=visit.pk, by=request.user, at=timezone.now(), **data
        ),
        done=_("Noted."),
        goes_to=lambda made: page_of(request, visit),
        template=FORM,
        conflict=conflict,
        **about(request, visit, _("The visit as a whole")),
    )


@requires(Permission.INSPECTION_RECORD)
@require_POST
def leave(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """The team left the workplace."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    try:
        operations.leave(inspection_id=visit.pk, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("You have left. Write down the rest, then submit it."))
    return redirect(page_of(request, visit))


@requires(Permission.INSPECTION_RECORD)
@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Hand it in, after a look at what is there and what is missing."""
    visit = get_object_or_404(Inspection, pk=inspection_id)
    lines = checklists.answered(visit)
    done = [line for line in lines if line.response is not None]
    context: dict[str, Any] = {
        "interviewed": overview.interviewed(visit),
        "answered": len(done),
        "line_total": len(lines),
        "standing": sum(finding.withdrawn_at is None for finding in overview.findings_of(visit)),
        "evidence_total": overview.evidence_of(visit).count(),
    }
    is_first = not seals_of(visit).exists()
    return answer(
        request,
        bound(SubmitForm, request, is_first=is_first),
        lambda data: operations.submit(inspection_id=visit.pk, by=request.user, at=timezone.now(), **data),
        done=_("Submitted and sealed. The program reviews it now."),
        goes_to=lambda made: page_of(request, visit),
        template="audits/submit.html",
        **context,
        **about(request, visit, _("Submit the inspection")),
    )


@requires(Permission.INSPECTION_READ)
@require_GET
def paper(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """The checklist to print: every line with boxes to tick and room to write; `?filled=1` with the answers."""
    visit = get_object_or_404(Inspection.objects.select_related("code"), pk=inspection_id)
    context = {
        "lines": checklists.answered(visit),
        "is_filled": bool(request.GET.get("filled")),
        "room": range(4),
        "team": [member for member in overview.team_of(visit) if member.state == AssignmentState.ACCEPTED],
    }
    return render(request, "audits/paper.html", {**context, **about(request, visit, _("Checklist on paper"))})
