"""Who works on a complaint, and who must not know of it."""

from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints.forms.desk import EmergencyForm, PartForm, ReasonForm, WallForm
from complaints.models import Complaint, Wall
from complaints.operations import parts as operations
from complaints.queries import desk as queries
from complaints.views.desk import crumbs, step
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.ui.answering import answer, bound
from wsr.vault.numbers import read_number


@requires(Permission.COMPLAINT_TRIAGE)
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Take what nobody handles."""
    return step(
        request,
        complaint_id,
        bound(Form, request),
        lambda data: operations.take(complaint_id=complaint_id, by=request.user, at=timezone.now()),
        done=_("The complaint is yours. Read it and decide what happens to it."),
        title=_("Take this complaint"),
        button=_("Take it and read"),
        explanation=_("You read what was said and answer for it, until somebody takes over from you."),
    )


@requires(Permission.COMPLAINT_TRIAGE)
@require_http_methods(["GET", "POST"])
def emergency(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Open what others handle, because somebody is in danger."""
    return step(
        request,
        complaint_id,
        bound(EmergencyForm, request),
        lambda data: operations.open_in_emergency(
            complaint_id=complaint_id, reason=data["reason"], by=request.user, at=timezone.now()
        ),
        done=_("Open to you for four hours. The directors and everybody on it are told."),
        title=_("Open in an emergency"),
        button=_("Open it"),
        is_grave=True,
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Ask a colleague to take a part, or to take over."""
    return step(
        request,
        complaint_id,
        bound(PartForm, request, people=queries.handlers()),
        lambda data: operations.ask(
            complaint_id=complaint_id,
            person_id=data["person_id"],
            part=data["part"],
            by=request.user,
            at=timezone.now(),
        ),
        done=_("Asked. Nothing changes until it is accepted."),
        title=_("Ask somebody to take a part"),
        button=_("Ask"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, complaint_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Take the part one was asked to take."""
    return step(
        request,
        complaint_id,
        bound(Form, request),
        lambda data: operations.accept(assignment_id=assignment_id, by=request.user, at=timezone.now()),
        done=_("You have the part. Here is the complaint."),
        title=_("Accept the part"),
        button=_("Accept"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, complaint_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Leave it with who asked."""
    return step(
        request,
        complaint_id,
        bound(ReasonForm, request),
        lambda data: operations.decline(
            assignment_id=assignment_id, reason=data["reason"], by=request.user, at=timezone.now()
        ),
        done=_("Declined. Whoever asked you is told."),
        title=_("Decline the part"),
        button=_("Decline"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, complaint_id: UUID, assignment_id: UUID) -> HttpResponse:
    """End a part."""
    return step(
        request,
        complaint_id,
        bound(Form, request),
        lambda data: operations.end(assignment_id=assignment_id, by=request.user, at=timezone.now()),
        done=_("The part has ended."),
        title=_("End the part"),
        button=_("End it"),
        explanation=_("Whoever had it does not read this complaint any more."),
    )


@requires(Permission.COMPLAINT_ASSIGN)
@require_http_methods(["GET", "POST"])
def walls(request: HttpRequest) -> HttpResponse:
    """Who must not know of which complaints."""
    form = bound(WallForm, request, people=queries.staff(), suppliers=queries.suppliers())
    page = reverse("complaints:walls", args=[request.program.slug])
    return answer(
        request,
        form,
        lambda data: _wall_off(request, data),
        done=_("From now on there is no such complaint for her. Parts she had in one have ended."),
        goes_to=lambda made: page,
        template="complaints/walls.html",
        walls=list(queries.walls()),
    )


@requires(Permission.COMPLAINT_ASSIGN)
@require_http_methods(["GET", "POST"])
def end_wall(request: HttpRequest, wall_id: UUID) -> HttpResponse:
    """The tie is no more."""
    wall = get_object_or_404(Wall.objects.select_related("person"), pk=wall_id)
    page = reverse("complaints:walls", args=[request.program.slug])
    return answer(
        request,
        bound(Form, request),
        lambda data: operations.end_wall(wall_id=wall_id, by=request.user, at=timezone.now()),
        done=_("The wall has ended."),
        goes_to=lambda made: page,
        template="complaints/step.html",
        title=_("End the wall around %(name)s") % {"name": wall.person},
        button=_("End it"),
        back_url=page,
        crumbs=crumbs(request),
    )


def _wall_off(request: HttpRequest, data: dict[str, object]) -> Wall:
    complaint_id = None
    if data["number"]:
        found = Complaint.objects.filter(number=read_number(str(data["number"]))).first()
        if found is None:
            raise DomainError(_("There is no complaint with this number."))
        complaint_id = found.pk
    return operations.wall_off(
        person_id=data["person_id"],
        supplier_id=data["supplier_id"],
        complaint_id=complaint_id,
        reason=data["reason"],
        by=request.user,
        at=timezone.now(),
    )
