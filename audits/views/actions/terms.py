"""The terms of an action: more time, milestones, who pays and who signed that."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audits.forms import actions as forms
from audits.models import CorrectiveAction, Extension, Milestone
from audits.operations import extensions, finance, milestones
from audits.views.actions.acting import act
from programs.enums import Part
from programs.models import Participation
from programs.queries import today
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.tenancy import Audience
from wsr.ui.answering import bound

# ── More time ────────────────────────────────────────────────────────────────────────────────────


@requires(Permission.ACTION_ANSWER)
@require_http_methods(["GET", "POST"])
def ask_time(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """The supplier asks for a later date."""
    return _ask(request, action_id, _("Ask for more time"))


@requires(Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def ask_time_for(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """The same for a supplier that wrote on paper."""
    return _ask(request, action_id, _("Record a request for more time"))


@requires(Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def answer_time(request: HttpRequest, extension_id: UUID) -> HttpResponse:
    """The program gives the time or not."""
    asked = get_object_or_404(Extension.objects.select_related("action"), pk=extension_id)

    def decide(*, action_id: UUID, decision: str, due_on: Any, answer: str, **said: Any) -> Extension:
        if decision == "grant":
            return extensions.grant(extension_id=asked.pk, due_on=due_on, answer=answer, **said)
        return extensions.refuse(extension_id=asked.pk, answer=answer, **said)

    return act(
        request,
        asked.action,
        bound(forms.AnswerTimeForm, request, initial={"due_on": asked.due_asked}),
        decide,
        title=_("Answer the request"),
        done=_("The answer is on record. The supplier is told."),
        text=_("Asked for time until %(day)s: %(reason)s") % {"day": asked.due_asked, "reason": asked.reason},
        ceiling=_ceiling(asked.action),
    )


def _ask(request: HttpRequest, action_id: UUID, title: str) -> HttpResponse:
    found = _found(action_id)
    return act(
        request,
        found,
        bound(forms.AskTimeForm, request),
        extensions.ask,
        title=title,
        done=_("The request is with the program. Until it answers, the agreed date holds."),
        ceiling=_ceiling(found),
    )


def _ceiling(action: CorrectiveAction) -> str:
    """The program's ceiling, in words."""
    found = extensions.ceiling(action, on=today(timezone.now()))
    said = [
        _("This date was moved %(used)s of %(times)s times.") % {"used": found.used, "times": found.times}
        if found.times is not None
        else _("The program has set no ceiling for how often a date may be moved.")
    ]
    if found.days is not None:
        said.append(
            _("It may be moved by %(days)s days in all, counted from %(first)s.")
            % {"days": found.days, "first": found.first_due}
        )
    return " ".join(said)


# ── Milestones ───────────────────────────────────────────────────────────────────────────────────


@requires(Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def add_milestone(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """A step with its own date."""
    return act(
        request,
        _found(action_id),
        bound(forms.MilestoneForm, request),
        milestones.add,
        title=_("Add a milestone"),
        done=_("The milestone is on record with its date."),
    )


@requires(Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def move_milestone(request: HttpRequest, milestone_id: UUID) -> HttpResponse:
    """Another date for a step."""
    return _of_milestone(
        request,
        milestone_id,
        forms.NewDateForm,
        milestones.move,
        title=_("Move the milestone"),
        done=_("The milestone has its new date."),
    )


@requires(Permission.ACTION_ANSWER)
@require_http_methods(["GET", "POST"])
def reach_milestone(request: HttpRequest, milestone_id: UUID) -> HttpResponse:
    """The supplier says that a step is done."""
    return _reach(request, milestone_id)


@requires(Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def reach_milestone_for(request: HttpRequest, milestone_id: UUID) -> HttpResponse:
    """The same for a supplier that wrote on paper."""
    return _reach(request, milestone_id)


@requires(Permission.ACTION_VERIFY)
@require_http_methods(["GET", "POST"])
def verify_milestone(request: HttpRequest, milestone_id: UUID) -> HttpResponse:
    """A step is done, as seen."""
    return _of_milestone(
        request,
        milestone_id,
        forms.NoteForm,
        milestones.verify,
        title=_("Verify the milestone"),
        done=_("The milestone is verified."),
    )


def _reach(request: HttpRequest, milestone_id: UUID) -> HttpResponse:
    return _of_milestone(
        request,
        milestone_id,
        forms.DoneForm,
        milestones.reach,
        title=_("Report the milestone"),
        done=_("Reported. Somebody of the program verifies it."),
    )


def _of_milestone(
    request: HttpRequest, milestone_id: UUID, form: Any, operation: Any, *, title: str, done: str
) -> HttpResponse:
    found = get_object_or_404(Milestone.objects.select_related("action"), pk=milestone_id)
    return act(
        request,
        found.action,
        bound(form, request),
        lambda *, action_id, **said: operation(milestone_id=found.pk, **said),
        title=title,
        done=done,
        text=_("%(step)s, by %(day)s") % {"step": found.title, "day": found.due_on},
    )


# ── Who pays ─────────────────────────────────────────────────────────────────────────────────────


@requires(Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def set_paying(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """Another plan of who pays; what was signed before counts no more."""
    found = _found(action_id)
    return act(
        request,
        found,
        bound(forms.PayingForm, request, initial={name: getattr(found, name) for name in finance.PLAN}),
        finance.set_plan,
        title=_("Change who pays"),
        done=_("The plan is changed. Whoever signed the one before must sign again."),
    )


@requires(Permission.FINANCE_SIGN)
@require_http_methods(["GET", "POST"])
def sign_paying(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """A brand or the supplier signs who pays."""
    found = _found(action_id)
    own = Participation.objects.filter(organization_id=request.standing.organization_id).first()
    if own is None or request.standing.audience not in (Audience.BRAND, Audience.SUPPLIER):
        raise Http404
    return act(
        request,
        found,
        bound(
            forms.SignForm,
            request,
            initial={"name": request.user.name, "plan": finance.plan_sha256(found)},
        ),
        lambda **said: finance.consent(participation_id=own.pk, **said),
        title=_("Sign who pays"),
        done=_("Signed. The program is told."),
        plan=found,
    )


@requires(Permission.ACTION_CHANGE)
@require_http_methods(["GET", "POST"])
def sign_paying_for(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """A signature that came on paper."""
    found = _found(action_id)
    sides = Participation.objects.filter(pk=found.supplier_id) | Participation.objects.filter(
        part=Part.BRAND, sources_from__supplier=found.supplier_id
    )
    if finance.other_side(found) != Part.BRAND:
        sides |= Participation.objects.worker_organizations() | Participation.objects.monitors()
    return act(
        request,
        found,
        bound(
            forms.SignForForm,
            request,
            initial={"plan": finance.plan_sha256(found)},
            sides=sides.distinct().order_by("name", "pk"),
        ),
        finance.consent,
        title=_("Record a signature"),
        done=_("The signature is on record."),
        plan=found,
    )


def _found(action_id: UUID) -> CorrectiveAction:
    return get_object_or_404(CorrectiveAction.objects.all(), pk=action_id)
