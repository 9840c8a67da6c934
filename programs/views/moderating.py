"""Moderating endorsements of the principles, from any program of the installation."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from programs.enums import EndorsementState
from programs.forms.endorsing import DeclineForm
from programs.models import Endorsement
from programs.operations import endorsements as operations
from programs.tables.endorsements import EndorsementTable
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError

_SHOWN = (EndorsementState.WAITING, EndorsementState.ACCEPTED, EndorsementState.DECLINED)


@requires(Permission.ENDORSEMENT_MODERATE)
@require_GET
def waiting(request: HttpRequest) -> HttpResponseBase:
    """What waits for a moderator, the oldest first; `?state=` shows what was decided."""
    asked = request.GET.get("state", "")
    state = EndorsementState(asked) if asked in _SHOWN else EndorsementState.WAITING
    rows = Endorsement.objects.filter(state=state).select_related("decided_by")
    table = EndorsementTable(request, rows)
    return table.response("programs/endorsements.html", {"state": state, "states": _SHOWN})


@requires(Permission.ENDORSEMENT_MODERATE)
@require_POST
def accept(request: HttpRequest, endorsement_id: UUID) -> HttpResponse:
    """Count it."""
    seen = Endorsement.objects.exclude(state=EndorsementState.UNCONFIRMED)
    get_object_or_404(seen, pk=endorsement_id)
    try:
        operations.accept(endorsement_id=endorsement_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The endorsement counts, and its endorser is told."))
    return redirect("programs:endorsements", request.program.slug)


@requires(Permission.ENDORSEMENT_MODERATE)
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, endorsement_id: UUID) -> HttpResponse:
    """Do not count it, or no longer, with a reason."""
    seen = Endorsement.objects.exclude(state=EndorsementState.UNCONFIRMED)
    get_object_or_404(seen, pk=endorsement_id)
    page = reverse("programs:endorsements", args=[request.program.slug])
    return answer(
        request,
        bound(DeclineForm, request),
        lambda data: operations.decline(
            endorsement_id=endorsement_id, by=request.user, at=timezone.now(), **data
        ),
        done=_("The endorsement is declined. Once its endorser is told, what was typed is erased."),
        goes_to=lambda made: page,
        title=_("Decline an endorsement"),
        back_url=page,
    )
