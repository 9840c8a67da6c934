"""The invoice on paper: PDF/UA, printed once when it is issued."""

from datetime import UTC, datetime

from django.template.loader import render_to_string
from django.utils import translation

from agreements.models.money import Invoice
from wsr.tenancy.models import Program
from wsr.ui import pdf as paper


def pdf(invoice: Invoice, program: Program, *, at: datetime) -> bytes:
    """In English: it is the one paper both sides and a court read. `at`: when it is issued, timezone-aware."""
    with translation.override("en"):
        html = render_to_string(
            "agreements/money/invoice_pdf.html",
            {
                "invoice": invoice,
                "program": program,
                "created": at.astimezone(UTC).isoformat(timespec="seconds"),
            },
        )
    return paper.render(html)
