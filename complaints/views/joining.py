"""Complaints about the same thing: linked, merged, taken apart."""

from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints.forms.outcome import LinkForm, MergeForm
from complaints.models import Complaint, Link
from complaints.operations import joining
from complaints.queries import outcome as queries
from complaints.views.desk import step
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.ui.answering import bound
from wsr.vault.numbers import read_number


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Into another complaint that one has a part in."""
    row = get_object_or_404(Complaint, pk=complaint_id)
    choices = queries.takes_others(row, request.user)
    return step(
        request,
        complaint_id,
        bound(MergeForm, request, complaints=choices),
        lambda data: joining.merge(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("Merged. The work goes on in the other complaint; both workers keep their numbers and codes."),
        title=_("Merge with another complaint"),
        button=_("Merge"),
        explanation=_(
            "What was said here stays here, for those with a part in it. You need a part in the other complaint as well."
        ),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def take_apart(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """It was merged by mistake."""
    return step(
        request,
        complaint_id,
        bound(Form, request),
        lambda data: joining.take_apart(complaint_id=complaint_id, by=request.user, at=timezone.now()),
        done=_("By itself again, to be triaged."),
        title=_("Take it apart again"),
        button=_("Take apart"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """With another complaint, by its number. `?number=` fills it in."""
    return step(
        request,
        complaint_id,
        bound(LinkForm, request, initial={"number": request.GET.get("number", "")}),
        lambda data: joining.link(
            complaint_id=complaint_id, other_id=_numbered(data["number"]), by=request.user, at=timezone.now()
        ),
        done=_("Linked. Each is still worked on by itself."),
        title=_("Link with another complaint"),
        button=_("Link"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def end_link(request: HttpRequest, complaint_id: UUID, link_id: UUID) -> HttpResponse:
    """They have nothing to do with each other."""
    get_object_or_404(Link, pk=link_id)
    return step(
        request,
        complaint_id,
        bound(Form, request),
        lambda data: joining.end_link(
            link_id=link_id, complaint_id=complaint_id, by=request.user, at=timezone.now()
        ),
        done=_("No longer linked."),
        title=_("End the link"),
        button=_("End it"),
    )


def _numbered(number: str) -> UUID:
    """The complaint with a number, none for whoever is walled off from it. Raises DomainError."""
    found = Complaint.objects.filter(number=read_number(number)).values_list("pk", flat=True).first()
    if found is None:
        raise DomainError(_("There is no complaint with this number."))
    return found
