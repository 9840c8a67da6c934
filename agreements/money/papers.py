"""Papers of money: data in, bytes out."""

from pathlib import Path

from django.template.loader import render_to_string
from django.utils import translation

from agreements.models.money import Invoice

SHEET = Path(__file__).with_name("invoice.css")


def invoice(row: Invoice, *, program: str) -> bytes:
    """The invoice as PDF, in English: it is the one paper both sides and a court read."""
    from weasyprint import CSS, HTML  # noqa: PLC0415 -- slow to load, and few pages need it

    with translation.override("en"):
        html = render_to_string(
            "agreements/money/invoice_pdf.html", {"invoice": row, "program": program, "lines": row.explained}
        )
    return HTML(string=html).write_pdf(stylesheets=[CSS(SHEET)], pdf_variant="pdf/ua-1")
