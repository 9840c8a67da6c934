"""An import and everything it needs to be checked, applied, repeated and undone."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.imports.enums import Act, Answer, State, Status
from wsr.said import SentenceField
from wsr.tenancy.models import Program, ProgramForeignKey, ProgramModel


def as_percent(score: float) -> int:
    """A likeness from 0 to 1 as a whole number from 0 to 99."""
    return min(99, int(score * 100))


class PartOfBatch(ProgramModel):
    """What an import has a row of for every line of its file.

    The key of its batch says which program it is in, and every index of its own begins with the program: a key and an index of the
    program alone would only be kept up.
    """

    program = models.ForeignKey(
        Program, models.PROTECT, related_name="+", editable=False, db_constraint=False, db_index=False
    )

    class Meta(ProgramModel.Meta):
        abstract = True


class Batch(ProgramModel):
    """One uploaded file on its way into the program."""

    file = ProgramForeignKey(StoredFile, related_name="+")
    target = models.CharField(_("what is in the file"), max_length=40)
    source = models.CharField(_("name of the list"), max_length=120)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    encoding = models.CharField(_("encoding"), max_length=30, blank=True, help_text=_("Empty: as detected."))
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    mapping = models.JSONField(
        default=dict, help_text="{column name: field key}; columns left out are absent."
    )
    defaults = models.JSONField(default=dict, help_text="{field key: value for rows that have none}")
    repairs = models.JSONField(
        default=dict, help_text='{kind of repair: "*" or ["line:field", …]} that a person accepted.'
    )
    reading = models.JSONField(
        default=dict, help_text="How the file was read: kind, encoding, title, notes, totals."
    )
    counts = models.JSONField(default=dict, help_text="{status: rows}")
    job_id = models.UUIDField(null=True)
    uploaded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    applied_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="import_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="import_applied_has_date",
                condition=Q(state__in=[State.UPLOADED, State.CHECKED]) | Q(applied_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["program", "-uploaded_at", "id"], name="import_newest")]

    def __str__(self) -> str:
        return self.source


class Row(PartOfBatch):
    """One row of a file: as it was read, as it was understood, and what will happen with it."""

    batch = ProgramForeignKey(Batch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveIntegerField()
    raw = models.JSONField(help_text="Cells in the order of the columns kept.")
    cleaned = models.JSONField(default=dict)
    errors = models.JSONField(default=dict, help_text="{field key: sentence}; the row cannot be applied.")
    remarks = models.JSONField(default=dict, help_text="{field key: sentence}; the row can be applied.")
    offers = models.JSONField(
        default=list, help_text="[{field, kind, before, after}]: repairs a person may accept."
    )
    status = models.CharField(max_length=10, choices=Status.choices)
    reason = SentenceField(blank=True)
    identity = models.CharField(
        max_length=64, blank=True, help_text="What makes the row the same in the next file; a hash."
    )
    name_key = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=2, blank=True)
    address_key = models.CharField(max_length=600, blank=True)
    object_id = models.UUIDField(null=True, help_text="What the row is, or will be, in the program.")
    same_as = models.PositiveIntegerField(
        null=True, help_text="Line of an earlier row that is the same object."
    )
    candidates = models.JSONField(default=list, help_text="[{id, line, name, place, score}], best first.")
    score = models.FloatField(null=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "batch", "line"], name="import_row_line_once"),
            models.CheckConstraint(name="import_row_status_known", condition=Q(status__in=Status.values)),
        ]
        indexes = [
            models.Index(fields=["program", "batch", "status", "line"], name="import_row_by_status"),
            models.Index(fields=["program", "batch", "identity"], name="import_row_identity"),
        ]

    @property
    def percent(self) -> int:
        """How alike the best candidate is; a hundred would say more than letters can."""
        return as_percent(self.score or 0.0)


class Decision(ProgramModel):
    """A person said whether a row is a known object. It is never asked again."""

    target = models.CharField(max_length=40)
    identity = models.CharField(max_length=64)
    candidate = models.CharField(
        max_length=64, help_text="Id of the known object, or identity of the other row."
    )
    answer = models.CharField(max_length=10, choices=Answer.choices)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "target", "identity", "candidate"], name="import_decision_once"
            ),
        ]


class Mapping(ProgramModel):
    """What the columns of files with these headers mean in this program."""

    signature = models.CharField(max_length=64)
    target = models.CharField(max_length=40)
    columns = models.JSONField()
    defaults = models.JSONField(default=dict)
    source = models.CharField(max_length=120)
    saved_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "signature"], name="import_mapping_once")]


class Link(PartOfBatch):
    """A row of a list is an object of the program: where the object comes from, and how the next file finds it."""

    target = models.CharField(max_length=40)
    source = models.CharField(max_length=120)
    identity = models.CharField(max_length=64)
    object_id = models.UUIDField()
    first_batch = ProgramForeignKey(Batch, related_name="+", db_index=False)
    last_batch = ProgramForeignKey(Batch, related_name="links")
    ended_at = models.DateTimeField(null=True, help_text="When a later file of this list no longer named it.")

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "target", "source", "identity"], name="import_link_once"
            ),
        ]
        indexes = [
            models.Index(fields=["program", "object_id"], name="import_link_object"),
            models.Index(fields=["program", "target", "identity"], name="import_link_identity"),
        ]


class Change(PartOfBatch):
    """One stored row that applying created or changed, with what it was before: what undo needs."""

    batch = ProgramForeignKey(Batch, related_name="changes", db_index=False)
    step = models.PositiveSmallIntegerField(help_text="Order of applying; undone backwards.")
    table = models.CharField(max_length=60)
    object_id = models.UUIDField()
    act = models.CharField(max_length=10, choices=Act.choices)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    kept = SentenceField(blank=True, help_text="Why undo left it as it is.")
    undone_at = models.DateTimeField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="import_change_act_known", condition=Q(act__in=Act.values))
        ]
        indexes = [
            models.Index(fields=["program", "batch", "table", "object_id"], name="import_change_batch")
        ]
