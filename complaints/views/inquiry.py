"""The steps of an investigation: begun, planned, interviews, findings, concluded."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from complaints.forms.desk import ReasonForm
from complaints.forms.inquiry import FindingForm, InterviewForm, StepForm, WayForm
from complaints.models import Interview, Investigation, PlanStep
from complaints.operations import findings
from complaints.operations import inquiry as operations
from complaints.operations.states import NotInvolved
from complaints.queries import inquiry as queries
from complaints.views.desk import crumbs, page_of, step
from programs.queries import today
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.ui.answering import bound
from wsr.vault.numbers import shown


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Begin to investigate."""
    return step(
        request,
        complaint_id,
        bound(WayForm, request),
        lambda data: operations.begin(
            complaint_id=complaint_id, way=data["way"], by=request.user, at=timezone.now()
        ),
        done=_("Under investigation. Plan the first step."),
        title=_("Begin the investigation"),
        button=_("Begin"),
        explanation=_(
            "Together with the employer only where everybody who complains lets it be told what happened."
        ),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def way(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Go on alone, or together."""
    found = get_object_or_404(Investigation, complaint_id=complaint_id)
    return step(
        request,
        complaint_id,
        bound(WayForm, request, initial={"way": found.way}),
        lambda data: operations.change_way(
            complaint_id=complaint_id, way=data["way"], by=request.user, at=timezone.now()
        ),
        done=_("From now on it is investigated like this."),
        title=_("Who investigates"),
        button=_("Keep"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def add_step(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Plan a step."""
    return step(
        request,
        complaint_id,
        bound(
            StepForm,
            request,
            people=queries.investigators(complaint_id),
            initial={"person_id": request.user.pk},
        ),
        lambda data: operations.plan(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("The step is planned."),
        title=_("Plan a step"),
        button=_("Add the step"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def end_step(request: HttpRequest, complaint_id: UUID, step_id: UUID, is_done: bool) -> HttpResponse:
    """A step is done, or not needed."""
    get_object_or_404(PlanStep, pk=step_id, complaint_id=complaint_id)
    act = operations.do if is_done else operations.drop
    return step(
        request,
        complaint_id,
        bound(Form, request),
        lambda data: act(step_id=step_id, by=request.user, at=timezone.now()),
        done=_("The step is done.") if is_done else _("The step is dropped and stays on record."),
        title=_("Step done") if is_done else _("Drop the step"),
        button=_("It is done") if is_done else _("Drop it"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def add_interview(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Keep what was said in an interview."""
    now = timezone.now()
    return step(
        request,
        complaint_id,
        bound(
            InterviewForm,
            request,
            people=queries.investigators(complaint_id),
            initial={"interviewer_id": request.user.pk, "held_on": today(now)},
        ),
        lambda data: operations.note_interview(complaint_id=complaint_id, by=request.user, at=now, **data),
        done=_("The interview is kept."),
        title=_("Keep an interview"),
        button=_("Keep"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@never_cache
@require_GET
def interview(request: HttpRequest, complaint_id: UUID, interview_id: UUID) -> HttpResponse:
    """What was said in an interview; the reading stands in history."""
    found = get_object_or_404(
        Interview.objects.select_related("complaint"), pk=interview_id, complaint_id=complaint_id
    )
    try:
        notes = operations.read_notes(interview_id=interview_id, by=request.user, at=timezone.now())
    except NotInvolved as error:
        raise PermissionDenied from error
    page = page_of(request, complaint_id)
    context = {
        "interview": notes.interview,
        "notes": notes.text,
        "crumbs": [*crumbs(request), (shown(found.complaint.number), page)],
        "back_url": page,
    }
    return render(request, "complaints/interview.html", context)


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def add_finding(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """What was found about one provision."""
    return step(
        request,
        complaint_id,
        bound(FindingForm, request, provisions=queries.provisions()),
        lambda data: findings.find(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("The finding is on record."),
        title=_("Make a finding"),
        button=_("Keep the finding"),
        explanation=_("A second finding about the same provision takes the place of the first."),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def conclude(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """It is known what happened."""
    return step(
        request,
        complaint_id,
        bound(Form, request),
        lambda data: findings.conclude(complaint_id=complaint_id, by=request.user, at=timezone.now()),
        done=_("The investigation is concluded. Set what is owed to workers."),
        title=_("Conclude the investigation"),
        button=_("Conclude"),
        explanation=_(
            "From now on it is about making it good. Employer and brands see nothing of the findings here."
        ),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def look_again(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Something more is to be found out."""
    return step(
        request,
        complaint_id,
        bound(ReasonForm, request),
        lambda data: findings.look_again(
            complaint_id=complaint_id, reason=data["reason"], by=request.user, at=timezone.now()
        ),
        done=_("Under investigation again."),
        title=_("Investigate further"),
        button=_("Go back to it"),
    )
