"""The watch at the desk: what the employer can see, what she answers; corrective actions that follow; releases by two people."""

from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints.forms.watch import CheckInForm, MeasureForm, RefuseForm, ReleaseForm, SeenForm, VisitForm
from complaints.models import Complainant, Complaint, Measure, Release
from complaints.operations import measures, releases, states, visits, watch
from complaints.queries import desk as desk_queries
from complaints.queries import measures as measure_queries
from complaints.views.desk import step
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.ui.answering import bound


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def seen(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """The employer can see something: the watch begins."""
    row = get_object_or_404(Complaint, pk=complaint_id)

    def act(data: dict[str, str]) -> object:
        states.involved(row, request.user)
        return watch.employer_can_see(row, data["act"], at=timezone.now(), by=request.user)

    return step(
        request,
        complaint_id,
        bound(SeenForm, request, initial={"act": request.GET.get("act", "")}),
        act,
        done=_("Noted. Everybody who complained is asked how she is treated, on the days of the watch."),
        title=_("The employer can see it"),
        button=_("Begin the watch"),
        explanation=_("From today on somebody may be made to pay for the complaint."),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def ask_visit(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Ask the inspectors to go there."""
    return step(
        request,
        complaint_id,
        bound(VisitForm, request),
        lambda data: visits.ask(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("The inspectors are asked. Whether and when somebody goes is known to the team alone."),
        title=_("Ask for a visit"),
        button=_("Ask the inspectors"),
        explanation=_(
            "One of them takes it and plans. You read about the visit here when it is over, or why there is none."
        ),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def check_in(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """What she says about how she is treated."""
    return step(
        request,
        complaint_id,
        bound(CheckInForm, request, people=_people(complaint_id)),
        lambda data: watch.key_in(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("Written down."),
        title=_("How is she treated?"),
        button=_("Write it down"),
        explanation=_(
            "Ask first whether she can speak now. Then ask: has anybody treated you worse since you came to us?"
        ),
    )


# ── Corrective actions ───────────────────────────────────────────────────────────────────────────


@requires(Permission.COMPLAINT_HANDLE, Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def measure(request: HttpRequest, complaint_id: UUID, measure_id: UUID | None = None) -> HttpResponse:
    """Word a corrective action, or one that is held back anew."""
    get_object_or_404(Complaint, pk=complaint_id)
    initial: dict[str, object] = {}
    if measure_id is not None:
        row = get_object_or_404(Measure, pk=measure_id, complaint=complaint_id)
        initial = {"provision_id": row.provision_id, "severity_id": row.severity_id, **measures.words_of(row)}
    form = bound(
        MeasureForm,
        request,
        provisions=measure_queries.provisions(),
        severities=measure_queries.severities(),
        initial=initial,
    )
    return step(
        request,
        complaint_id,
        form,
        lambda data: measures.write(
            complaint_id=complaint_id, measure_id=measure_id, by=request.user, at=timezone.now(), **data
        ),
        done=_measure_done,
        title=_("Corrective action for the employer"),
        button=_("Send"),
        explanation=_(
            "It goes out as any other corrective action. Words that stand in the complaint are found first, and hold it back."
        ),
    )


@requires(Permission.COMPLAINT_HANDLE, Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def send_measure(request: HttpRequest, complaint_id: UUID, measure_id: UUID) -> HttpResponse:
    """As a second person: it points to nobody."""
    get_object_or_404(Measure, pk=measure_id, complaint=complaint_id)
    return step(
        request,
        complaint_id,
        bound(Form, request),
        lambda data: measures.send_as_it_is(measure_id=measure_id, by=request.user, at=timezone.now()),
        done=_measure_done,
        title=_("Send it as it is"),
        button=_("It points to nobody: send it"),
        explanation=_("What is sent cannot be taken back: the employer reads it at once."),
        is_grave=True,
    )


@requires(Permission.COMPLAINT_HANDLE, Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def drop_measure(request: HttpRequest, complaint_id: UUID, measure_id: UUID) -> HttpResponse:
    """It will not be sent."""
    get_object_or_404(Measure, pk=measure_id, complaint=complaint_id)
    return step(
        request,
        complaint_id,
        bound(Form, request),
        lambda data: measures.drop(measure_id=measure_id, by=request.user, at=timezone.now()),
        done=_("Dropped. Nothing was sent."),
        title=_("Drop the corrective action"),
        button=_("Drop it"),
    )


def _measure_done(made: Measure) -> str:
    if made.was_held and made.action_id is None:
        return _("Held back: some words may point to her. Change them, or let a second person look.")
    return _("Sent. The employer reads it as any other corrective action.")


# ── Releases ─────────────────────────────────────────────────────────────────────────────────────


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def ask_release(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Ask to give a name or a contact away."""
    return step(
        request,
        complaint_id,
        bound(ReleaseForm, request, people=_people(complaint_id)),
        lambda data: releases.ask(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("Asked. Another person decides, and the worker reads that you asked."),
        title=_("Give a name or contact away"),
        button=_("Ask for it"),
    )


@requires(Permission.COMPLAINT_RELEASE)
@require_http_methods(["GET", "POST"])
def approve_release(request: HttpRequest, complaint_id: UUID, release_id: UUID) -> HttpResponse:
    """As another person: it may be given away for a time."""
    get_object_or_404(Release, pk=release_id, complaint=complaint_id)
    return step(
        request,
        complaint_id,
        bound(Form, request),
        lambda data: releases.approve(release_id=release_id, by=request.user, at=timezone.now()),
        done=_("Approved. It ends by itself."),
        title=_("Approve the release"),
        button=_("Approve it"),
        explanation=_("Nobody can take back what was told. Read first what it is for."),
        is_grave=True,
    )


@requires(Permission.COMPLAINT_RELEASE)
@require_http_methods(["GET", "POST"])
def refuse_release(request: HttpRequest, complaint_id: UUID, release_id: UUID) -> HttpResponse:
    """As another person: it may not."""
    get_object_or_404(Release, pk=release_id, complaint=complaint_id)
    return step(
        request,
        complaint_id,
        bound(RefuseForm, request),
        lambda data: releases.refuse(release_id=release_id, by=request.user, at=timezone.now(), **data),
        done=_("Refused."),
        title=_("Refuse the release"),
        button=_("Refuse it"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def end_release(request: HttpRequest, complaint_id: UUID, release_id: UUID) -> HttpResponse:
    """It was done, or is not wanted any more."""
    get_object_or_404(Release, pk=release_id, complaint=complaint_id)
    return step(
        request,
        complaint_id,
        bound(Form, request),
        lambda data: releases.end(release_id=release_id, by=request.user, at=timezone.now()),
        done=_("Ended."),
        title=_("End the release"),
        button=_("End it"),
    )


def _people(complaint_id: UUID) -> list[tuple[str, str]]:
    """(id, name) of those who complained; nobody for whoever is outside."""
    get_object_or_404(Complaint, pk=complaint_id)
    is_inside = Complainant.objects.filter(complaint=complaint_id).exists()
    known = desk_queries.complainants(complaint_id) if is_inside else []
    return [
        (str(one.row.pk), one.name or _("Complainant %(number)s") % {"number": one.row.ordinal})
        for one in known
    ]
