"""Files that are made in the background, and reports that are sent regularly: one's own."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.files.links import link_to
from wsr.files.models import PersonalFile
from wsr.jobs.models import Job
from wsr.ui.answering import answer, bound
from wsr.ui.forms import ExportForm, ScheduleForm
from wsr.ui.models import Export, Schedule
from wsr.ui.operations import exporting, scheduling
from wsr.ui.queries import all_views_of
from wsr.ui.views import safe_next

MOST = 100


@requires(Permission.EXPORT)
@require_http_methods(["GET", "POST"])
def exports(request: HttpRequest) -> HttpResponse:
    """The person's own files; a POST has another one made. The rows ask for themselves while one is being made."""
    if request.method == "POST":
        return _ask(request)
    found = list(Export.objects.order_by("-asked_at", "-pk")[:MOST])
    jobs = Job.objects.in_bulk([export.job_id for export in found])
    files = PersonalFile.objects.filter(expires_at__gt=timezone.now()).in_bulk([one.pk for one in found])
    listed = [
        {"export": export, "job": jobs.get(export.job_id), "file": files.get(export.pk)} for export in found
    ]
    is_working = any(item["job"] and item["job"].is_open for item in listed)
    partial = request.headers.get("HX-Target", "").endswith("#rows")
    context = {"listed": listed, "is_working": is_working}
    response = render(request, f"ui/exports.html{'#rows' if partial else ''}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _ask(request: HttpRequest) -> HttpResponse:
    form = ExportForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("This list cannot be made into a file."))
        return redirect("ui:exports", request.program.slug)
    data = form.cleaned_data
    try:
        exporting.ask(**data, by=request.user, standing=request.standing, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect(safe_next(request, data["path"]))
    messages.success(request, _("The file is being made. You are told here when it is ready."))
    return redirect("ui:exports", request.program.slug)


@requires(Permission.EXPORT)
@require_GET
def download_export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """On to a fresh link to one's own file."""
    try:
        file = exporting.file_of(export_id=export_id, by=request.user, standing=request.standing)
    except PersonalFile.DoesNotExist:
        raise Http404("No such file of this person.") from None
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("ui:exports", request.program.slug)
    return redirect(link_to(file, person=request.user, at=timezone.now()))


@requires(Permission.EXPORT)
@require_POST
def cancel_export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Stop making one's own file."""
    get_object_or_404(Export, pk=export_id)
    try:
        exporting.cancel(export_id=export_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The file is not made."))
    return redirect("ui:exports", request.program.slug)


@requires(Permission.EXPORT, Permission.VIEW_SAVE)
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """The person's own regular reports."""
    rows = Schedule.objects.order_by("stopped_at", "next_at", "pk")
    context = {
        "running": rows.filter(stopped_at=None),
        "stopped": rows.exclude(stopped_at=None).reverse()[:MOST],
        "zone": request.user.time_zone or request.program.time_zone,
    }
    return render(request, "ui/reports.html", context)


@requires(Permission.EXPORT, Permission.VIEW_SAVE)
@require_http_methods(["GET", "POST"])
def schedule_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Have the list of a view sent regularly."""
    view = get_object_or_404(all_views_of(request.user), pk=view_id)
    return answer(
        request,
        bound(ScheduleForm, request),
        lambda data: scheduling.start(
            view_id=view_id, by=request.user, standing=request.standing, at=timezone.now(), **data
        ),
        done=lambda made: (
            _("“%(name)s” is sent to you from %(day)s on.") % {"name": made.name, "day": _day(made)}
        ),
        goes_to=lambda made: _reports(request),
        template="ui/schedule_view.html",
        view=view,
        back_url=_reports(request),
    )


@requires(Permission.EXPORT, Permission.VIEW_SAVE)
@require_POST
def stop_report(request: HttpRequest, schedule_id: UUID) -> HttpResponse:
    """Send it no more."""
    get_object_or_404(Schedule, pk=schedule_id, person=request.user, stopped_at=None)
    made = scheduling.stop(schedule_id=schedule_id, by=request.user, at=timezone.now())
    messages.success(request, _("“%(name)s” is not sent any more.") % {"name": made.name})
    return redirect("ui:reports", request.program.slug)


def _reports(request: HttpRequest) -> str:
    return reverse("ui:reports", args=[request.program.slug])


def _day(made: Schedule) -> str:
    return date_format(scheduling.local(made), "DATE_FORMAT")
