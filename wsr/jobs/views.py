"""Long work as people see it: what runs, how far it is, how it ended."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.errors import DomainError
from wsr.jobs import operations
from wsr.jobs.models import Job
from wsr.ui.keyset import Keyset

PAGE_ROWS = 25


@requires(Permission.JOB_READ)
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """The jobs of the program, newest first. The rows ask for themselves every two seconds while one of them is open."""
    rows = Job.objects.select_related("asked_by")
    page = Keyset("-asked_at").page(
        rows, size=PAGE_ROWS, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    return _rows(
        request,
        "jobs/list.html",
        {
            "jobs": page.rows,
            "newer_url": f"{request.path}?before={page.before}" if page.before else "",
            "older_url": f"{request.path}?after={page.after}" if page.after else "",
        },
    )


@requires(Permission.JOB_READ)
@require_GET
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """One job: where it stands and how it ended."""
    found = get_object_or_404(Job.objects.select_related("asked_by"), pk=job_id)
    return _rows(request, "jobs/detail.html", {"job": found, "jobs": [found]})


def _rows(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """The page, or its rows alone where the rows asked for themselves."""
    context["is_working"] = any(job.is_open for job in context["jobs"])
    context["may_cancel"] = Permission.JOB_CANCEL in request.permissions
    partial = request.headers.get("HX-Target", "").endswith("#rows")
    response = render(request, f"{template}#rows" if partial else template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@requires(Permission.JOB_READ, Permission.JOB_CANCEL)
@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Ask a job to stop."""
    get_object_or_404(Job, pk=job_id)
    try:
        operations.cancel(job_id=job_id, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(
            request, _("The job was asked to stop; it ends at its next step and changes nothing.")
        )
    return redirect("jobs:list", request.program.slug)
