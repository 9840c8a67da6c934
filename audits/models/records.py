"""What the auditors write down at a visit: answers to the checklist, interviews, findings, evidence; and the seals over them.

Ids may be made by the auditors' device (UUIDv7), so that sending a record twice writes it once. `version` grows with every change.
The database refuses any of these while the visit is not under way: see migration 0002.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.enums import Answer, InspectionKind, InterviewPlace
from audits.models.inspections import OfInspection
from programs.models import CodeVersion, Provision, Severity
from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class Question(ProgramModel):
    """One line of the checklist of a version of the code. Without any, each provision is one question."""

    code = ProgramForeignKey(CodeVersion, on_delete=models.CASCADE, related_name="questions")
    provision = ProgramForeignKey(Provision, on_delete=models.CASCADE, related_name="questions")
    text = models.TextField(_("question"))
    guidance = models.TextField(_("how to verify it"), blank=True)
    kinds = ArrayField(
        models.CharField(max_length=20, choices=InspectionKind.choices),
        default=list,
        blank=True,
        verbose_name=_("asked at"),
        help_text=_("Empty: at every inspection."),
    )
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta(ProgramModel.Meta):
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.text[:100]


class Record(OfInspection):
    """Base of what an auditor writes at a visit."""

    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(
        help_text="By the clock of the device; shown beside the time of the server."
    )
    received_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta(OfInspection.Meta):
        abstract = True


class Response(Record):
    """The answer to one provision, or to one question of the checklist about it."""

    provision = ProgramForeignKey(Provision, related_name="+")
    question = ProgramForeignKey(Question, related_name="+", null=True)
    answer = models.CharField(_("answer"), max_length=20, choices=Answer.choices)
    note = models.TextField(_("note"), blank=True)

    class Meta(Record.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "inspection", "provision", "question"],
                name="response_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="response_answer_known", condition=Q(answer__in=Answer.values)),
        ]


class Interview(Record):
    """Workers interviewed together or alone, counted and never named."""

    workers = models.PositiveIntegerField(_("workers"))
    place = models.CharField(_("place"), max_length=20, choices=InterviewPlace.choices)
    language = models.CharField(_("language"), max_length=20, blank=True)
    held_on = models.DateField(_("day"))
    note = models.TextField(_("note"), blank=True, help_text=_("Nothing that points to a person."))

    class Meta(Record.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(name="interview_has_workers", condition=Q(workers__gt=0)),
            models.CheckConstraint(
                name="interview_place_known", condition=Q(place__in=InterviewPlace.values)
            ),
        ]


class Finding(Record):
    """A breach of a provision that the auditors found. `repeat_of`: the same breach found before at the same workplace."""

    provision = ProgramForeignKey(Provision, related_name="+")
    severity = ProgramForeignKey(Severity, related_name="+", null=True)
    title = models.CharField(_("finding"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    remedy = models.TextField(_("what would put it right"), blank=True)
    workers_affected = models.PositiveIntegerField(_("workers affected"), null=True, blank=True)
    repeat_of = ProgramForeignKey("audits.Finding", related_name="repeated_by", null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta(Record.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(name="finding_has_title", condition=~Q(title="")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["program", "inspection", "id"], name="finding_of_inspection")
        ]

    def __str__(self) -> str:
        return self.title


class Evidence(Record):
    """A photo, document or recording. Only the cleaned copy is ever served; where it was taken stands in `EvidencePlace`."""

    finding = ProgramForeignKey(Finding, related_name="evidence", null=True, blank=True)
    file = ProgramForeignKey(StoredFile, related_name="+")
    sent_sha256 = models.CharField(max_length=64, help_text="Of what the device sent, before it was cleaned.")
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    replaces = ProgramForeignKey("audits.Evidence", related_name="replaced_by", null=True, blank=True)

    class Meta(Record.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "inspection", "sent_sha256"], name="evidence_once_per_inspection"
            )
        ]


class EvidencePlace(OfInspection):
    """Where and when the device says a photo was taken: read by the team and by nobody else, never published or served."""

    evidence = ProgramForeignKey(Evidence, related_name="+")
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    taken_at = models.DateTimeField(null=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta(OfInspection.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "evidence"], name="evidence_place_once")
        ]


class Seal(OfInspection):
    """What was submitted, byte for byte: canonical JSON of all records with its hash. One per submission, never changed."""

    number = models.PositiveSmallIntegerField()
    reason = models.TextField(blank=True, help_text="Why there is another version; empty for the first.")
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    sealed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField()

    class Meta(OfInspection.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "inspection", "number"], name="seal_number_once")
        ]
