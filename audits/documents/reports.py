"""The issued report on paper: PDF/UA, made once from the body of its version and kept by its hash."""

from datetime import UTC, datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from audits.models import Report
from audits.queries.shown_reports import shown
from wsr.tenancy.models import Program
from wsr.ui import pdf as paper


def pdf(report: Report, program: Program, *, at: datetime) -> bytes:
    """The report in the language of the program, whoever asks. `at`: when it is issued, or drafted for the supplier; timezone-aware."""
    verify_url = settings.BASE_URL + reverse("registry:verify_document")
    known = program.language in dict(settings.LANGUAGES)
    with translation.override(program.language if known else settings.LANGUAGE_CODE):
        html = render_to_string(
            "audits/report_document.html",
            {
                "report": report,
                "said": shown(report),
                "program": program,
                "language": program.language if known else settings.LANGUAGE_CODE,
                "created": at.astimezone(UTC).isoformat(timespec="seconds"),
                "is_issued": report.issued_at is not None,
                "verify_url": verify_url,
            },
        )
    return paper.render(html)


def file_name(report: Report) -> str:
    """What the download is called. Names nobody."""
    return f"inspection-{report.body['inspection']['number']}-report-{report.number}.pdf"
