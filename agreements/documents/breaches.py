"""The notice of breach as PDF."""

from datetime import datetime

from django.template.loader import render_to_string
from django.utils import translation

from agreements.models import Breach
from agreements.operations import breaches
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program
from wsr.ui import pdf


def notice_of_breach(breach: Breach, *, at: datetime) -> bytes:
    """The letter that is served; `at`: when, timezone-aware. In the program's language, with the facts as they are on record."""
    program = Program.objects.get(pk=current_program_id())
    with translation.override(program.language):
        day = at.astimezone(breaches.zone())
        clause = breaches.dispute_clause(breach, on=day.date())
        cure = breaches.length_of(breach, "cure_within")
        html = render_to_string(
            "agreements/notice_of_breach.html",
            {
                "program": program,
                "breach": breach,
                "language": program.language,
                "created": at.isoformat(timespec="seconds"),
                "day": day.date(),
                "cure": str(cure) if cure else "",
                "dispute_clause": clause,
            },
        )
    return pdf.render(html)
