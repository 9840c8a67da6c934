"""Stored files, kept once under the hash of their content, and uploads that arrive in pieces."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey, ProgramModel, secret_of_field


class StoredFile(ProgramModel):
    """One file. Its content, cleaned where people sent it, lies under `FILES_DIR` by hash; the name is what its sender called it.

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
    shared_from = models.UUIDField(null=True, help_text="The file whose content this row lets a circle read.")

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "sha256", "name", "participation_id", "circle_id", "shared_from"],
                name="stored_file_once_per_reader",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["sha256"], name="stored_file_by_content")]

    @property
    def kind_in_words(self) -> str:
        """What it is, for people: photo, PDF, recording, document."""
        return kind_in_words(self.media_type)

    @property
    def path(self) -> Path:
        """Where the content lies."""
        return content_path(self.sha256)


def content_path(sha256: str) -> Path:
    """Two levels of folders, so that none grows without bound."""
    return Path(settings.FILES_DIR) / sha256[:2] / sha256


class SealedFile(ProgramModel):
    """One file of a case, cleaned, encrypted under the key of the case, and nowhere in clear. For its circle and the worker herself.

    Its content lies in a folder of its own under its id; see `wsr.files.sealed`. What it was called is in the vault, where its room put it.
    """

    case_id = models.UUIDField()
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="Bytes, before encryption.")
    stored_at = models.DateTimeField()

    @property
    def kind_in_words(self) -> str:
        """What it is, for people: photo, PDF, recording, document."""
        return kind_in_words(self.media_type)

    @property
    def path(self) -> Path:
        """Where its envelope lies."""
        return Path(settings.FILES_DIR) / ".sealed" / str(self.program_id) / str(self.pk)


class PersonalFile(ProgramModel):
    """A file that this installation made for one person, such as an export. Nobody else reads it; it is gone after `expires_at`."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    stored_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        indexes = [models.Index(fields=["expires_at"], name="personal_file_by_end")]

    @property
    def path(self) -> Path:
        """Where it lies: under ids alone."""
        return Path(settings.FILES_DIR) / ".personal" / str(self.program_id) / str(self.pk)


def kind_in_words(media_type: str) -> str:
    """What a file is, for people: photo, PDF, recording, document."""
    main, _slash, kind = media_type.partition("/")
    if kind == "pdf":
        return _("PDF")
    return str({"image": _("photo"), "audio": _("recording"), "text": _("text")}.get(main, _("document")))


class Upload(ProgramModel):
    """A file on its way, in pieces that follow one another; seen by the person who sends it and by nobody else.

    `received`: bytes from the start that are safely on disk. What was sent is thrown away once it is cleaned into `file`; `said` holds what
    the device wrote into a photo until it is moved to its sealed place.
    """

    owner = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text="Bytes, as declared.")
    sha256 = models.CharField(max_length=64, help_text="As declared; compared when all is there.")
    chunk_size = models.PositiveIntegerField(help_text="The longest piece, in bytes.")
    received = models.PositiveBigIntegerField(default=0)
    participation_id = models.UUIDField(null=True)
    circle_id = models.UUIDField(null=True)
    secret_of = secret_of_field()
    file = ProgramForeignKey(StoredFile, related_name="+", null=True)
    said = models.JSONField(default=dict, blank=True)
    opened_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "owner", "sha256", "participation_id", "circle_id"],
                name="upload_once_per_person",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="upload_not_more_than_declared", condition=Q(received__lte=F("size"), size__gt=0)
            ),
            models.CheckConstraint(name="upload_hash_is_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]
        indexes = [models.Index(fields=["program", "touched_at"], name="upload_by_touch")]

    @property
    def is_finished(self) -> bool:
        """Whether the cleaned copy is kept."""
        return self.file_id is not None

    @property
    def path(self) -> Path:
        """Where the pieces lie: under ids alone."""
        return Path(settings.FILES_DIR) / ".uploads" / str(self.program_id) / str(self.pk)
