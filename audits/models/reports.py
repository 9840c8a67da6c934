"""Reports: what the program gives out of an inspection, version by version. Brands and suppliers read these and no record of a visit."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.enums import REPORT_MOVES, ReportStage
from audits.models.inspections import Inspection
from programs.models import Participation, Workplace
from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class ReportQuerySet(models.QuerySet):
    """Chains of reports."""

    def issued_before(self, inspection_id: UUID) -> bool:
        """Whether any version of an inspection's report was issued."""
        return self.filter(inspection_id=inspection_id, issued_at__isnull=False).exists()


class Report(ProgramModel):
    """One version of the report of an inspection. `body` holds all that its readers see, so that no raw table is needed to show it.

    `supplier`: whose part in this program; a brand reads it where it buys from that supplier, and only once it is issued.
    """

    inspection = ProgramForeignKey(Inspection, related_name="reports")
    supplier = ProgramForeignKey(Participation, related_name="+")
    workplace = ProgramForeignKey(Workplace, related_name="+")
    number = models.PositiveSmallIntegerField(_("version"))
    stage = models.CharField(max_length=20, choices=ReportStage.choices, default=ReportStage.FOR_REPLY)
    reason = models.TextField(blank=True, help_text="Why there is another version.")
    body = models.JSONField()
    seal_sha256 = models.CharField(max_length=64)
    file = ProgramForeignKey(StoredFile, related_name="+", null=True)
    pdf_sha256 = models.CharField(
        max_length=64,
        blank=True,
        help_text="Of the issued PDF: whoever reads this row reads it, brands too that have no stored file of their own.",
    )
    shared_at = models.DateTimeField(null=True)
    reply_due_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    issued_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects: ClassVar = ProgramModel.manager_from(ReportQuerySet)

    class Meta(ProgramModel.Meta):
        ordering: ClassVar = ["inspection", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "inspection", "number"], name="report_number_once"),
            models.CheckConstraint(name="report_stage_known", condition=Q(stage__in=ReportStage.values)),
            models.CheckConstraint(
                name="report_issued_has_date",
                condition=~Q(stage=ReportStage.ISSUED) | Q(issued_at__isnull=False),
            ),
            # At most one version is with the supplier, and at most one holds.
            models.UniqueConstraint(
                fields=["program", "inspection", "stage"],
                condition=~Q(stage=ReportStage.REPLACED),
                name="report_one_of_a_stage",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["program", "supplier", "-issued_at"], name="report_of_supplier")
        ]

    def may_become(self, stage: ReportStage) -> bool:
        """Whether the table of moves allows it."""
        return stage in REPORT_MOVES[ReportStage(self.stage)]


class Reply(ProgramModel):
    """What the supplier replied to a report, to one finding or to the whole. Shown beside it wherever it is shown.

    The database takes replies only while the report is with the supplier: see migration 0007. `is_recorded`: the program wrote down what a
    supplier without an account replied on paper.
    """

    report = ProgramForeignKey(Report, related_name="replies")
    supplier = ProgramForeignKey(Participation, related_name="+")
    finding_id = models.UUIDField(null=True, help_text="As in the report's body. None: to the whole.")
    text = models.TextField(_("reply"))
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    said_at = models.DateTimeField()
    is_recorded = models.BooleanField(default=False)

    class Meta(ProgramModel.Meta):
        constraints: ClassVar = [models.CheckConstraint(name="reply_has_text", condition=~Q(text=""))]


class IssuedDocument(ProgramModel):
    """The PDF of an issued report under its SHA-256, readable without an account: that it was issued, and when. Names nothing."""

    sha256 = models.CharField(max_length=64)
    number = models.PositiveSmallIntegerField(help_text="Version of the report.")
    issued_on = models.DateField()
    is_replaced = models.BooleanField(default=False)

    class Meta(ProgramModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sha256", "program"], name="issued_document_once")
        ]
