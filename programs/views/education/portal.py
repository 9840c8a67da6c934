"""The supplier's pages: what its workplaces are owed, the sessions there, and its answer on time and place. The database leaves out the rest."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from programs.enums import Access, DueState, SessionState
from programs.forms.education import AnswerForm
from programs.models import EducationDue, EducationSession
from programs.operations.education import sessions as operations
from programs.queries import education as queries
from programs.queries import today
from programs.views.answering import answer, bound
from programs.views.education import in_program_time
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission

MOST = 200


@requires(Permission.EDUCATION_ANSWER)
@require_GET
@in_program_time
def own(request: HttpRequest) -> HttpResponse:
    """The schedule and the sessions at one's own workplaces."""
    on = today(timezone.now())
    sessions = EducationSession.objects.select_related("workplace").order_by("-starts_at", "-pk")
    dues = EducationDue.objects.filter(state=DueState.OWED).select_related("workplace", "season")
    dues = dues.order_by("due_on", "workplace__name", "kind", "number", "pk")[:MOST]
    context = {
        "ahead": sessions.filter(state=SessionState.PLANNED)[:MOST],
        "past": sessions.exclude(state=SessionState.PLANNED)[:MOST],
        "dues": [(due, queries.why(due), due.due_on is not None and due.due_on < on) for due in dues],
        "waits": Access.ASKED,
    }
    return render(request, "programs/education/own.html", context)


@requires(Permission.EDUCATION_ANSWER)
@require_http_methods(["GET", "POST"])
@in_program_time
def own_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """One session, and the answer on time and place while it is planned. Numbers are the program's; nothing else can be changed here."""
    found = get_object_or_404(EducationSession.objects.select_related("workplace"), pk=session_id)
    page = reverse("programs:own_session", args=[request.program.slug, session_id])
    may_answer = found.state == SessionState.PLANNED and found.access != Access.NOT_ASKED
    form = bound(AnswerForm, request, initial=_answered(found))
    return answer(
        request,
        form,
        lambda data: operations.answer(
            session_id=session_id,
            seen=request.POST.get("seen", ""),
            by=request.user,
            at=timezone.now(),
            **data,
        ),
        done=_("Your answer is on record."),
        goes_to=lambda made: page,
        template="programs/education/own_session.html",
        session=found,
        may_answer=may_answer,
        is_over=found.state in (SessionState.HELD, SessionState.CONFIRMED),
        back_url=reverse("programs:own_education", args=[request.program.slug]),
        crumbs=[
            (_("Sessions with workers"), reverse("programs:own_education", args=[request.program.slug])),
            (found.workplace.name, ""),
        ],
    )


def _answered(session: EducationSession) -> dict[str, str]:
    said = {Access.AGREED: "yes", Access.OTHER_TIME: "no"}.get(Access(session.access), "")
    return {"agrees": said, "note": session.access_note}
