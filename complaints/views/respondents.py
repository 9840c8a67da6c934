"""The persons a complaint is about."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints.forms.respondents import NameForm, TakeOutForm
from complaints.models import Respondent
from complaints.operations import respondents
from complaints.views.desk import step
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.ui.answering import bound


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def name(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Say whom it is about."""
    return step(
        request,
        complaint_id,
        bound(NameForm, request),
        lambda data: respondents.add(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("The person is on record, for those who work on the complaint."),
        title=_("Whom it is about"),
        button=_("Keep"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def take_out(request: HttpRequest, complaint_id: UUID, respondent_id: UUID) -> HttpResponse:
    """It was not this person."""
    get_object_or_404(Respondent, pk=respondent_id, complaint_id=complaint_id)
    return step(
        request,
        complaint_id,
        bound(TakeOutForm, request),
        lambda data: respondents.take_out(
            respondent_id=respondent_id, by=request.user, at=timezone.now(), **data
        ),
        done=_("Taken out; the name is gone."),
        title=_("It was not this person"),
        button=_("Take out"),
    )
