"""Duties to stop purchases: a brand's own, answered by it, and those of a contractor that hires others; all of them for staff, who decide."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agreements.forms import duties as forms
from agreements.forms.escalation import ReceiptForm
from agreements.models import Escalation, StopDuty
from agreements.operations import duties as operations
from agreements.queries import duties as queries
from agreements.tables.duties import DutyTable, OwnDutyTable
from agreements.views.escalation import kept, only_for
from programs.models import Rung
from programs.queries import today
from programs.queries.meanings import Meanings
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.files.forms import bound_with_files
from wsr.files.serving import as_download
from wsr.tenancy import Audience, current_audience

PORTALS = (Audience.BRAND, Audience.SUPPLIER)
ALL = (Audience.STAFF, *PORTALS)


@requires(Permission.ESCALATION_READ)
@only_for(*ALL)
@require_GET
def duties(request: HttpRequest) -> HttpResponseBase:
    """Every duty; a brand's own."""
    is_own = current_audience() in PORTALS
    table = OwnDutyTable if is_own else DutyTable
    return table(request, queries.duties()).response("agreements/duties.html", {"is_own": is_own})


@requires(Permission.ESCALATION_READ)
@only_for(*ALL)
@require_GET
def duty(request: HttpRequest, duty_id: UUID) -> HttpResponse:
    """One duty: why, by when, what was answered."""
    found = get_object_or_404(queries.duties(), pk=duty_id)
    Meanings(Rung).put([found.standing_event], day=lambda event: event.effective_on)
    is_own = current_audience() in PORTALS
    cases = Escalation.objects.filter(supplier=found.supplier_id, opened_at__lte=found.opened_at)
    context = {
        "duty": found,
        "case": None if is_own else cases.order_by("opened_at", "pk").last(),
        "is_own": is_own,
        "stopped_words": _("The work has ended") if found.hires else _("Purchases have stopped"),
        "may_answer": is_own and found.is_active and Permission.DUTY_ANSWER in request.permissions,
        "may_decide": not is_own
        and found.state == "submitted"
        and Permission.STANDING_CHANGE in request.permissions,
        "flagged": [] if is_own else list(found.flagged.all()),
    }
    return render(request, "agreements/duty.html", context)


@requires(Permission.DUTY_ANSWER)
@only_for(*PORTALS)
@require_http_methods(["GET", "POST"])
def acknowledge(request: HttpRequest, duty_id: UUID) -> HttpResponse:
    """The brand says that it knows."""
    found = get_object_or_404(queries.duties(), pk=duty_id)
    return answer(
        request,
        bound(ReceiptForm, request, initial={"name": request.user.name}),
        lambda data: operations.acknowledge(duty_id=duty_id, by=request.user, at=timezone.now(), **data),
        done=_("Acknowledged. Next: stop, and prove it."),
        goes_to=lambda made: _page(request, duty_id),
        title=operations.titles(found.hires)[operations.ACKNOWLEDGE] % {"name": found.supplier.name},
        back_url=_page(request, duty_id),
    )


@requires(Permission.DUTY_ANSWER)
@only_for(*PORTALS)
@require_http_methods(["GET", "POST"])
def stopped(request: HttpRequest, duty_id: UUID) -> HttpResponse:
    """The brand names the day of its last purchase."""
    found = get_object_or_404(queries.duties(), pk=duty_id)
    return answer(
        request,
        bound(forms.StopForm, request, initial={"stopped_on": today(timezone.now())}),
        lambda data: operations.confirm_stop(duty_id=duty_id, by=request.user, at=timezone.now(), **data),
        done=_("The day is on record. Next: send the proof."),
        goes_to=lambda made: _page(request, duty_id),
        title=(
            _("The work of %(name)s has ended") if found.hires else _("Purchases from %(name)s have stopped")
        )
        % {"name": found.supplier.name},
        back_url=_page(request, duty_id),
    )


@requires(Permission.DUTY_ANSWER)
@only_for(*PORTALS)
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest, duty_id: UUID) -> HttpResponse:
    """The brand proves that it stopped."""
    found = get_object_or_404(queries.duties(), pk=duty_id)

    def act(data: dict[str, Any]) -> StopDuty:
        data["file"] = kept(request, data["file"])
        return operations.submit_proof(duty_id=duty_id, by=request.user, at=timezone.now(), **data)

    return answer(
        request,
        bound_with_files(forms.ProofForm, request, "file", initial={"stopped_on": found.stopped_on}),
        act,
        done=_("The proof is sent. The program looks at it and answers here."),
        goes_to=lambda made: _page(request, duty_id),
        template="agreements/upload_form.html",
        title=operations.titles(found.hires)[operations.PROVE] % {"name": found.supplier.name},
        back_url=_page(request, duty_id),
    )


@requires(Permission.STANDING_CHANGE)
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, duty_id: UUID) -> HttpResponse:
    """The program accepts the proof or sends it back."""
    found = get_object_or_404(queries.duties(), pk=duty_id)

    def act(data: dict[str, Any]) -> StopDuty:
        act_on = operations.accept_proof if data["answer"] == "accept" else operations.return_proof
        return act_on(duty_id=duty_id, reason=data["reason"], by=request.user, at=timezone.now())

    return answer(
        request,
        bound(forms.DecisionForm, request),
        act,
        done=_("The answer is on record; the brand is told."),
        goes_to=lambda made: _page(request, duty_id),
        title=_("Proof of %(name)s") % {"name": found.brand.name},
        back_url=_page(request, duty_id),
    )


@requires(Permission.ESCALATION_READ)
@only_for(*ALL)
@require_GET
def proof(request: HttpRequest, duty_id: UUID) -> HttpResponseBase:
    """The file that the brand sent."""
    found = get_object_or_404(StopDuty.objects.select_related("proof_file"), pk=duty_id)
    if found.proof_file is None:
        raise Http404
    return as_download(found.proof_file)


def _page(request: HttpRequest, duty_id: UUID) -> str:
    return reverse("agreements:duty", args=[request.program.slug, duty_id])
