"""Obligations: the list, one with its date and its reason, answering, deciding."""

from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agreements.forms import proofs
from agreements.forms.obligations import AcceptForm, AnswerForm, ReasonForm, ReturnForm
from agreements.models import Obligation, Proof, Resolution
from agreements.operations import obligations as operations
from agreements.queries import obligations as queries
from agreements.tables.obligations import (
    ObligationTable,
    OwnObligationTable,
    obligation_state,
    obligation_tone,
    only_open,
)
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.deadlines.models import Clock
from wsr.files.forms import bound_with_files
from wsr.files.serving import as_download
from wsr.tenancy import Audience
from wsr.ui.answering import answer as answer_form
from wsr.ui.answering import bound
from wsr.ui.navigation import url_or_nothing

FORM = "agreements/form.html"


@requires(Permission.OBLIGATION_READ)
@require_GET
def obligations(request: HttpRequest) -> HttpResponseBase:
    """What is owed, by whom, until when; a portal's own. Closed ones on request."""
    table = ObligationTable if _is_staff(request) else OwnObligationTable
    rows = only_open(queries.obligations(), request.GET)
    shown = table(request, rows)
    return shown.response("agreements/obligations.html", {"all_shown": bool(request.GET.get("state"))})


@requires(Permission.OBLIGATION_READ)
@require_GET
def obligation(request: HttpRequest, obligation_id: UUID) -> HttpResponse:
    """One obligation: what, until when and why then, what was sent, what was decided."""
    found = get_object_or_404(queries.obligations(), pk=obligation_id)
    clock = queries.clock_of(found)
    context = {
        "obligation": found,
        "title": operations.title_of(found),
        "state": obligation_state(found),
        "tone": obligation_tone(found),
        "decision": _decision_of(request, found),
        "duty": operations.BY_KEY.get(found.duty),
        "clock": clock,
        "clock_url": _clock_url(request, clock),
        "reason": queries.reason_of(found, clock),
        "passed_over": queries.passed_over(clock) if clock else "",
        "facts": _facts(found),
        "crumbs": [
            (_("Obligations"), reverse("agreements:obligations", args=[request.program.slug])),
            (found.title, ""),
        ],
        "entries": queries.timeline(found, with_names=_is_staff(request)),
        "may": _may(request, found),
    }
    return render(request, "agreements/obligation.html", context)


@requires(Permission.OBLIGATION_ANSWER)
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, obligation_id: UUID) -> HttpResponse:
    """The party says that it was done."""
    return _answer(request, obligation_id, _("Answer"))


@requires(Permission.OBLIGATION_DECIDE)
@require_http_methods(["GET", "POST"])
def answer_for(request: HttpRequest, obligation_id: UUID) -> HttpResponse:
    """The program's own answer, or one that came on paper from a party without an account; somebody else accepts it."""
    return _answer(request, obligation_id, _("Record an answer"))


@requires(Permission.OBLIGATION_DECIDE)
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, obligation_id: UUID) -> HttpResponse:
    """The answer shows that it was done."""
    return _act(
        request,
        obligation_id,
        AcceptForm,
        operations.accept,
        title=_("Accept the answer"),
        done=_("Accepted. The party is told."),
    )


@requires(Permission.OBLIGATION_DECIDE)
@require_http_methods(["GET", "POST"])
def return_answer(request: HttpRequest, obligation_id: UUID) -> HttpResponse:
    """The answer does not do."""
    return _act(
        request,
        obligation_id,
        ReturnForm,
        operations.return_answer,
        title=_("Return the answer"),
        done=_("Returned. The party is told what is missing and by when."),
    )


@requires(Permission.OBLIGATION_DECIDE)
@require_http_methods(["GET", "POST"])
def waive(request: HttpRequest, obligation_id: UUID) -> HttpResponse:
    """The program does without it."""
    return _act(
        request,
        obligation_id,
        ReasonForm,
        operations.waive,
        title=_("Waive the obligation"),
        done=_("Waived. The party is told the reason."),
    )


