"""The checklist of each version of the code: what is asked about each provision, at which inspections. For staff."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.enums import InspectionKind
from audits.forms.checklists import QuestionForm
from audits.models import Question
from audits.operations import questions as operations
from audits.queries import checklists
from audits.views.plans import FORM
from programs.enums import CodeState
from programs.models import Provision
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.ui.answering import answer, bound


@requires(Permission.CHECKLIST_CHANGE)
@require_GET
def checklist(request: HttpRequest) -> HttpResponse:
    """The provisions of a version of the code with their questions; `?code=` chooses the version, `?kind=` an inspection."""
    codes = list(checklists.codes())
    shown = next((code for code in codes if str(code.pk) == request.GET.get("code")), None)
    shown = shown or next(
        (code for code in codes if code.state == CodeState.IN_FORCE), codes[0] if codes else None
    )
    kind = request.GET.get("kind", "")
    context = {
        "codes": codes,
        "code": shown,
        "kinds": InspectionKind.choices,
        "kind": kind if kind in InspectionKind else "",
    }
    if shown:
        asked: dict[UUID, list[Question]] = {}
        for question in checklists.questions_of(shown.pk):
            if not context["kind"] or checklists.is_asked(question, kind):
                asked.setdefault(question.provision_id, []).append(question)
        context["provisions"] = [(one, asked.get(one.pk, [])) for one in checklists.provisions_of(shown.pk)]
        context["may_change"] = shown.state != CodeState.REPLACED
        context["total"] = sum(len(questions) for questions in asked.values())
    return render(request, "audits/checklist.html", context)


@requires(Permission.CHECKLIST_CHANGE)
@require_http_methods(["GET", "POST"])
def add_question(request: HttpRequest, provision_id: UUID) -> HttpResponse:
    """Another question about a provision."""
    provision = get_object_or_404(Provision.objects.select_related("code"), pk=provision_id)
    back = _back(request, provision)
    return answer(
        request,
        bound(QuestionForm, request),
        lambda data: operations.add(provision_id=provision.pk, by=request.user, at=timezone.now(), **data),
        done=_("The question stands on the checklist."),
        goes_to=lambda question: back,
        template=FORM,
        title=_("Question about %(provision)s") % {"provision": provision.reference},
        lede=provision.text or provision.title,
        back_url=back,
        crumbs=[(_("Checklist"), back), (provision.reference, "")],
    )


@requires(Permission.CHECKLIST_CHANGE)
@require_http_methods(["GET", "POST"])
def change_question(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Other words, or other inspections; what was answered stays with the old words."""
    question = get_object_or_404(
        Question.objects.select_related("provision", "code"), pk=question_id, retired_at=None
    )
    back = _back(request, question.provision)
    return answer(
        request,
        bound(QuestionForm, request, initial=QuestionForm.of(question)),
        lambda data: operations.change(question_id=question.pk, by=request.user, at=timezone.now(), **data),
        done=_("Changed. Answers given before keep the words they were given to."),
        goes_to=lambda after: back,
        template=FORM,
        title=_("Question about %(provision)s") % {"provision": question.provision.reference},
        lede=question.provision.text or question.provision.title,
        back_url=back,
        crumbs=[(_("Checklist"), back), (question.provision.reference, "")],
    )


@requires(Permission.CHECKLIST_CHANGE)
@require_POST
def retire_question(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Not asked any more."""
    question = get_object_or_404(Question.objects.select_related("provision"), pk=question_id)
    try:
        operations.retire(question_id=question.pk, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The question is not asked any more. Answers given to it stay."))
    return redirect(_back(request, question.provision))


@requires(Permission.CHECKLIST_CHANGE)
@require_POST
def move_question(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Up or down among the questions about its provision."""
    question = get_object_or_404(Question.objects.select_related("provision"), pk=question_id)
    try:
        operations.move(
            question_id=question.pk, is_up=request.POST.get("to") == "up", by=request.user, at=timezone.now()
        )
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(_back(request, question.provision))


def _back(request: HttpRequest, provision: Provision) -> str:
    address = reverse("audits:checklist", args=[request.program.slug])
    return f"{address}?code={provision.code_id}#provision-{provision.pk}"
