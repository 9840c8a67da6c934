"""Stored uploads, kept once per program under the hash of their content."""

from pathlib import Path

from django.conf import settings
from django.db import models

from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramModel, secret_of_field


class StoredFile(ProgramModel):
    """One file as it was sent. Its content lies under `FILES_DIR` by hash; the name is what its sender called it.

    `participation_id`: the participant whose portal may read it, who sent it or for whom it was made. None: staff only.
    `circle_id`: the circle whose members among auditors may read it; `secret_of`: that circle while staff outside it may not.
    """

    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    stored_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    stored_at = models.DateTimeField()
    participation_id = models.UUIDField(null=True)
    circle_id = models.UUIDField(null=True)
    secret_of = secret_of_field()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "sha256", "name", "participation_id", "circle_id"],
                name="stored_file_once_per_reader",
                nulls_distinct=False,
            )
        ]

    @property
    def path(self) -> Path:
        """Where the content lies."""
        return content_path(self.sha256)


def content_path(sha256: str) -> Path:
    """Two levels of folders, so that none grows without bound."""
    return Path(settings.FILES_DIR) / sha256[:2] / sha256
