"""The table that triages complaints."""

from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from complaints.blueprints import missing_lines
from complaints.forms.rules import RuleForm
from complaints.models import TriageRule
from complaints.operations import rules as operations
from complaints.queries import desk as queries
from programs.queries import today
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.ui.answering import answer, bound


@requires(Permission.TRIAGE_CHANGE)
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """The table as it stands, what will hold later, and what held before."""
    return render(
        request,
        "complaints/rules.html",
        {
            "rules": TriageRule.objects.select_related("severity", "set_by").order_by(
                "position", "-valid_from", "pk"
            ),
            "today": today(timezone.now()),
            "may_begin": missing_lines(request.program.blueprint),
        },
    )


@requires(Permission.TRIAGE_CHANGE)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """The lines of the blueprint that the program started from, where it never had them."""
    return _answer(
        request,
        bound(Form, request),
        lambda data: operations.begin_from_blueprint(by=request.user, at=timezone.now()),
        done=_("The lines of the blueprint stand in the table."),
        title=_("Start from the blueprint's table"),
        explanation=_(
            "Adds the lines that this table never had, below those that it has. They hold for complaints from today on. Change or end any of them afterwards. "
            "The words other than English were made with a machine; have a speaker read them."
        ),
        button=_("Add the lines"),
    )


@requires(Permission.TRIAGE_CHANGE)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A line more."""
    form = bound(RuleForm, request, severities=queries.severities(), initial={"on": today(timezone.now())})
    return _answer(
        request,
        form,
        lambda data: operations.set_rule(**form.said, by=request.user, at=timezone.now()),
        done=_("The line stands in the table."),
        title=_("Add a line to the table"),
    )


@requires(Permission.TRIAGE_CHANGE)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """A new line in place of one; what came before keeps the old one."""
    rule = get_object_or_404(TriageRule, pk=rule_id)
    form = bound(
        RuleForm,
        request,
        severities=queries.severities(),
        initial={**RuleForm.of(rule), "on": today(timezone.now())},
    )
    return _answer(
        request,
        form,
        lambda data: operations.set_rule(**form.said, rule_id=rule_id, by=request.user, at=timezone.now()),
        done=_("The new line stands in the table. Complaints from before keep theirs."),
        title=_("Change: %(words)s") % {"words": rule},
    )


@requires(Permission.TRIAGE_CHANGE)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Not offered any more from today."""
    rule = get_object_or_404(TriageRule, pk=rule_id)
    return _answer(
        request,
        bound(Form, request),
        lambda data: operations.end_rule(
            rule_id=rule_id, on=today(timezone.now()), by=request.user, at=timezone.now()
        ),
        done=_("The line has ended."),
        title=_("End: %(words)s") % {"words": rule},
        button=_("End it"),
    )


@requires(Permission.TRIAGE_CHANGE)
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Take back what was to hold from a later day."""
    rule = get_object_or_404(TriageRule, pk=rule_id)
    return _answer(
        request,
        bound(Form, request),
        lambda data: operations.cancel_plan(rule_id=rule_id, by=request.user, at=timezone.now()),
        done=_("The planned line is canceled. What held before holds on."),
        title=_("Cancel the plan: %(words)s") % {"words": rule},
        button=_("Cancel this change"),
    )


def _answer(
    request: HttpRequest,
    form: object,
    act: object,
    *,
    done: str,
    title: str,
    button: str = "",
    explanation: str = "",
) -> HttpResponse:
    page = reverse("complaints:rules", args=[request.program.slug])
    return answer(
        request,
        form,
        act,
        done=done,
        goes_to=lambda made: page,
        template="complaints/step.html",
        title=title,
        button=button or _("Save"),
        explanation=explanation,
        back_url=page,
        crumbs=[(_("How complaints are triaged"), page)],
    )
