"""How a complaint ends: what is proposed, the second pair of eyes, appeals, opening it again."""

from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints.enums import Part
from complaints.forms.outcome import (
    AnswerOnPhoneForm,
    AppealOnPaperForm,
    DecisionForm,
    GiveBackForm,
    HandOverForm,
    PersonForm,
    ProposalForm,
    ReopenForm,
)
from complaints.models import Complaint
from complaints.operations import appeals, parts, resolutions, reviews
from complaints.operations.states import involved
from complaints.queries import desk
from complaints.queries import outcome as queries
from complaints.views.desk import step
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.ui.answering import bound


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """A solution for the worker, or a changed one."""
    return step(
        request,
        complaint_id,
        bound(ProposalForm, request),
        lambda data: resolutions.propose(
            complaint_id=complaint_id, by=request.user, at=timezone.now(), **data
        ),
        done=_("Proposed. She reads it on her page and answers there, or tells you on the phone."),
        title=_("Propose a solution"),
        button=_("Propose"),
        explanation=_("An earlier proposal stays on record; answers to it no longer count."),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def enter_answer(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """What she said on the phone."""
    return step(
        request,
        complaint_id,
        bound(AnswerOnPhoneForm, request, people=_complainants(request, complaint_id)),
        lambda data: resolutions.enter_answer(
            complaint_id=complaint_id, by=request.user, at=timezone.now(), **data
        ),
        done=_("Written down, as said on the phone."),
        title=_("Answer given on the phone"),
        button=_("Write it down"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """To a second person."""
    return step(
        request,
        complaint_id,
        bound(HandOverForm, request),
        lambda data: reviews.hand_over(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("Handed over. A second person closes it or gives it back."),
        title=_("Hand the outcome to a second person"),
        button=_("Hand over"),
        explanation=_(
            "Nobody closes a complaint alone: somebody who had no hand in the outcome looks at it."
        ),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Close it, as the second person."""
    return step(
        request,
        complaint_id,
        bound(Form, request),
        lambda data: reviews.approve(complaint_id=complaint_id, by=request.user, at=timezone.now()),
        done=_("Closed. The worker reads how it ended, and that she may appeal."),
        title=_("Approve and close"),
        button=_("Approve and close"),
        explanation=_("You have read what was said, what was found and what is proposed, and it holds."),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def give_back(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Back to the handler."""
    return step(
        request,
        complaint_id,
        bound(GiveBackForm, request),
        lambda data: reviews.give_back(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("Given back. The handler is told."),
        title=_("Give it back"),
        button=_("Give back"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def ask_second_person(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Somebody who had no hand in the outcome."""
    waiting = queries.second_person(get_object_or_404(Complaint, pk=complaint_id))
    return _ask(request, complaint_id, Part.REVIEWER, waiting, _("Ask for a second pair of eyes"))


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def ask_decider(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Somebody who had no part in the complaint."""
    waiting = queries.decider(get_object_or_404(Complaint, pk=complaint_id))
    return _ask(request, complaint_id, Part.DECIDER, waiting, _("Ask somebody to decide the appeal"))


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def enter_appeal(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """An appeal on paper or on the phone."""
    return step(
        request,
        complaint_id,
        bound(AppealOnPaperForm, request, people=_complainants(request, complaint_id)),
        lambda data: appeals.enter_appeal(
            complaint_id=complaint_id, by=request.user, at=timezone.now(), **data
        ),
        done=_("Appealed. Somebody who had no part in the complaint decides."),
        title=_("Write down an appeal"),
        button=_("Write it down"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def decide_appeal(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """The decision of somebody who had no part in it."""
    return step(
        request,
        complaint_id,
        bound(DecisionForm, request, people=desk.handlers()),
        lambda data: appeals.decide(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("Decided. The worker reads it on her page."),
        title=_("Decide the appeal"),
        button=_("Decide"),
    )


@requires(Permission.COMPLAINT_HANDLE)
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """Work on it again."""
    return step(
        request,
        complaint_id,
        bound(ReopenForm, request),
        lambda data: appeals.reopen(complaint_id=complaint_id, by=request.user, at=timezone.now(), **data),
        done=_("Open again. Its clock to the resolution begins anew."),
        title=_("Open the complaint again"),
        button=_("Open again"),
    )


def _ask(
    request: HttpRequest, complaint_id: UUID, part: Part, waiting: queries.Waiting | None, title: str
) -> HttpResponse:
    people = waiting.candidates if waiting else []
    return step(
        request,
        complaint_id,
        bound(PersonForm, request, people=people),
        lambda data: parts.ask(
            complaint_id=complaint_id,
            person_id=data["person_id"],
            part=part,
            by=request.user,
            at=timezone.now(),
        ),
        done=_("Asked. Nothing changes until it is accepted."),
        title=title,
        button=_("Ask"),
        explanation=""
        if people
        else _("Nobody is left who had no hand in it. A director gives somebody else the role of a handler."),
    )


def _complainants(request: HttpRequest, complaint_id: UUID) -> list[tuple[str, str]]:
    """Who complains, for those inside; nobody for others, whom the operation refuses."""
    row = get_object_or_404(Complaint, pk=complaint_id)
    try:
        involved(row, request.user)
    except DomainError:
        return []
    return queries.complainants(row.pk)
