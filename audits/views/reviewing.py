"""The review of a sealed inspection, and giving its report out. For staff."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audits.enums import InspectionState
from audits.forms import reports as forms
from audits.models import Inspection
from audits.operations import reporting, reviewing
from audits.queries import reviews
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission


@requires(Permission.INSPECTION_REVIEW)
@require_GET
def review(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """What the report would say, beside the records as they were sealed, and what changed since the seal before."""
    inspection = _over(inspection_id)
    return render(
        request,
        "audits/review.html",
        {"review": reviews.of(inspection, at=timezone.now()), "inspection": inspection},
    )


@requires(Permission.INSPECTION_REVIEW)
@require_http_methods(["GET", "POST"])
def send_back(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Back to the auditors, with the reason."""
    return _step(
        request,
        _over(inspection_id),
        bound(forms.ReturnForm, request),
        lambda data: reviewing.return_to_auditors(
            inspection_id=inspection_id, reason=data["reason"], by=request.user, at=timezone.now()
        ),
        done=_("The inspection is with its team again. They submit it anew when they are done."),
        title=_("Return inspection %(number)s to the auditors"),
        button=_("Return it"),
    )


@requires(Permission.INSPECTION_REVIEW)
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Give the supplier the report for its reply."""
    return _step(
        request,
        _over(inspection_id),
        bound(forms.ShareForm, request),
        lambda data: reporting.share_with_supplier(
            inspection_id=inspection_id, by=request.user, at=timezone.now()
        ),
        done=_("The supplier has the report and may reply."),
        title=_("Give the report of inspection %(number)s to the supplier"),
        button=_("Share with the supplier"),
    )


@requires(Permission.INSPECTION_REVIEW)
@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Issue the report to the supplier and the brands that buy there."""
    return _step(
        request,
        _over(inspection_id),
        bound(forms.IssueForm, request),
        lambda data: reporting.issue(
            inspection_id=inspection_id, reason=data["reason"], by=request.user, at=timezone.now()
        ),
        done=_("The report is issued. The supplier and the brands that buy there are told."),
        title=_("Issue the report of inspection %(number)s"),
        button=_("Issue the report"),
    )


def _over(inspection_id: UUID) -> Inspection:
    """An inspection that was submitted. Raises Http404, also for one nobody may know of yet."""
    rows = Inspection.objects.over().select_related("code", "season", "follows", "supplier")
    return get_object_or_404(rows, pk=inspection_id)


def _step(
    request: HttpRequest, inspection: Inspection, form: Any, act: Any, *, done: str, title: str, button: str
) -> HttpResponse:
    page = reverse("audits:review", args=[request.program.slug, inspection.pk])
    return answer(
        request,
        form,
        act,
        done=done,
        goes_to=lambda made: page,
        template="audits/step.html",
        title=title % {"number": inspection.number},
        button=button,
        back_url=page,
        is_issued=inspection.state == InspectionState.ISSUED,
    )
