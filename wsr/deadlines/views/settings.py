"""What clocks are counted by: the calendar, lengths that are missing, trying out a length, counting anew."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.deadlines import operations, queries
from wsr.deadlines.calendars import calendar_of
from wsr.deadlines.explaining import in_words
from wsr.deadlines.forms import DayForm, ReasonForm, RecomputeForm, SimulationForm, WeekForm, day_name
from wsr.deadlines.kinds import kinds
from wsr.deadlines.lengths import Length, limits_of
from wsr.deadlines.models import CalendarDay, WorkingWeek
from wsr.imports.reading.countries import country_name
from wsr.jobs import operations as jobs
from wsr.ui.answering import answer, bound


@requires(Permission.RULE_READ)
@require_GET
def lengths(request: HttpRequest) -> HttpResponse:
    """Every kind of clock with its three limits; first those that cannot run."""
    on = timezone.now().astimezone(queries.zone_of_program()).date()
    entries = [
        {"kind": kind, "limits": limits_of(kind.length_key, on=on)}
        for kind in sorted(kinds().values(), key=lambda kind: str(kind.label))
        if kind.length_key
    ]
    context = {
        "missing": queries.missing_lengths(on=on),
        "entries": entries,
        "others": [kind for kind in kinds().values() if not kind.length_key],
    }
    return render(request, "deadlines/lengths.html", context)


@requires(Permission.RULE_READ)
@require_GET
def simulate(request: HttpRequest) -> HttpResponse:
    """What running clocks would be due if a length were another; nothing is changed."""
    form = SimulationForm(request.GET if request.GET else None)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        kind = kinds()[form.cleaned_data["kind"]]
        length = Length(form.cleaned_data["value"], form.cleaned_data["unit"])
        rows = queries.simulated(kind, length, at=timezone.now())
        context |= {
            "kind": kind,
            "length": length,
            "rows": rows,
            "overdue": sum(row.is_overdue for row in rows),
            "limits": limits_of(kind.length_key, on=timezone.localdate()),
            "most": queries.SIMULATED_AT_MOST,
        }
    return render(request, "deadlines/simulate.html", context, status=422 if form.errors else 200)


@requires(Permission.CLOCK_CHANGE)
@require_http_methods(["GET", "POST"])
def recompute(request: HttpRequest) -> HttpResponse:
    """Count running clocks anew, as a job."""
    return answer(
        request,
        bound(RecomputeForm, request),
        lambda data: jobs.start(
            kind="deadlines.recompute",
            title=_("Count running clocks anew"),
            by=request.user,
            at=timezone.now(),
            params={"kind": data["kind"], "reason": data["reason"]},
        ),
        done=_("The clocks are being counted anew."),
        goes_to=lambda job: reverse("jobs:detail", args=[request.program.slug, job.pk]),
        title=_("Count running clocks anew"),
        back_url=reverse("deadlines:calendar", args=[request.program.slug]),
    )


@requires(Permission.CLOCK_CHANGE)
@require_http_methods(["GET", "POST"])
def apply_length(request: HttpRequest, kind: str) -> HttpResponse:
    """Give running clocks of a kind the length that the program has set by now."""
    if kind not in kinds():
        return redirect("deadlines:lengths", request.program.slug)
    back = reverse("deadlines:lengths", args=[request.program.slug])
    return answer(
        request,
        bound(ReasonForm, request),
        lambda data: jobs.start(
            kind="deadlines.apply_length",
            title=_("Give running clocks their new length"),
            by=request.user,
            at=timezone.now(),
            params={"kind": kind, "reason": data["reason"]},
        ),
        done=_("The clocks are being given their new length."),
        goes_to=lambda job: reverse("jobs:detail", args=[request.program.slug, job.pk]),
        title=_("Give running clocks the new length: %(kind)s") % {"kind": kinds()[kind].label},
        back_url=back,
    )


@requires(Permission.RULE_READ)
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Weekly rest days, single days, and what the coming weeks look like in one country."""
    weeks = [
        {
            "week": week,
            "name": country_name(week.country) if week.country else _("Clocks without a country"),
            "stands_for": country_name(week.stands_for) if week.stands_for else "",
            "days": [day_name(number) for number in week.rest_weekdays or ()],
        }
        for week in WorkingWeek.objects.order_by("country")
    ]
    country = request.GET.get("country", "")
    counted = calendar_of(country)
    today = timezone.now().astimezone(counted.zone).date()
    coming = [
        {"day": day, "reason": in_words(counted.why_rest(day))}
        for day in (today + timedelta(days=number) for number in range(60))
        if counted.why_rest(day)
    ]
    context = {
        "weeks": weeks,
        "days": [
            {"row": row, "name": country_name(row.country) if row.country else _("Everywhere")}
            for row in CalendarDay.objects.select_related("set_by").order_by("-day")[:200]
        ],
        "coming": coming,
        "country": country,
        "country_name": country_name(counted.country) if counted.country else "",
        "may_change": Permission.RULE_CHANGE in request.permissions,
        "may_recompute": Permission.CLOCK_CHANGE in request.permissions,
    }
    return render(request, "deadlines/calendar.html", context)


@requires(Permission.RULE_CHANGE)
@require_http_methods(["GET", "POST"])
def set_day(request: HttpRequest) -> HttpResponse:
    """Count a single day otherwise."""
    back = reverse("deadlines:calendar", args=[request.program.slug])
    return answer(
        request,
        bound(DayForm, request),
        lambda data: operations.set_day(by=request.user, at=timezone.now(), **data),
        done=_("The day is set. Clocks that run already stay where they are until they are counted anew."),
        goes_to=lambda made: back,
        title=_("Count a day otherwise"),
        back_url=back,
    )


@requires(Permission.RULE_CHANGE)
@require_POST
def remove_day(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """Count a day as the calendar does again."""
    get_object_or_404(CalendarDay, pk=day_id)
    operations.remove_day(day_id=day_id, by=request.user, at=timezone.now())
    return redirect("deadlines:calendar", request.program.slug)


@requires(Permission.RULE_CHANGE)
@require_http_methods(["GET", "POST"])
def set_week(request: HttpRequest) -> HttpResponse:
    """Weekly rest days of the program."""
    back = reverse("deadlines:calendar", args=[request.program.slug])
    return answer(
        request,
        bound(WeekForm, request),
        lambda data: operations.set_week(by=request.user, at=timezone.now(), **data),
        done=_("The week is set. Clocks that run already stay where they are until they are counted anew."),
        goes_to=lambda made: back,
        title=_("Weekly rest days"),
        back_url=back,
    )
