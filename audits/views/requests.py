"""A request for a visit: whoever asked reads what became of it, an inspector takes it and plans, or says why not."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.enums import RequestState
from audits.forms.planning import ReasonForm
from audits.models import VisitRequest
from audits.operations import requests as operations
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.tenancy import Audience
from wsr.ui.answering import answer, bound


@requires(Permission.INSPECTION_READ)
@require_GET
def visit_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """What was asked for and how it stands; an auditor of a team knows of none."""
    if request.standing.audience != Audience.STAFF:
        raise Http404
    asked = _asked(request_id)
    may = Permission.INSPECTION_PLAN in request.permissions
    context = {
        "asked": asked,
        "may_take": may and operations.is_free(asked),
        "may_plan": may and asked.state == RequestState.TAKEN,
        "may_decline": may and asked.state != RequestState.DECLINED,
        "crumbs": [_board(request)],
    }
    return render(request, "audits/visit_request.html", context)


@requires(Permission.INSPECTION_PLAN)
@require_POST
def take(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """She sees to it; the plan is the next page."""
    _asked(request_id)
    try:
        operations.take(request_id=request_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is yours. Plan the visit, or say why there is none."))
    return redirect(_page(request, request_id))


@requires(Permission.INSPECTION_PLAN)
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """There will be no visit."""
    asked = _asked(request_id)
    page = _page(request, request_id)
    return answer(
        request,
        bound(ReasonForm, request),
        lambda data: operations.decline(request_id=asked.pk, by=request.user, at=timezone.now(), **data),
        done=_("Whoever asked is told why."),
        goes_to=lambda made: page,
        template="audits/form.html",
        title=_("No visit"),
        lede=asked.workplace.name,
        action=_("There will be no visit"),
        back_url=page,
        crumbs=[_board(request), (asked.workplace.name, page)],
    )


def _asked(request_id: UUID) -> VisitRequest:
    rows = VisitRequest.objects.select_related("workplace__supplier", "asked_by", "answered_by")
    return get_object_or_404(rows, pk=request_id)


def _page(request: HttpRequest, request_id: UUID) -> str:
    return reverse("audits:visit_request", args=[request.program.slug, request_id])


def _board(request: HttpRequest) -> tuple[str, str]:
    return _("Inspections"), reverse("audits:board", args=[request.program.slug])
