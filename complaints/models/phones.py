"""Phones that want no text messages, whoever they belong to."""

from django.db import models

from wsr.tenancy.models import ProgramModel


class StoppedPhone(ProgramModel):
    """A phone that sent STOP, as a keyed digest: also one that nobody gave, so that no answer tells whether it is known."""

    digest = models.BinaryField()
    at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "digest"], name="stopped_phone_once")]
