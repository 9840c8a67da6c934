"""Reports of inspections: for staff every version, for a supplier its own, for a brand the issued ones of whom it buys from."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agreements.views.escalation import only_for
from audits.documents import reports as documents
from audits.enums import ReportStage
from audits.forms import reports as forms
from audits.models import Reply, Report
from audits.operations import reporting
from audits.queries import report_bodies as bodies
from audits.queries import reports as queries
from audits.queries.shown_reports import shown
from audits.tables.reports import ReportTable
from programs.views.answering import answer, bound
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.files.models import content_path
from wsr.tenancy import Audience, atomic, current_audience

HEARD = (Audience.STAFF, Audience.SUPPLIER)  # who sees what the supplier replied before the report is issued


@requires(Permission.REPORT_READ)
@require_GET
def reports(request: HttpRequest) -> HttpResponseBase:
    """Every report that the reader may see."""
    return ReportTable(request, queries.reports()).response("audits/reports.html")


@requires(Permission.REPORT_READ)
@require_GET
def report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One version, with the reply beside what it is about, and the versions before and after it."""
    found = _with_replies(get_object_or_404(Report, pk=report_id))
    is_waiting = found.stage == ReportStage.FOR_REPLY
    may = request.permissions
    context = {
        "report": found,
        "said": shown(found),
        "versions": list(Report.objects.filter(inspection_id=found.inspection_id).order_by("-number")),
        "is_staff": current_audience() == Audience.STAFF,
        "may_reply": is_waiting and Permission.REPORT_REPLY in may,
        "may_record": is_waiting and Permission.INSPECTION_REVIEW in may,
        "may_review": Permission.INSPECTION_REVIEW in may,
    }
    return render(request, "audits/report.html", context)


@requires(Permission.REPORT_READ)
@require_GET
def report_pdf(request: HttpRequest, report_id: UUID) -> HttpResponseBase:
    """The issued PDF, the same bytes for every reader; before, for staff and supplier, a draft that says so."""
    found = get_object_or_404(Report, pk=report_id)
    if found.pdf_sha256:
        content: Any = content_path(found.pdf_sha256).open("rb")
        response: Any = FileResponse(content, as_attachment=True, filename=documents.file_name(found))
    else:
        draft = documents.pdf(_with_replies(found), request.program, at=timezone.now())
        response = HttpResponse(draft)
        response["Content-Disposition"] = f'attachment; filename="draft-{documents.file_name(found)}"'
    response["Content-Type"] = "application/pdf"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@requires(Permission.REPORT_REPLY)
@only_for(Audience.SUPPLIER)
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """The supplier replies to the report and beside its findings."""
    found = get_object_or_404(Report, pk=report_id)
    if found.stage != ReportStage.FOR_REPLY:
        return redirect("audits:report", request.program.slug, report_id)
    return _answer(
        request,
        found,
        forms.ReplyForm,
        done=_("Your reply is sent. It stands beside the findings in the report."),
    )


@requires(Permission.INSPECTION_REVIEW)
@require_http_methods(["GET", "POST"])
def record_reply(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Staff write down what a supplier without an account replied."""
    found = get_object_or_404(Report, pk=report_id)
    return _answer(request, found, forms.RecordReplyForm, done=_("The reply is on record."))


def _answer(request: HttpRequest, found: Report, form: Any, *, done: str) -> HttpResponse:
    said = shown(_with_replies(found))
    filled = bound(form, request, findings=said.findings)
    page = reverse("audits:report", args=[request.program.slug, found.pk])

    @atomic
    def act(data: dict[str, Any]) -> None:
        at = timezone.now()
        for finding_id, text in filled.texts(data):
            reporting.reply(
                report_id=found.pk,
                finding_id=finding_id,
                text=text,
                name=data.get("name", ""),
                by=request.user,
                at=at,
            )

    return answer(
        request,
        filled,
        act,
        done=done,
        goes_to=lambda made: page,
        template="audits/reply.html",
        report=found,
        said=said,
        back_url=page,
    )


def _with_replies(found: Report) -> Report:
    """The version with the replies that came so far, for those who may read them; an issued one holds them already."""
    if found.stage != ReportStage.FOR_REPLY or current_audience() not in HEARD:
        return found
    found.body = bodies.with_replies(
        found.body, list(Reply.objects.filter(report=found).order_by("said_at", "pk"))
    )
    return found