@requires(Permission.OBLIGATION_DECIDE)
@require_http_methods(["GET", "POST"])
def remind(request: HttpRequest, obligation_id: UUID) -> HttpResponse:
    """Say again that it is owed."""
    return _act(
        request,
        obligation_id,
        Form,
        operations.remind,
        title=_("Send a reminder"),
        done=_("The reminder is on its way."),
    )


@requires(Permission.OBLIGATION_READ)
@require_GET
def proof(request: HttpRequest, obligation_id: UUID, file_id: UUID) -> FileResponse:
    """A file that was sent with an answer."""
    proofs_of = Proof.objects.filter(answer__obligation_id=obligation_id, file_id=file_id)
    found = get_object_or_404(proofs_of.select_related("file"))
    return as_download(found.file)


def _answer(request: HttpRequest, obligation_id: UUID, title: str) -> HttpResponse:
    found = get_object_or_404(Obligation.objects.all(), pk=obligation_id)
    form = bound_with_files(AnswerForm, request, "files")

    def act(data: dict[str, Any]) -> Obligation:
        at = timezone.now()
        kept = proofs.kept(data["files"], by=request.user, at=at, participation_id=found.participation_id)
        return operations.answer(
            obligation_id=obligation_id, note=data["note"], files=kept, by=request.user, at=at
        )

    return answer_form(
        request,
        form,
        act,
        done=_("Sent. The program looks at it next."),
        goes_to=lambda _made: _page(request, obligation_id),
        template=FORM,
        title=title,
        lede=operations.title_of(found),
        back_url=_page(request, obligation_id),
        action=_("Send"),
    )


def _act(
    request: HttpRequest, obligation_id: UUID, form: Any, operation: Any, *, title: str, done: str
) -> HttpResponse:
    found = get_object_or_404(Obligation.objects.all(), pk=obligation_id)
    return answer_form(
        request,
        bound(form, request),
        lambda data: operation(obligation_id=obligation_id, by=request.user, at=timezone.now(), **data),
        done=done,
        goes_to=lambda _made: _page(request, obligation_id),
        template=FORM,
        title=title,
        lede=operations.title_of(found),
        back_url=_page(request, obligation_id),
        action=title,
    )


def _page(request: HttpRequest, obligation_id: UUID) -> str:
    return reverse("agreements:obligation", args=[request.program.slug, obligation_id])


def _is_staff(request: HttpRequest) -> bool:
    return request.standing.audience == Audience.STAFF


def _clock_url(request: HttpRequest, clock: Clock | None) -> str:
    if clock is None:
        return ""
    return url_or_nothing("deadlines:clock", program_slug=request.program.slug, clock_id=clock.pk)


def _facts(found: Obligation) -> list[tuple[str, Any]]:
    of_agreement = []
    if found.agreement:
        of_agreement = [
            (_("Agreement"), f"{found.agreement.number} {found.agreement.title}"),
            (_("Clause"), found.clause_name),
        ]
    return [
        (_("Who owes it"), found.participation.name),
        *of_agreement,
        (_("Period"), queries.period_of(found) or _("Once")),
    ]


def _decision_of(request: HttpRequest, found: Obligation) -> dict[str, str] | None:
    """Words and page of the decision that asks for it; None for whoever may not read it."""
    made = None if found.clause else Resolution.objects.filter(pk=found.about_id).first()
    if made is None:
        return None
    may_open = Permission.COMMITTEE_SIT in request.permissions
    url = reverse("agreements:resolution", args=[request.program.slug, made.pk]) if may_open else ""
    return {"text": made.text, "url": url}


def _may(request: HttpRequest, found: Obligation) -> dict[str, bool]:
    """What this person can do with it now."""
    decides = Permission.OBLIGATION_DECIDE in request.permissions
    is_submitted = found.state == "submitted"
    return {
        "answer": found.is_owed and Permission.OBLIGATION_ANSWER in request.permissions,
        "answer_for": found.is_owed and decides,
        "decide": is_submitted and decides,
        "waive": found.is_owed and decides,
        "remind": found.is_owed and decides,
    }
