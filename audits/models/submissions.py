"""What phones sent as filled forms, kept as it came: what could not be taken is not lost, and a repeat is told from something new."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from audits.models.inspections import OfInspection
from wsr.accounts.models import Person


class FieldSubmission(OfInspection):
    """One filled form of one visit. `set_aside`: what of it could not be taken, where it stands in the form and why."""

    instance_id = models.CharField(max_length=80)
    form_version = models.CharField(max_length=40, blank=True)
    sha256 = models.CharField(max_length=64)
    body = models.TextField()
    files = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    set_aside = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    class Meta(OfInspection.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "inspection", "instance_id"], name="field_submission_once"
            )
        ]
