"""The program's own words on the pages of workers, and recordings that say them. Never changed: ended, and a new version begun."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.tenancy.models import ProgramForeignKey, ProgramModel

MOST = 800  # letters of one text, whatever it is


class OwnVersion(ProgramModel):
    """What a program set in place of the words of this software, in one language, for a while."""

    key = models.SlugField(_("key"), max_length=60, help_text="As in `complaints.wording`.")
    language = models.CharField(_("language"), max_length=10)
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)

    class Meta(ProgramModel.Meta):
        abstract = True


class ProgramText(OwnVersion):
    """One text in one language, one paragraph without markup. It may hold words in braces that are filled in, such as {program}."""

    words = models.CharField(_("words"), max_length=MOST)

    class Meta(OwnVersion.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "key", "language"], condition=Q(ended_at=None), name="program_text_once"
            ),
            models.CheckConstraint(name="program_text_has_words", condition=~Q(words="")),
            models.CheckConstraint(
                name="program_text_ends_after_start",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("set_at"), ended_by__isnull=False),
            ),
        ]


class Recording(OwnVersion):
    """A question, read aloud. What a worker's page needs of the file stands here: she has no right to any list of files."""

    file = ProgramForeignKey(StoredFile, related_name="+")
    sha256 = models.CharField(max_length=64, help_text="Of the cleaned copy, as in `file`.")
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="Bytes.")

    class Meta(OwnVersion.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "key", "language"], condition=Q(ended_at=None), name="recording_once"
            ),
            models.CheckConstraint(
                name="recording_is_audio",
                condition=Q(media_type__startswith="audio/", sha256__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="recording_ends_after_start",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("set_at"), ended_by__isnull=False),
            ),
        ]
