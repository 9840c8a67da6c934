"""Votes and decisions of the committee on a petition, and arbitration. The page of the breach is in `breaches`."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agreements.enums import Choice, Outcome
from agreements.forms import disputes as forms
from agreements.forms.obligations import ReasonForm
from agreements.models import Arbitration, Breach, Dispute
from agreements.operations import arbitration, disputes
from agreements.queries import disputes as queries
from agreements.views.breaches import answer_about, is_staff, page
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.ui.answering import bound

_BOTH = ["GET", "POST"]


# ── The committee ────────────────────────────────────────────────────────────────────────────────


@requires(Permission.DISPUTE_DECIDE)
@require_http_methods(_BOTH)
def cast_vote(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """One member's vote."""
    dispute, found = _dispute(request, dispute_id)

    def act(data: dict[str, Any]) -> Any:
        return disputes.cast_vote(
            dispute_id=dispute.pk,
            choice=Choice(data["choice"]),
            reason=data["reason"],
            by=request.user,
            at=timezone.now(),
        )

    return answer_about(
        request,
        found,
        bound(forms.VoteForm, request),
        act,
        title=_("Vote"),
        done=_("Your vote is on record."),
        text=dispute.petition,
        back=_after(request, dispute),
    )


@requires(Permission.DISPUTE_DECIDE)
@require_http_methods(_BOTH)
def decide(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """The decision, by the majority of the votes."""
    return _dispute_act(
        request,
        dispute_id,
        forms.DecisionForm,
        disputes.decide,
        _("Record the decision"),
        _("The decision is on record. Both sides are told."),
    )


@requires(Permission.DISPUTE_FILE)
@require_http_methods(_BOTH)
def withdraw_petition(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """Whoever filed it no longer asks."""
    return _dispute_act(
        request,
        dispute_id,
        ReasonForm,
        disputes.withdraw_petition,
        _("Withdraw the petition"),
        _("Withdrawn; the breach stands as not cured."),
    )


@requires(Permission.DISPUTE_FILE)
@require_http_methods(_BOTH)
def appeal(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """Ask for arbitration: either side."""
    return _dispute_act(
        request,
        dispute_id,
        forms.AppealForm,
        arbitration.appeal,
        _("Ask for arbitration"),
        _("Asked for. The other side is told."),
    )


@requires(Permission.OBLIGATION_DECIDE)
@require_http_methods(_BOTH)
def file_arbitration(request: HttpRequest, arbitration_id: UUID) -> HttpResponse:
    """The case is with the arbitrator."""
    made, found = _arbitration(arbitration_id)
    form = bound(forms.FilingForm, request, initial={"rules": made.rules, "seat": made.seat})
    return answer_about(
        request,
        found,
        form,
        lambda data: arbitration.file_arbitration(
            arbitration_id=made.pk, by=request.user, at=timezone.now(), **data
        ),
        title=_("Record the filing"),
        done=_("The arbitration is on record as filed."),
    )


@requires(Permission.OBLIGATION_DECIDE)
@require_http_methods(_BOTH)
def end_arbitration(request: HttpRequest, arbitration_id: UUID) -> HttpResponse:
    """Award, settlement, or neither."""
    made, found = _arbitration(arbitration_id)
    return answer_about(
        request,
        found,
        bound(forms.EndForm, request),
        lambda data: _end(made, data, {"by": request.user, "at": timezone.now()}),
        title=_("Record how it ended"),
        done=_("On record. The party is told."),
    )


def _end(made: Arbitration, data: dict[str, Any], act: dict[str, Any]) -> Arbitration:
    common = {"arbitration_id": made.pk, "ended_on": data["ended_on"], **act}
    if data["ending"] == forms.EndForm.NONE:
        return arbitration.end_arbitration(reason=data["award"], **common)
    common |= {"award": data["award"], "amount": data["amount"], "currency": data["currency"]}
    if data["ending"] == forms.EndForm.AWARD:
        return arbitration.award(outcome=Outcome(data["outcome"]), **common)
    return arbitration.settle(**common)


# ── What the pages share ─────────────────────────────────────────────────────────────────────────


def _after(request: HttpRequest, dispute: Dispute) -> str:
    """Where an act on a petition leads: a member of the committee does not look through breaches."""
    if Permission.DISPUTE_READ in request.permissions:
        return page(request, dispute.breach_id)
    return reverse("agreements:petition", args=[request.program.slug, dispute.pk])


def _dispute(request: HttpRequest, dispute_id: UUID) -> tuple[Dispute, Breach]:
    """For the committee as well: 404 where she sits for a party of it, or has declared an interest."""
    dispute = get_object_or_404(Dispute.objects.select_related("breach__participation"), pk=dispute_id)
    if is_staff(request) and disputes.is_barred(dispute, request.user):
        raise Http404("Has an interest in it.")
    return dispute, get_object_or_404(queries.breaches(), pk=dispute.breach_id)


def _arbitration(arbitration_id: UUID) -> tuple[Arbitration, Breach]:
    made = get_object_or_404(Arbitration.objects.select_related("dispute"), pk=arbitration_id)
    return made, get_object_or_404(queries.breaches(), pk=made.dispute.breach_id)


def _dispute_act(
    request: HttpRequest, dispute_id: UUID, form: Any, operation: Any, title: str, done: str
) -> HttpResponse:
    dispute, found = _dispute(request, dispute_id)
    return answer_about(
        request,
        found,
        bound(form, request),
        lambda data: operation(dispute_id=dispute.pk, by=request.user, at=timezone.now(), **data),
        title=title,
        done=done,
        text=dispute.petition,
        back=_after(request, dispute),
    )
