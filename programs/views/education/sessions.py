"""Sessions: planning, the page of one, the report from a phone, confirming, cancelling, the sheet."""

from collections.abc import Callable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from programs.documents import education as documents
from programs.enums import EducationKind, SessionState
from programs.forms.education import PlanForm, ReasonForm, ReportForm, initial_of_material
from programs.models import EducationDue, EducationSession, Material, SessionNote, Workplace
from programs.operations.education import sessions as operations
from programs.queries import education as queries
from programs.queries import rule_value, today
from programs.tables.education import SessionTable
from programs.views.answering import answer, bound
from programs.views.education import in_program_time
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError

FORM = "programs/education/form.html"
AN_HOUR = 60


@requires(Permission.EDUCATION_READ)
@require_GET
@in_program_time
def sessions(request: HttpRequest) -> HttpResponseBase:
    """All sessions, the latest first."""
    return SessionTable(request, queries.sessions()).response("programs/education/sessions.html")


@requires(Permission.EDUCATION_READ)
@require_GET
@in_program_time
def session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """One session: the plan, the supplier's answer, the report, and what comes next."""
    found = get_object_or_404(queries.sessions(), pk=session_id)
    now = timezone.now()
    on = today(now)
    is_over = found.state in (SessionState.HELD, SessionState.CONFIRMED)
    least, needs_another = queries.floor(on=on), queries.needs_another(on=on)
    context = {
        "session": found,
        "state": SessionState(found.state),
        "note": SessionNote.objects.filter(session=found).first(),
        "handouts": queries.handed_out(found),
        "is_over": is_over,
        "floor": least,
        "is_below_floor": is_over
        and not queries.Taught(1, found.attended, found.workers_present).reaches(least),
        "is_unpaid": found.is_paid_time is False and queries.is_paid_by_rule(on=on),
        "needs_another": needs_another,
        "may_change": Permission.EDUCATION_CHANGE in request.permissions,
        "may_confirm": Permission.EDUCATION_CONFIRM in request.permissions,
        "is_own_report": needs_another and found.reported_by_id == request.user.pk,
        "has_begun": found.starts_at <= now,
        "crumbs": [
            (_("Sessions"), reverse("programs:education_sessions", args=[request.program.slug])),
            (found.workplace.name, ""),
        ],
    }
    return render(request, "programs/education/session.html", context)


@requires(Permission.EDUCATION_CHANGE)
@require_http_methods(["GET", "POST"])
@in_program_time
def plan(request: HttpRequest, workplace_id: UUID) -> HttpResponse:
    """Plan a session at a workplace; `?due=` fills in what it is for."""
    workplace = get_object_or_404(Workplace.objects.open().select_related("supplier"), pk=workplace_id)
    due = _due_asked(request, workplace)
    initial: dict[str, Any] = {
        "kind": due.kind if due else EducationKind.SESSION,
        "number": (due.number or None) if due else None,
        "minutes": _usual_minutes(due),
        "languages": workplace.languages,
        "leader_id": str(request.user.pk),
    }
    return answer(
        request,
        _plan_form(request, initial=initial),
        lambda data: operations.plan(
            workplace_id=workplace_id, plan=data["plan"], by=request.user, at=timezone.now()
        ),
        done=_("The session is planned. Print the sheet before you go."),
        goes_to=lambda made: _page(request, made.pk),
        template=FORM,
        title=_("Plan a session at %(name)s") % {"name": workplace.name},
        lede=_("A day that is over may be entered too, to report a session that was held without a plan."),
        back_url=reverse("programs:education_workplace", args=[request.program.slug, workplace_id]),
    )


