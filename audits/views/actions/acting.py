"""One corrective action, and what is done with it: proposed, agreed, reported, verified, withdrawn."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agreements.forms import proofs
from agreements.models import Escalation
from audits.enums import DUE_STATES, ActionState, Origin
from audits.forms import actions as forms
from audits.models import ActionProof, CorrectiveAction, FinanceConsent
from audits.operations import actions as operations
from audits.operations import finance
from audits.operations.actions import moving
from audits.queries import actions as queries
from audits.views.actions.lists import tabs
from programs.models import Participation, Provision, Severity, Workplace
from programs.queries import code_in_force, today
from programs.queries.meanings import Meanings
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.files.forms import bound_with_files
from wsr.files.serving import as_download
from wsr.tenancy import Audience
from wsr.ui.answering import answer, bound

FORM = "audits/actions/form.html"
A = ActionState
OUTSIDE = (Audience.BRAND, Audience.SUPPLIER)


@requires(Permission.ACTION_READ)
@require_GET
def action(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """One action: what is wrong, what will be done, until when, who pays, what happened, and what can be done now."""
    found = get_object_or_404(queries.actions(), pk=action_id)
    audience, day = request.standing.audience, today(timezone.now())
    context = {
        "action": found,
        "state": queries.state_of(found, on=day),
        "tone": queries.tone_of(found, on=day),
        "is_overdue": found.is_overdue(on=day),
        "entries": queries.timeline(found, with_names=audience == Audience.STAFF),
        "milestones": list(found.milestones.all()),
        "day": day,
        "requests": [] if audience == Audience.BRAND else list(found.extensions.order_by("-asked_at")),
        "paying": _paying(request, found, day),
        "may": _may(request, found),
        "facts": _facts(found),
        "tabs": tabs(request, ""),
        "is_staff": audience == Audience.STAFF,
        "ladder_url": _ladder_url(request, found) if found.is_overdue(on=day) else "",
        "case_url": _case_url(request, found),
        "is_auditor": audience == Audience.AUDITOR,
    }
    return render(request, "audits/actions/action.html", context)


@requires(Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """An action that comes from a case or another decision."""
    code = code_in_force()
    form = bound(
        forms.ProposeForm,
        request,
        workplaces=Workplace.objects.open().select_related("supplier").order_by("name", "pk"),
        provisions=code.provisions.all() if code else Provision.objects.none(),
        severities=Severity.objects.all(),
        initial={"workplace_id": request.GET.get("workplace")},
    )
    return answer(
        request,
        form,
        lambda data: operations.propose(by=request.user, at=timezone.now(), **data),
        done=_("Proposed. Next: agree the date with the supplier."),
        goes_to=lambda made: page(request, made.pk),
        template=FORM,
        title=_("Propose a corrective action"),
        lede=_("For what did not come from a visit. Findings of reports are proposed by themselves."),
        back_url=reverse("audits:actions", args=[request.program.slug]),
        action=_("Propose"),
    )


@requires(Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def agree(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """What was agreed with the supplier, with its date."""
    found = get_object_or_404(CorrectiveAction.objects.all(), pk=action_id)
    return act(
        request,
        found,
        bound(forms.AgreeForm, request, initial={"action": found.action, "payer": found.payer}),
        operations.agree,
        title=_("Record what was agreed"),
        done=_("Agreed. The supplier is told, and its date runs."),
    )


@requires(Permission.ACTION_ANSWER)
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """The supplier says that it is fixed."""
    return _report(request, action_id, _("Report as fixed"))


@requires(Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def report_for(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """The same for a supplier that wrote on paper; who writes it down does not verify it."""
    return _report(request, action_id, _("Record the supplier's report"))


@requires(Permission.ACTION_VERIFY)
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """It is fixed."""
    found = get_object_or_404(CorrectiveAction.objects.all(), pk=action_id)
    return act(
        request,
        found,
        bound(forms.NoteForm, request),
        operations.verify,
        title=_("Verify as fixed"),
        done=_("Verified as fixed. It counts for progress now."),
    )


@requires(Permission.ACTION_VERIFY)
@require_http_methods(["GET", "POST"])
def reject(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """It is not fixed."""
    found = get_object_or_404(CorrectiveAction.objects.all(), pk=action_id)
    return act(
        request,
        found,
        bound(forms.ReasonForm, request),
        operations.reject,
        title=_("Not fixed"),
        done=_("Recorded as not fixed. The supplier is told what is missing."),
    )


@requires(Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """It is not asked for any more."""
    found = get_object_or_404(CorrectiveAction.objects.all(), pk=action_id)
    return act(
        request,
        found,
        bound(forms.ReasonForm, request),
        operations.withdraw,
        title=_("Withdraw"),
        done=_("Withdrawn. It counts in no progress."),
    )


@requires(Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def renew(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """A new date for a repair that did not last."""
    found = get_object_or_404(CorrectiveAction.objects.all(), pk=action_id)
    return act(
        request,
        found,
        bound(forms.NewDateForm, request),
        operations.renew,
        title=_("Set a new date"),
        done=_("The new date is on record. The supplier is told."),
    )


@requires(Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def ask_for_news(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """Ask the supplier how far it is."""
    return act(
        request,
        get_object_or_404(CorrectiveAction.objects.all(), pk=action_id),
        bound(forms.NewsForm, request),
        operations.ask_for_news,
        title=_("Ask for news"),
        done=_("The supplier is asked."),
    )


@requires(Permission.ACTION_READ)
@require_GET
def proof(request: HttpRequest, action_id: UUID, file_id: UUID) -> HttpResponseBase:
    """A file that shows what was done: for the program and the supplier."""
    rows = ActionProof.objects.filter(action_id=action_id, file_id=file_id).select_related("file")
    if request.standing.audience in (Audience.BRAND, Audience.AUDITOR):
        raise Http404
    found = rows.first()
    if found is None or found.file is None:
        raise Http404
    return as_download(found.file)


def act(
    request: HttpRequest,
    found: CorrectiveAction,
    form: Any,
    operation: Callable[..., Any],
    *,
    title: str,
    done: str,
    lede: str = "",
    **said: Any,
) -> HttpResponse:
    """The page of one act on an action: asked, refused with everything typed, or done."""
    return answer(
        request,
        form,
        lambda data: operation(action_id=found.pk, by=request.user, at=timezone.now(), **data),
        done=done,
        goes_to=lambda _made: page(request, found.pk),
        template=FORM,
        title=title,
        lede=lede or f"{found.number}. {found.title}",
        back_url=page(request, found.pk),
        action=title,
        **said,
    )


def page(request: HttpRequest, action_id: UUID) -> str:
    """The address of an action."""
    return reverse("audits:action", args=[request.program.slug, action_id])


def _report(request: HttpRequest, action_id: UUID, title: str) -> HttpResponse:
    found = get_object_or_404(CorrectiveAction.objects.all(), pk=action_id)
    form = bound_with_files(forms.FixedForm, request, "files")

    def report_fixed(*, files: Any, by: Any, at: Any, **data: Any) -> CorrectiveAction:
        kept = proofs.kept(files, by=by, at=at, participation_id=found.supplier_id)
        return operations.report_fixed(files=kept, by=by, at=at, **data)

    return act(
        request,
        found,
        form,
        report_fixed,
        title=title,
        done=_("Reported as fixed. Somebody of the program verifies it next."),
    )


def _facts(found: Any) -> list[tuple[str, Any]]:
    facts = [
        (_("Number"), found.number),
        (_("Workplace"), found.workplace_name),
        (_("Supplier"), found.supplier_name),
        (_("From"), Origin(found.origin).label),
    ]
    if found.provision:
        facts.append((_("Provision"), f"{found.provision.reference} {found.provision.title}"))
    if found.severity:
        then = Meanings(Severity).on(found.severity, today(found.created_at))
        facts.append((_("Severity"), then.label))
    facts.append((_("Counts for progress"), _("Yes") if found.is_original else _("No")))
    return facts


def _may(request: HttpRequest, found: CorrectiveAction) -> dict[str, bool]:
    """What this person can do with it now."""
    may, state = request.permissions, A(found.state)
    answers, changes = Permission.ACTION_ANSWER in may, Permission.ACTION_CHANGE in may
    verifies = Permission.ACTION_VERIFY in may
    is_due = state in DUE_STATES
    return {
        "agree": changes and state == A.PROPOSED,
        "report": answers and is_due,
        "report_for": changes and is_due,
        "verify": verifies and found.may_become(A.VERIFIED),
        "reject": verifies and found.may_become(A.REJECTED),
        "withdraw": changes and found.may_become(A.WITHDRAWN),
        "ask_time": (answers or changes) and is_due,
        "answer_time": changes,
        "renew": changes and moving.may_renew(found),
        "ask_news": changes and is_due,
        "set_paying": changes and state in (A.AGREED, A.REPORTED, A.REJECTED),
        "set_steps": changes and state in (A.PROPOSED, *DUE_STATES),
        "reach": (answers or changes) and is_due,
        "see_inspection": found.inspection_id is not None and Permission.INSPECTION_READ in may,
        "verify_step": verifies and found.agreed_at is not None and state != A.WITHDRAWN,
    }


def _paying(request: HttpRequest, found: CorrectiveAction, day: Any) -> dict[str, Any]:
    """Who pays, and who has signed that."""
    audience = request.standing.audience
    paying: dict[str, Any] = {"wanted": finance.needs_consent(on=day), "signed": [], "waits": False}
    if found.agreed_at is None or audience == Audience.AUDITOR:
        return paying
    plan = finance.plan_sha256(found)
    rows = list(FinanceConsent.objects.filter(action=found).order_by("given_at"))
    current = [row for row in rows if row.plan_sha256 == plan]
    paying["outdated"] = len(rows) - len(current)
    if audience == Audience.STAFF:
        sides = {
            row.pk: row for row in Participation.objects.filter(pk__in=[c.participation_id for c in rows])
        }
        paying["signed"] = [(row, sides.get(row.participation_id)) for row in current]
        brands = {key for key, side in sides.items() if side.part == "brand"}
        paying["waits"] = paying["wanted"] and not finance.is_signed(found, rows, brands)
    else:
        paying["signed"] = [(row, None) for row in current]
        paying["waits"] = paying["wanted"] and not current
    signs = Permission.FINANCE_SIGN in request.permissions
    paying["may_sign"] = signs and not current and found.state in (A.AGREED, A.REPORTED, A.REJECTED)
    paying["may_sign_for"] = Permission.ACTION_CHANGE in request.permissions and paying["wanted"]
    return paying


def _ladder_url(request: HttpRequest, found: CorrectiveAction) -> str:
    """Where staff put the supplier on the ladder, after a missed date."""
    if found.laddered_for is None or Permission.STANDING_CHANGE not in request.permissions:
        return ""
    case = Escalation.objects.open().filter(supplier=found.supplier_id).first()
    name, key = ("escalation", case.pk) if case else ("start_escalation", found.supplier_id)
    return reverse(f"agreements:{name}", args=[request.program.slug, key])


def _case_url(request: HttpRequest, found: CorrectiveAction) -> str:
    """What became of the supplier on the ladder since the missed date, for staff."""
    if found.laddered_for is None or request.standing.audience != Audience.STAFF:
        return ""
    if Permission.ESCALATION_READ not in request.permissions:
        return ""
    cases = Escalation.objects.filter(supplier=found.supplier_id)
    case = (
        cases.filter(Q(closed_at=None) | Q(closed_at__date__gte=found.laddered_for))
        .order_by("opened_at", "pk")
        .first()
    )
    return reverse("agreements:escalation", args=[request.program.slug, case.pk]) if case else ""
