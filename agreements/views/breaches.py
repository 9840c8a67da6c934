"""Breaches: suspected, noticed, cured or not; and the petition that brings one before the committee. What follows is in `disputes`."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.documents import breaches as documents
from agreements.enums import BreachState, DisputeState
from agreements.forms import disputes as forms
from agreements.forms import proofs
from agreements.forms.obligations import ReasonForm
from agreements.models import Arbitration, Breach, BreachStep, Dispute
from agreements.operations import breaches as operations
from agreements.operations import disputes
from agreements.queries import disputes as queries
from agreements.tables.obligations import BreachTable, OwnBreachTable, breach_tone
from agreements.views.obligations import FORM
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.files.forms import bound_with_files
from wsr.files.serving import as_download
from wsr.tenancy import Audience
from wsr.ui.answering import answer, bound

_BOTH = ["GET", "POST"]


@requires(Permission.DISPUTE_READ)
@require_GET
def breaches(request: HttpRequest) -> HttpResponseBase:
    """Every breach; a portal's own, from the notice on."""
    table = BreachTable if is_staff(request) else OwnBreachTable
    return table(request, queries.breaches()).response("agreements/breaches.html")


@requires(Permission.DISPUTE_READ)
@require_GET
def breach(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """One breach: facts, what runs, what was said, what the committee and the arbitrator decided."""
    found = get_object_or_404(queries.breaches(), pk=breach_id)
    dispute = queries.dispute_of(found)
    asked = queries.arbitration_of(dispute)
    for_staff = is_staff(request)
    context = {
        "breach": found,
        "tone": breach_tone(found),
        "dispute": dispute,
        "arbitration": asked,
        "votes": queries.votes_of(dispute) if for_staff else [],
        "clocks": queries.clocks_of(found, dispute),
        "missing": queries.missing_limits(found) if for_staff else [],
        "entries": queries.timeline(found, with_names=for_staff),
        "facts": _facts(found),
        "about_url": _about_url(request, found),
        "crumbs": [
            (_("Breaches"), reverse("agreements:breaches", args=[request.program.slug])),
            (found.number, ""),
        ],
        "may": _may(request, found, dispute, asked),
    }
    return render(request, "agreements/breach.html", context)


@requires(Permission.OBLIGATION_DECIDE)
@require_http_methods(_BOTH)
def open_breach(request: HttpRequest) -> HttpResponse:
    """Put a breach on record that somebody has seen."""

    def act(data: dict[str, Any]) -> Breach:
        return operations.open_breach(
            agreement_id=data["agreement"].pk if data["agreement"] else None,
            participation_id=data["participation"].pk,
            title=data["title"],
            facts=data["facts"],
            by=request.user,
            at=timezone.now(),
        )

    return answer(
        request,
        bound(forms.BreachForm, request),
        act,
        done=lambda made: (
            _("%(number)s is on record. Serve the notice when the facts stand.") % {"number": made.number}
        ),
        goes_to=lambda made: page(request, made.pk),
        template=FORM,
        title=_("Record a breach"),
        back_url=reverse("agreements:breaches", args=[request.program.slug]),
    )


@requires(Permission.OBLIGATION_DECIDE)
@require_http_methods(_BOTH)
def serve_notice(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """Serve the notice; the letter can be read before."""
    found = get_object_or_404(queries.breaches(), pk=breach_id)

    def act(_data: dict[str, Any]) -> Breach:
        at = timezone.now()
        letter = documents.notice_of_breach(found, at=at)
        return operations.serve_notice(breach_id=breach_id, letter=letter, by=request.user, at=at)

    return answer_about(
        request,
        found,
        bound(forms.forms.Form, request),
        act,
        title=_("Serve the notice"),
        done=_("The notice is served. The party is told."),
        text=_(
            "The party receives the letter and sees this breach from now on, with the facts as they are on record. "
            "Its time to cure begins."
        ),
    )


@requires(Permission.OBLIGATION_DECIDE)
@require_GET
def draft_letter(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """The letter as it would be served now."""
    found = get_object_or_404(queries.breaches(), pk=breach_id)
    content = documents.notice_of_breach(found, at=timezone.now())
    name = f"notice-of-breach-{found.number}-draft.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@requires(Permission.DISPUTE_READ)
@require_GET
def breach_file(request: HttpRequest, breach_id: UUID, file_id: UUID) -> FileResponse:
    """The letter, or a file that was sent about a breach."""
    steps = BreachStep.objects.filter(breach_id=breach_id, file_id=file_id).select_related("file")
    found = steps.first() or get_object_or_404(steps)
    return as_download(found.file)


@requires(Permission.OBLIGATION_ANSWER)
@require_POST
def acknowledge(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """The party has the notice."""
    found = get_object_or_404(queries.breaches(), pk=breach_id)
    return answer_about(
        request,
        found,
        bound(forms.forms.Form, request),
        lambda _data: operations.acknowledge(breach_id=breach_id, by=request.user, at=timezone.now()),
        title=_("Acknowledge the notice"),
        done=_("Acknowledged. What you do to cure the breach comes next."),
    )


@requires(Permission.OBLIGATION_ANSWER)
@require_http_methods(_BOTH)
def claim_cure(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """The party says what it did."""
    found = get_object_or_404(queries.breaches(), pk=breach_id)
    form = bound_with_files(forms.CureForm, request, "files")

    def act(data: dict[str, Any]) -> Breach:
        at = timezone.now()
        kept = proofs.kept(data["files"], by=request.user, at=at)
        return operations.claim_cure(
            breach_id=breach_id, note=data["note"], proofs=kept, by=request.user, at=at
        )

    return answer_about(
        request,
        found,
        form,
        act,
        title=_("Say that it is cured"),
        done=_("Sent. The program looks at it next."),
    )


@requires(Permission.OBLIGATION_DECIDE)
@require_http_methods(_BOTH)
def accept_cure(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """It is cured."""
    return _reason(
        request, breach_id, operations.accept_cure, _("Accept the cure"), _("Cured. The party is told.")
    )


@requires(Permission.OBLIGATION_DECIDE)
@require_http_methods(_BOTH)
def reject_cure(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """It is not cured."""
    return _reason(
        request,
        breach_id,
        operations.reject_cure,
        _("Refuse the cure"),
        _("Refused. The party is told why."),
        form=forms.RejectCureForm,
    )


@requires(Permission.OBLIGATION_DECIDE)
@require_http_methods(_BOTH)
def withdraw_breach(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """There was none, or it rests."""
    return _reason(
        request, breach_id, operations.withdraw, _("Withdraw"), _("Withdrawn; the reason is on record.")
    )


@requires(Permission.DISPUTE_FILE)
@require_http_methods(_BOTH)
def file_petition(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """Ask the committee: the party or the program."""
    return _reason(
        request,
        breach_id,
        disputes.file_petition,
        _("Petition the committee"),
        _("Filed. The committee is told, and its time to decide begins."),
        form=forms.PetitionForm,
    )


# ── For the pages of disputes too ────────────────────────────────────────────────────────────────


def is_staff(request: HttpRequest) -> bool:
    """Whether somebody of the program looks, and not a party in its portal."""
    return request.standing.audience == Audience.STAFF


def page(request: HttpRequest, breach_id: UUID) -> str:
    """The address of a breach."""
    return reverse("agreements:breach", args=[request.program.slug, breach_id])


def answer_about(
    request: HttpRequest,
    found: Breach,
    form: Any,
    act: Any,
    *,
    title: str,
    done: str,
    text: str = "",
    back: str = "",
) -> HttpResponse:
    """The page of one act on a breach or its dispute: asked, refused with everything typed, or done."""
    back = back or page(request, found.pk)
    return answer(
        request,
        form,
        act,
        done=done,
        goes_to=lambda _made: back,
        template=FORM,
        title=title,
        lede=str(found),
        text=text,
        action=title,
        back_url=back,
    )


# ── One breach ───────────────────────────────────────────────────────────────────────────────────


def _reason(
    request: HttpRequest, breach_id: UUID, operation: Any, title: str, done: str, *, form: Any = ReasonForm
) -> HttpResponse:
    found = get_object_or_404(queries.breaches(), pk=breach_id)
    return answer_about(
        request,
        found,
        bound(form, request),
        lambda data: operation(breach_id=breach_id, by=request.user, at=timezone.now(), **data),
        title=title,
        done=done,
    )


def _facts(found: Breach) -> list[tuple[str, Any]]:
    clause = f"{found.clause.reference} {found.clause.title}" if found.clause else _("None named")
    return [
        (_("Who is in breach"), found.participation.name),
        (_("Agreement"), str(found.agreement) if found.agreement else _("None named")),
        (_("Clause"), clause),
        (_("Receipt acknowledged"), found.acknowledged_at or _("Not yet")),
    ]


def _about_url(request: HttpRequest, found: Breach) -> str:
    if found.subject_type == "agreements.obligation":
        return reverse("agreements:obligation", args=[request.program.slug, found.subject_id])
    if found.subject_type == "agreements.invoice":
        return reverse("agreements:invoice", args=[request.program.slug, found.subject_id])
    return ""


def _is_own(request: HttpRequest, dispute: Dispute | None) -> bool:
    """Whether this side filed it."""
    return dispute is not None and dispute.is_from_party == disputes.in_portal()


def _may(
    request: HttpRequest, found: Breach, dispute: Dispute | None, asked: Arbitration | None
) -> dict[str, bool]:
    """What this person can do now."""
    holds = request.permissions
    decides, answers = Permission.OBLIGATION_DECIDE in holds, Permission.OBLIGATION_ANSWER in holds
    files, judges = Permission.DISPUTE_FILE in holds, Permission.DISPUTE_DECIDE in holds
    before = dispute is not None and dispute.may_become(DisputeState.DECIDED)
    goes_on = dispute is not None and dispute.may_become(DisputeState.ARBITRATION)
    state = BreachState(found.state)
    return {
        "serve": decides and state == BreachState.SUSPECTED,
        "acknowledge": answers and found.acknowledged_at is None,
        "cure": answers and found.may_become(BreachState.CURE_CLAIMED),
        "accept": decides and found.may_become(BreachState.CURED),
        "reject": decides and state == BreachState.CURE_CLAIMED,
        "withdraw": decides and found.may_become(BreachState.WITHDRAWN),
        "petition": files and found.may_become(BreachState.DISPUTED),
        "vote": judges and before and not dispute.votes.filter(person=request.user).exists(),
        "decide": judges and before,
        "withdraw_petition": files
        and _is_own(request, dispute)
        and dispute.may_become(DisputeState.WITHDRAWN),
        "appeal": files and goes_on,
        "file_arbitration": decides and asked is not None and asked.state == "asked",
        "end_arbitration": decides and asked is not None and asked.state in ("asked", "filed"),
    }
