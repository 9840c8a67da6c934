"""What happens to a new complaint."""

from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints.forms.desk import AcceptForm, ReasonForm, ReferForm
from complaints.models import Complaint
from complaints.operations import triage
from complaints.queries import desk as queries
from complaints.views.desk import step
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.ui.answering import bound


@requires(Permission.COMPLAINT_TRIAGE)
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """It falls under the program: where, how grave. `?q=` searches the workplace."""
    row = get_object_or_404(Complaint, pk=complaint_id)
    typed = request.GET.get("q", "")
    chosen = request.POST.get("workplace_id", "") or str(row.workplace_id or "")
    form = bound(
        AcceptForm,
        request,
        workplaces=queries.workplaces_to_choose(typed, chosen),
        severities=queries.severities(),
        initial={
            "workplace_id": row.workplace_id,
            "severity_id": row.severity_id,
            "is_urgent": row.is_urgent,
        },
    )
    return step(
        request,
        complaint_id,
        form,
        lambda data: triage.accept(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("Accepted. You handle it."),
        title=_("Accept the complaint"),
        button=_("Accept"),
        template="complaints/accept.html",
        typed=typed,
    )


@requires(Permission.COMPLAINT_TRIAGE)
@require_http_methods(["GET", "POST"])
def refer(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """To a partner who can help."""
    row = get_object_or_404(Complaint.objects.select_related("rule"), pk=complaint_id)
    form = bound(ReferForm, request, initial={"partner": row.rule.partner if row.rule else ""})
    return step(
        request,
        complaint_id,
        form,
        lambda data: triage.refer(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("Referred, and kept on record. Tell the worker where to turn."),
        title=_("Refer to somebody who can help"),
        button=_("Refer"),
    )


@requires(Permission.COMPLAINT_TRIAGE)
@require_http_methods(["GET", "POST"])
def not_covered(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """The workplace is not part of the program."""
    return _plain(
        request,
        complaint_id,
        triage.not_covered,
        done=_("Recorded. Tell the worker where else to turn."),
        title=_("The workplace is not covered"),
        button=_("Record that"),
    )


@requires(Permission.COMPLAINT_TRIAGE)
@require_http_methods(["GET", "POST"])
def set_aside(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Possible abuse."""
    return _plain(
        request,
        complaint_id,
        triage.set_aside,
        done=_("Set aside. It stays readable and can be brought back."),
        title=_("Set aside as possible abuse"),
        button=_("Set aside"),
    )


@requires(Permission.COMPLAINT_TRIAGE)
@require_http_methods(["GET", "POST"])
def bring_back(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """To be triaged again."""
    return _plain(
        request,
        complaint_id,
        triage.bring_back,
        done=_("Back among the new ones."),
        title=_("Bring back"),
        button=_("Bring back"),
    )


@requires(Permission.COMPLAINT_TRIAGE)
@require_http_methods(["GET", "POST"])
def no_complaint(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Read, and there is nothing in it."""
    return step(
        request,
        complaint_id,
        bound(ReasonForm, request),
        lambda data: triage.no_complaint(
            complaint_id=complaint_id, reason=data["reason"], by=request.user, at=timezone.now()
        ),
        done=_("Closed as no complaint."),
        title=_("No complaint"),
        button=_("Close it"),
    )


def _plain(
    request: HttpRequest, complaint_id: UUID, act: object, *, done: str, title: str, button: str
) -> HttpResponse:
    """A step that asks for nothing but to be sure."""
    return step(
        request,
        complaint_id,
        bound(Form, request),
        lambda data: act(complaint_id=complaint_id, by=request.user, at=timezone.now()),
        done=done,
        title=title,
        button=button,
    )
