"""What is owed to workers: set, paid or done, confirmed, dropped."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from complaints.forms.desk import ReasonForm
from complaints.forms.inquiry import ConfirmForm, PaidForm, RemedyForm
from complaints.models import Remedy
from complaints.operations import remedies
from complaints.operations.states import NotInvolved
from complaints.queries import inquiry as queries
from complaints.views.attaching import cleaned_for
from complaints.views.desk import step
from wsr.accounts.doors import own_scope, requires, requires_at_the_door
from wsr.accounts.grants import Permission
from wsr.files import sealed
from wsr.files.uploads import in_memory
from wsr.ui.answering import bound


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def owe(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Set a remedy."""
    return step(
        request,
        complaint_id,
        bound(RemedyForm, request, people=queries.who_complains(complaint_id)),
        lambda data: remedies.owe(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("The remedy is set; its day is watched."),
        title=_("Set a remedy"),
        button=_("Set it"),
    )


@in_memory
@requires_at_the_door(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, complaint_id: UUID, remedy_id: UUID) -> HttpResponse:
    """It is paid or done, says whoever owes it."""
    form = PaidForm(request.POST, request.FILES) if request.method == "POST" else PaidForm()
    sent = cleaned_for(form, request, "proof")
    with own_scope(request):
        get_object_or_404(Remedy, pk=remedy_id, complaint_id=complaint_id)
        return step(
            request,
            complaint_id,
            form,
            lambda data: remedies.pay(
                remedy_id=remedy_id, proof=sent.made if sent else None, by=request.user, at=timezone.now()
            ),
            done=_("Recorded. Ask the workers whether they got it."),
            title=_("Paid or done"),
            button=_("Record it"),
            explanation=_(
                "Whether it reached them, workers say: those who complain on their page, others to you."
            ),
        )


@requires(Permission.COMPLAINT_READ)
@never_cache
@require_GET
def proof(request: HttpRequest, complaint_id: UUID, remedy_id: UUID) -> HttpResponse:
    """What shows that it was paid, to somebody with a part in the complaint; the reading stands in history."""
    get_object_or_404(Remedy, pk=remedy_id, complaint_id=complaint_id)
    try:
        file = remedies.open_proof(remedy_id=remedy_id, by=request.user, at=timezone.now())
    except (Remedy.DoesNotExist, NotInvolved):
        raise Http404("Nothing shows it to this person.") from None
    return sealed.as_download(file)


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, complaint_id: UUID, remedy_id: UUID) -> HttpResponse:
    """Workers told the program that they got it."""
    remedy = get_object_or_404(Remedy, pk=remedy_id, complaint_id=complaint_id)
    return step(
        request,
        complaint_id,
        bound(ConfirmForm, request, shares=queries.unconfirmed(remedy)),
        lambda data: remedies.confirm(
            remedy_id=remedy_id, share_ids=data["share_ids"], by=request.user, at=timezone.now()
        ),
        done=_("Written down."),
        title=_("Who got it"),
        button=_("Keep"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def drop(request: HttpRequest, complaint_id: UUID, remedy_id: UUID) -> HttpResponse:
    """It is not owed after all."""
    get_object_or_404(Remedy, pk=remedy_id, complaint_id=complaint_id)
    return step(
        request,
        complaint_id,
        bound(ReasonForm, request),
        lambda data: remedies.drop(
            remedy_id=remedy_id, reason=data["reason"], by=request.user, at=timezone.now()
        ),
        done=_("The remedy is dropped and stays on record."),
        title=_("Drop the remedy"),
        button=_("Drop it"),
    )