@requires(Permission.EDUCATION_CHANGE)
@require_http_methods(["GET", "POST"])
@in_program_time
def change(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Change a planned session."""
    found = get_object_or_404(queries.sessions(), pk=session_id)
    begins = found.starts_at.astimezone(ZoneInfo(request.program.time_zone))
    initial = {
        "kind": found.kind,
        "number": found.number or None,
        "day": begins.date(),
        "hour": begins.time(),
        "minutes": found.minutes,
        "place": found.place,
        "languages": found.languages,
        "leader_id": str(found.leader_id),
        "worker_educators": found.worker_educators,
    }
    return answer(
        request,
        _plan_form(request, initial=initial, topics_said=found.topics),
        lambda data: operations.change(
            session_id=session_id, plan=data["plan"], by=request.user, at=timezone.now()
        ),
        done=_("The change is on record."),
        goes_to=lambda made: _page(request, session_id),
        template=FORM,
        title=_("Change the session at %(name)s") % {"name": found.workplace.name},
        lede=_("At another time or place the supplier is asked again."),
        back_url=_page(request, session_id),
    )


@requires(Permission.EDUCATION_CHANGE)
@require_http_methods(["GET", "POST"])
@in_program_time
def report(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The report, on one short page for a phone."""
    found = get_object_or_404(queries.sessions(), pk=session_id)
    note = SessionNote.objects.filter(session=found).first()
    handouts = list(queries.handed_out(found).values_list("material_id", "count"))
    materials = Material.objects.filter(retired_on=None) | Material.objects.filter(
        pk__in=[pk for pk, _count in handouts]
    )
    initial: dict[str, Any] = {
        "attended": found.attended,
        "workers_present": found.workers_present,
        "languages": found.languages,
        "worker_educators": found.worker_educators,
        **initial_of_material(handouts),
    }
    if note:
        initial |= {
            "is_paid_time": "yes" if found.is_paid_time else "no",
            "management_present": "yes" if note.management_present else "no",
            "note": note.text,
        }
    form = bound(
        ReportForm,
        request,
        initial=initial,
        materials=list(materials.order_by("title", "language", "version", "pk")),
        topics=queries.topics(on=today(timezone.now())),
        topics_said=found.topics,
        is_first_day=found.kind == EducationKind.FIRST_DAY,
    )
    return answer(
        request,
        form,
        lambda data: operations.report(
            session_id=session_id, report=data["report"], by=request.user, at=timezone.now()
        ),
        done=_("The report is on record."),
        goes_to=lambda made: _page(request, session_id),
        template="programs/education/report.html",
        session=found,
        back_url=_page(request, session_id),
    )


@requires(Permission.EDUCATION_CONFIRM)
@require_POST
def confirm(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Confirm a report."""
    get_object_or_404(EducationSession, pk=session_id)
    try:
        operations.confirm(session_id=session_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The session is confirmed."))
    return redirect(_page(request, session_id))


@requires(Permission.EDUCATION_CONFIRM)
@require_http_methods(["GET", "POST"])
@in_program_time
def reopen(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Take a confirmation back."""
    return _with_reason(
        request,
        session_id,
        operations.reopen,
        title=_("Something in the report is wrong"),
        done=_("The report is open again. Correct it, then have it confirmed."),
    )


@requires(Permission.EDUCATION_CHANGE)
@require_http_methods(["GET", "POST"])
@in_program_time
def cancel(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Call a session off."""
    return _with_reason(
        request,
        session_id,
        operations.cancel,
        title=_("Cancel the session"),
        done=_("The session is cancelled. What was owed is still owed."),
    )


@requires(Permission.EDUCATION_CHANGE)
@require_GET
@in_program_time
def sheet(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The sheet to sign in on, as PDF."""
    found = get_object_or_404(queries.sessions(), pk=session_id)
    content = documents.sheet(found, request.program, at=timezone.now())
    return as_pdf(content, f"sign-in-sheet-{found.starts_at:%Y-%m-%d}.pdf")


def as_pdf(content: bytes, name: str) -> HttpResponse:
    """A document to print, kept nowhere."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _plan_form(request: HttpRequest, **kwargs: Any) -> PlanForm:
    return bound(
        PlanForm,
        request,
        leaders=operations.leaders(),
        zone=ZoneInfo(request.program.time_zone),
        topics=queries.topics(on=today(timezone.now())),
        **kwargs,
    )


def _due_asked(request: HttpRequest, workplace: Workplace) -> EducationDue | None:
    try:
        asked = UUID(request.GET.get("due", ""))
    except ValueError:
        return None
    return EducationDue.objects.filter(pk=asked, workplace=workplace).first()


def _usual_minutes(due: EducationDue | None) -> int:
    """As long as the program says a module takes; an hour otherwise."""
    if due is None or due.kind != EducationKind.MODULE:
        return AN_HOUR
    hours = rule_value(queries.MODULE_HOURS, on=today(timezone.now()))
    return hours * 60 if isinstance(hours, int) and 0 < hours <= 24 else AN_HOUR


def _with_reason(
    request: HttpRequest, session_id: UUID, act: Callable[..., Any], *, title: str, done: str
) -> HttpResponse:
    get_object_or_404(EducationSession, pk=session_id)
    return answer(
        request,
        bound(ReasonForm, request),
        lambda data: act(session_id=session_id, by=request.user, at=timezone.now(), **data),
        done=done,
        goes_to=lambda made: _page(request, session_id),
        title=title,
        back_url=_page(request, session_id),
    )


def _page(request: HttpRequest, session_id: UUID) -> str:
    return reverse("programs:education_session", args=[request.program.slug, session_id])
