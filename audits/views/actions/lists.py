"""Lists of corrective actions: all of them, the board, a supplier's own, figures, and a plan on paper."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import DateField, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from agreements.models import Escalation
from agreements.queries.ladder import ladder
from audits.documents import plans
from audits.enums import DUE_STATES, ActionState, Answer
from audits.queries import actions as queries
from audits.queries import scores
from audits.scoring import Scoring
from audits.tables.actions import ActionTable, OwnActionTable
from programs.models import Workplace
from programs.queries import today
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.history.operations import record
from wsr.tenancy import Audience

PAGE = 50


@requires(Permission.ACTION_READ)
@require_GET
def actions(request: HttpRequest) -> HttpResponseBase:
    """Every action that the reader may see."""
    is_own = request.standing.audience == Audience.SUPPLIER
    day = Value(today(timezone.now()), output_field=DateField())
    table = (OwnActionTable if is_own else ActionTable)(request, queries.actions().annotate(on=day))
    return table.response("audits/actions/actions.html", {"tabs": tabs(request, "actions")})


@requires(Permission.ACTION_READ)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """What is not fixed, in columns by date or by state."""
    by_state = request.GET.get("by") == "state"
    day = today(timezone.now())
    rows = queries.actions()
    columns = queries.columns_by_state(rows) if by_state else queries.columns_by_due(rows, on=day)
    context = {
        "columns": columns,
        "by_state": by_state,
        "is_empty": not any(column.total for column in columns),
        "tabs": tabs(request, "action_board"),
        "is_own": request.standing.audience == Audience.SUPPLIER,
    }
    return render(request, "audits/actions/board.html", context)


@requires(Permission.ACTION_ANSWER)
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """A supplier's own: every open item with its date and who pays, what can be done about it, and where it stands on the ladder."""
    day = today(timezone.now())
    context = {
        "items": [_item(row, day) for row in queries.own_open()],
        "ladder": _own_ladder(day),
        "tabs": tabs(request, "own_actions"),
    }
    return render(request, "audits/actions/own.html", context)


@requires(Permission.ACTION_READ)
@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """The figures of suppliers, as the program scores them. For staff."""
    if request.standing.audience != Audience.STAFF:
        raise Http404
    day = today(timezone.now())
    scoring = scores.scoring_of_program(on=day)
    slug = request.program.slug
    context: dict[str, Any] = {
        "scoring": scoring,
        "tabs": tabs(request, "progress"),
        "rule_url": reverse("programs:rule", args=[slug, scores.SCORING]),
        "scale_url": reverse("programs:rule", args=[slug, scores.GRADES]),
    }
    if scoring == Scoring.GRADES:
        context |= _graded(scores.grades(on=day))
        return render(request, "audits/actions/grades.html", context)
    if scoring is not None:
        page = Paginator(scores.scored_workplaces(), PAGE).get_page(request.GET.get("page"))
        context |= {
            "page": page,
            "scores": scores.scores(page.object_list, on=day),
            "whole": scores.program_progress(),
        }
    return render(request, "audits/actions/progress.html", context)


@requires(Permission.ACTION_READ)
@require_GET
def plan_pdf(request: HttpRequest, workplace_id: UUID) -> HttpResponse:
    """The corrective action plan of a workplace on paper: what the reader may see of it."""
    if request.standing.audience == Audience.AUDITOR:
        raise Http404
    workplace = get_object_or_404(Workplace.objects.select_related("supplier"), pk=workplace_id)
    at = timezone.now()
    content = plans.pdf(workplace, list(queries.plan_of(workplace.pk)), request.program, on=today(at), at=at)
    record("plan.printed", workplace, by=request.user, at=at)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="corrective-action-plan.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The ways to look at corrective actions that this person has."""
    audience, may = request.standing.audience, request.permissions
    ways = [
        ("own_actions", _("What to fix"), Permission.ACTION_ANSWER in may),
        ("action_board", _("Board"), True),
        ("actions", _("List"), True),
        ("progress", _("Progress"), audience == Audience.STAFF),
    ]
    return [
        {
            "label": label,
            "url": reverse(f"audits:{name}", args=[request.program.slug]),
            "is_current": name == current,
        }
        for name, label, is_shown in ways
        if is_shown
    ]


def _graded(grades: scores.Grades) -> dict[str, Any]:
    """The table of grades, a cell per supplier, and the scale in words."""
    lines = [
        {
            "provision": row.provision,
            "average": row.average,
            "each": [row.grades[one.pk] for one in grades.suppliers],
        }
        for row in grades.rows
    ]
    scale = ", ".join(f"{Answer(answer).label} {points}" for answer, points in grades.worth.items())
    return {"grades": grades, "lines": lines, "scale": scale}


def _item(row: Any, day: Any) -> dict[str, Any]:
    is_due = row.state in DUE_STATES
    waits = [one for one in row.extensions.all() if one.state == "asked"]
    return {
        "action": row,
        "state": queries.state_of(row, on=day),
        "tone": queries.tone_of(row, on=day),
        "is_due": is_due,
        "may_ask": is_due and not waits,
        "asked": waits[0] if waits else None,
        "steps": list(row.milestones.all()),
        "is_proposed": row.state == ActionState.PROPOSED,
    }


def _own_ladder(day: Any) -> dict[str, Any] | None:
    """Where the supplier stands on the ladder, and how it gets out; None where it is on none."""
    case = Escalation.objects.open().select_related("rung").order_by("-rung__position", "pk").first()
    if case is None:
        return None
    steps = ladder(on=day)
    return {
        "case": case,
        "may_return": steps.says(case.rung, "step_down"),
        "next": steps.next_after(case.rung),
    }
