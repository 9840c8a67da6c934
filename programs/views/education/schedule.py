"""What is owed: the schedule, one line of it, one workplace, coverage."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from programs.enums import Certainty, DueState, SessionState
from programs.forms.education import ReasonForm
from programs.models import EducationSession
from programs.operations.education import scheduling as operations
from programs.queries import education as queries
from programs.queries import source_lines, today
from programs.tables.education import DueTable, PlaceTable, is_late, with_day
from programs.views.answering import answer, bound
from programs.views.education import in_program_time
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError


@requires(Permission.EDUCATION_READ)
@require_GET
@in_program_time
def schedule(request: HttpRequest) -> HttpResponseBase:
    """Everything owed, what is late first."""
    on = today(timezone.now())
    context = {
        "coverage": queries.coverage_of_program(on=on),
        "planned": EducationSession.objects.filter(state=SessionState.PLANNED).count(),
        "may_change": Permission.EDUCATION_CHANGE in request.permissions,
    }
    return DueTable(request, with_day(queries.dues())).response("programs/education/schedule.html", context)


@requires(Permission.EDUCATION_READ)
@require_GET
@in_program_time
def due(request: HttpRequest, due_id: UUID) -> HttpResponse:
    """One thing owed: why, by which rule, and the sessions for it."""
    found = get_object_or_404(with_day(queries.dues()), pk=due_id)
    context = {
        "due": found,
        "is_late": is_late(found),
        "why": queries.why(found),
        "sources": source_lines(found.rule_source),
        "certainty": Certainty(found.rule_certainty).label if found.rule_certainty else "",
        "plan_url": reverse("programs:plan_session", args=[request.program.slug, found.workplace_id])
        + f"?due={found.pk}",
        "taught": queries.taught(found),
        "floor": queries.floor(on=found.on),
        "sessions": queries.sessions().filter(due=found).order_by("starts_at", "pk"),
        "may_change": Permission.EDUCATION_CHANGE in request.permissions,
        "is_owed": found.state == DueState.OWED,
        "is_dropped": found.state == DueState.DROPPED,
        "crumbs": [
            (_("Schedule"), reverse("programs:education", args=[request.program.slug])),
            (str(found), ""),
        ],
    }
    return render(request, "programs/education/due.html", context)


@requires(Permission.EDUCATION_CHANGE)
@require_POST
def draw_up(request: HttpRequest) -> HttpResponse:
    """Draw the schedule up now; it is drawn up every hour by itself."""
    changed = operations.draw_up(at=timezone.now(), by=request.user)
    said = ngettext("%(count)s line was written.", "%(count)s lines were written.", changed)
    messages.success(request, said % {"count": changed} if changed else _("The schedule is complete."))
    return redirect("programs:education", request.program.slug)


@requires(Permission.EDUCATION_CHANGE)
@require_http_methods(["GET", "POST"])
@in_program_time
def drop(request: HttpRequest, due_id: UUID) -> HttpResponse:
    """Something is not owed after all."""
    found = get_object_or_404(queries.dues(), pk=due_id)
    page = reverse("programs:education_due", args=[request.program.slug, due_id])
    return answer(
        request,
        bound(ReasonForm, request),
        lambda data: operations.drop(due_id=due_id, by=request.user, at=timezone.now(), **data),
        done=_("It is no longer owed."),
        goes_to=lambda made: page,
        title=_("Not owed: %(what)s at %(where)s") % {"what": found, "where": found.workplace.name},
        back_url=page,
    )


@requires(Permission.EDUCATION_CHANGE)
@require_POST
def owe_again(request: HttpRequest, due_id: UUID) -> HttpResponse:
    """It is owed after all."""
    get_object_or_404(queries.dues(), pk=due_id)
    try:
        operations.owe_again(due_id=due_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("programs:education_due", request.program.slug, due_id)


@requires(Permission.EDUCATION_READ)
@require_GET
@in_program_time
def coverage(request: HttpRequest) -> HttpResponseBase:
    """Figures of the program and of each season, and every workplace with its own."""
    on = today(timezone.now())
    context = {
        "lines": [queries.coverage_of_program(on=on), *queries.coverage_by_season(on=on)],
        "floor": queries.floor(on=on),
        "on": on,
    }
    return PlaceTable(request, queries.workplaces(on=on)).response(
        "programs/education/coverage.html", context
    )


@requires(Permission.EDUCATION_READ)
@require_GET
@in_program_time
def workplace(request: HttpRequest, workplace_id: UUID) -> HttpResponse:
    """What one workplace is owed and what was held there."""
    on = today(timezone.now())
    found = get_object_or_404(queries.workplaces(on=on), pk=workplace_id)
    dues = with_day(queries.with_taught(queries.dues())).filter(workplace=found)
    lines = [
        (due, queries.why(due), is_late(due))
        for due in dues.order_by("state", "opens_on", "kind", "number", "pk")
    ]
    context = {
        "workplace": found,
        "lines": lines,
        "sessions": queries.sessions().filter(workplace=found).order_by("-starts_at", "-pk")[:100],
        "may_change": Permission.EDUCATION_CHANGE in request.permissions,
        "crumbs": [
            (_("Coverage"), reverse("programs:education_coverage", args=[request.program.slug])),
            (found.name, ""),
        ],
    }
    return render(request, "programs/education/workplace.html", context)
