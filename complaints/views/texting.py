"""Text messages to workers, and their numbers."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from complaints.forms.desk import ReasonForm
from complaints.forms.texting import HoursForm, TextMessageForm
from complaints.models import Complainant
from complaints.operations import phones, texting
from complaints.queries import desk as queries
from complaints.views.desk import crumbs, page_of, step
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.ui.answering import bound


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Send one of the fixed texts."""
    known = queries.complainants(complaint_id) if queries.is_inside(complaint_id, request.user.pk) else []
    people = [
        (str(one.row.pk), f"{one.row.ordinal}: {one.phone}")
        for one in known
        if one.row.may_text and one.phone
    ]
    return step(
        request,
        complaint_id,
        bound(TextMessageForm, request, people=people),
        lambda data: texting.text(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("The text leaves in the hours that are safe for her."),
        title=_("Send a text message"),
        button=_("Send"),
        explanation="" if people else _("Nobody in this complaint gave a number and allowed text messages."),
    )


@requires(Permission.COMPLAINT_HANDLE)
@never_cache
@require_http_methods(["GET", "POST"])
def number(request: HttpRequest, complaint_id: UUID, complainant_id: UUID) -> HttpResponse:
    """The whole number, once, to who says why."""
    get_object_or_404(Complainant, pk=complainant_id, complaint_id=complaint_id, has_phone=True)
    form = bound(ReasonForm, request)
    if form.is_bound and form.is_valid():
        try:
            shown = phones.show(
                complaint_id=complaint_id,
                complainant_id=complainant_id,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            page = page_of(request, complaint_id)
            context = {"phone": shown, "back_url": page, "crumbs": crumbs(request)}
            return render(request, "complaints/number.html", context)
    return step(
        request,
        complaint_id,
        form,
        lambda data: None,
        done="",
        title=_("Show the number"),
        button=_("Show it"),
        explanation=_("That you saw it, and why, stands in history."),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def hours(request: HttpRequest, complaint_id: UUID, complainant_id: UUID) -> HttpResponse:
    """When calls and texts are safe for her."""
    her = get_object_or_404(Complainant, pk=complainant_id, complaint_id=complaint_id, has_phone=True)
    return step(
        request,
        complaint_id,
        bound(HoursForm, request, initial={"begin": her.call_from, "end": her.call_until}),
        lambda data: texting.set_hours(
            complaint_id=complaint_id,
            complainant_id=complainant_id,
            by=request.user,
            at=timezone.now(),
            **data,
        ),
        done=_("Within these hours only she is called, and texts leave."),
        title=_("When calls and texts are safe"),
        button=_("Keep"),
    )
