"""What the public page says of the PDF of an issued report.

Of every one: that it is a document of the program, and the day on which it was issued. That it is the report of an inspection, of
which, which version, and whether that still holds, only while the program publishes its inspections: what stands in the public
record is asked, so the rule *Findings and corrective actions* decides, and a redaction holds here too.
"""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from audits.disclosure.reports import INSPECTION
from audits.models import IssuedDocument
from wsr.registry.models import Listing
from wsr.registry.verifying import Paper


def reports(sha256: str) -> Iterator[Paper]:
    """The issued reports with these bytes."""
    for row in IssuedDocument.objects.filter(sha256=sha256).select_related("program").order_by("pk"):
        listing = Listing.objects.filter(
            program_id=row.program_id, kind=INSPECTION, is_shown=True, search__contains=sha256
        ).first()
        yield _of_inspection(row, listing) if listing else _of_program(row)


PAPERS = [reports]


def _of_program(row: IssuedDocument) -> Paper:
    return Paper(
        _("Issued here"),
        "ok",
        _("A document of this program"),
        _("A document of the program %(program)s.") % {"program": row.program.name},
        [(_("Issued"), [row.issued_on])],
    )


def _of_inspection(row: IssuedDocument, listing: Listing) -> Paper:
    return Paper(
        _("Replaced by a later version") if row.is_replaced else _("The version that holds"),
        "warn" if row.is_replaced else "ok",
        _("Report of an inspection"),
        _("%(inspection)s, version %(version)s of the report, of the program %(program)s.")
        % {"inspection": listing.name, "version": row.number, "program": row.program.name},
        [(_("Issued"), [row.issued_on])],
        reverse("registry:record", args=[row.program.slug, listing.public_id]),
    )
