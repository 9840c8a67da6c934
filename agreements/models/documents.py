"""What anyone may learn about a PDF by its hash."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.enums import VersionState
from agreements.models.agreements import AgreementVersion
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class DocumentKind(models.TextChoices):
    """Which of the two documents of a version."""

    TEXT = "text", _("The text that is signed")
    COMPLETE = "complete", _("The text with its certificate page")


class PublicDocument(ProgramModel):
    """One document under its SHA-256, readable without an account by whoever has its bytes.

    `title` and `parties` stay empty until the agreement itself is public, which it is from the day it takes effect.
    """

    version = ProgramForeignKey(AgreementVersion, related_name="public_documents")
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=DocumentKind.choices)
    number = models.CharField(max_length=20)
    version_number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=VersionState.choices)
    sides = models.JSONField(default=list, help_text='Who signed, by side: ["brand", "program"].')
    title = models.CharField(max_length=300, blank=True)
    parties = models.JSONField(default=list, blank=True)
    proposed_on = models.DateField()
    signed_on = models.DateField(null=True, blank=True)
    in_force_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "version", "kind"], name="public_document_once"),
        ]
        indexes = [models.Index(fields=["sha256"], name="public_document_by_hash")]

    def __str__(self) -> str:
        return self.sha256
