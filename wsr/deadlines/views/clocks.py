"""The list of clocks, one clock with the reason for its date, and what can be done to it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.deadlines import operations, queries
from wsr.deadlines.calendars import calendar_of
from wsr.deadlines.enums import State
from wsr.deadlines.explaining import days_of, reasons_for
from wsr.deadlines.forms import ExtendForm, ReasonForm, RestartForm
from wsr.deadlines.kinds import kinds
from wsr.deadlines.lengths import limits_of
from wsr.deadlines.models import Clock, Fired, Pause
from wsr.deadlines.tables import ClockTable, kind_label, name_clocks, who_acts
from wsr.deadlines.timing import length_of
from wsr.imports.reading.countries import country_name
from wsr.tenancy import Audience
from wsr.ui.answering import answer, bound


@requires(Permission.CLOCK_READ)
@require_GET
def clocks(request: HttpRequest) -> HttpResponse:
    """Every clock this person may see; open ones unless a state is asked for."""
    rows = Clock.objects.all() if request.GET.get("state") else Clock.objects.open()
    is_staff = request.standing.audience == Audience.STAFF
    timezone.activate(request.program.time_zone)
    context = {
        "missing": queries.missing_lengths(on=timezone.localdate()) if is_staff else [],
        "stuck": list(queries.stuck()[:20]) if is_staff else [],
    }
    return ClockTable(request, rows).response("deadlines/clocks.html", context)


@requires(Permission.CLOCK_READ)
@require_GET
def clock(request: HttpRequest, clock_id: UUID) -> HttpResponse:
    """One clock: when, why on that day, what happens next."""
    found = get_object_or_404(Clock, pk=clock_id)
    name_clocks([found])
    timezone.activate(found.time_zone)
    is_staff = request.standing.audience == Audience.STAFF
    kind = kinds().get(found.kind)
    context = {
        "clock": found,
        "kind": kind,
        "kind_label": kind_label(found),
        "facts": _facts(found),
        "reasons": reasons_for(found),
        "days": days_of(found),
        "is_overdue": found.is_overdue(timezone.now()),
        "is_staff": is_staff,
        "steps": queries.steps_of(found, Fired.objects.filter(clock=found)) if is_staff else [],
        "pauses": list(Pause.objects.filter(clock=found).select_related("paused_by").order_by("since"))
        if is_staff
        else [],
        "limits": _limits(found) if is_staff else None,
        "may": _may(request, found),
    }
    return render(request, "deadlines/clock.html", context)


def _facts(clock: Clock) -> list[tuple[str, Any]]:
    """What is known of a clock, beside its date."""
    return [
        (_("Who must act"), who_acts(clock)),
        (_("Length"), f"{length_of(clock)} ({clock.get_basis_display().lower()})"),
        (
            _("Calendar"),
            country_name(clock.calendar_country)
            if clock.calendar_country
            else _("No country: only the program's own days"),
        ),
    ]


def _limits(clock: Clock) -> Any:
    kind = kinds().get(clock.kind)
    if kind is None or not kind.length_key:
        return None
    zone = calendar_of(
        clock.calendar_country
    ).zone  # the day on which its length was read, where days are counted
    return limits_of(kind.length_key, on=clock.started_at.astimezone(zone).date())


def _may(request: HttpRequest, clock: Clock) -> dict[str, bool]:
    """Which acts this page offers."""
    kind = kinds().get(clock.kind)
    if Permission.CLOCK_CHANGE not in request.permissions or kind is None or not clock.is_open:
        return {}
    is_running = clock.state == State.RUNNING
    ceiling = kind.extension_ceiling
    return {
        "pause": is_running and kind.pause_ceiling is not None,
        "resume": clock.state == State.PAUSED,
        "extend": is_running and (ceiling is None or clock.extensions < ceiling),
        "recompute": is_running,
        "restart": True,
        "cancel": True,
    }


def _page(request: HttpRequest, clock_id: UUID) -> str:
    return reverse("deadlines:clock", args=[request.program.slug, clock_id])


def _act(request: HttpRequest, clock_id: UUID, form: Any, act: Any, *, title: str, done: Any) -> HttpResponse:
    """One act on a clock by a form with a reason."""
    get_object_or_404(Clock, pk=clock_id)
    page = _page(request, clock_id)
    return answer(
        request,
        form,
        lambda data: act(by=request.user, at=timezone.now(), **data),
        done=done,
        goes_to=lambda made: _page(request, made.pk) if isinstance(made, Clock) else page,
        title=title,
        back_url=page,
    )


@requires(Permission.CLOCK_CHANGE)
@require_http_methods(["GET", "POST"])
def pause(request: HttpRequest, clock_id: UUID) -> HttpResponse:
    """Stop counting for a while."""
    return _act(
        request,
        clock_id,
        bound(ReasonForm, request),
        lambda **said: operations.pause(clock_id=clock_id, **said),
        title=_("Pause this clock"),
        done=_("The clock is paused. It runs on by itself when the most that is allowed is reached."),
    )


@requires(Permission.CLOCK_CHANGE)
@require_POST
def resume(request: HttpRequest, clock_id: UUID) -> HttpResponse:
    """Count on."""
    get_object_or_404(Clock, pk=clock_id)
    return answer(
        request,
        bound(Form, request),
        lambda data: operations.resume(clock_id=clock_id, by=request.user, at=timezone.now()),
        done=lambda made: _("The clock runs on; it is due on %(day)s now.") % {"day": _day(made.due_at)},
        goes_to=lambda made: _page(request, clock_id),
        title=_("Count on"),
        back_url=_page(request, clock_id),
    )


@requires(Permission.CLOCK_CHANGE)
@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, clock_id: UUID) -> HttpResponse:
    """Give more time."""
    found = get_object_or_404(Clock, pk=clock_id)
    return _act(
        request,
        clock_id,
        bound(ExtendForm, request, unit=found.get_length_unit_display()),
        lambda **said: operations.extend(clock_id=clock_id, **said),
        title=_("Extend this clock"),
        done=lambda made: _("The clock is due on %(day)s now.") % {"day": _day(made.due_at)},
    )


@requires(Permission.CLOCK_CHANGE)
@require_http_methods(["GET", "POST"])
def restart(request: HttpRequest, clock_id: UUID) -> HttpResponse:
    """Start anew from another moment."""
    timezone.activate(request.program.time_zone)
    return _act(
        request,
        clock_id,
        bound(RestartForm, request, initial={"started_at": timezone.localtime()}),
        lambda **said: operations.restart(clock_id=clock_id, **said),
        title=_("Start this clock anew"),
        done=_("The clock was cancelled and a new one runs in its place."),
    )


@requires(Permission.CLOCK_CHANGE)
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, clock_id: UUID) -> HttpResponse:
    """End without being met."""
    return _act(
        request,
        clock_id,
        bound(ReasonForm, request),
        lambda **said: operations.cancel(clock_id=clock_id, **said),
        title=_("Cancel this clock"),
        done=_("The clock is cancelled. Nothing more of its steps will happen."),
    )


@requires(Permission.CLOCK_CHANGE)
@require_http_methods(["GET", "POST"])
def recompute(request: HttpRequest, clock_id: UUID) -> HttpResponse:
    """Count one clock anew by the calendar of today."""
    return _act(
        request,
        clock_id,
        bound(ReasonForm, request),
        lambda **said: operations.recompute(clock_id=clock_id, **said),
        title=_("Count this clock anew"),
        done=lambda moved: (
            _("The clock has moved.") if moved else _("The clock was counted anew and stays where it is.")
        ),
    )


def _day(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "DATE_FORMAT")
