"""What people keep of lists: views, acts on several rows, files made in the background, reports that are sent regularly."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import MD5
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Person
from wsr.said import SentenceField
from wsr.tenancy.models import OPEN, ProgramForeignKey, ProgramModel


class SavedView(ProgramModel):
    """The filters, columns and sort of a list under a name. `page` is the view (`programs:workplaces`), `query` its words.

    `is_pinned` and `is_default` hold for whoever sees it: its keeper, or everyone in the program where it is shared.
    """

    table = models.CharField(max_length=60)
    page = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=80)
    query = models.TextField(blank=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    shared = models.BooleanField(_("shared with everyone in the program"), default=False)
    is_pinned = models.BooleanField(_("shown above the list"), default=False)
    is_default = models.BooleanField(_("the list opens with it"), default=False)
    created_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "person", "table", "name"], name="saved_view_name_once_per_person_and_list"
            ),
            models.CheckConstraint(name="saved_view_has_name", condition=~models.Q(name="")),
            models.UniqueConstraint(
                fields=["program", "person", "table"],
                condition=models.Q(is_default=True),
                name="saved_view_one_default_per_person_and_list",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BatchState(models.TextChoices):
    """How far an act on several rows is."""

    ASKED = "asked", _("To be filled in")
    READY = "ready", _("To be confirmed")
    DONE = "done", _("Done")
    UNDONE = "undone", _("Taken back")


class RowState(models.TextChoices):
    """What becomes, or became, of one row."""

    CHOSEN = "chosen", _("Chosen")
    WILL = "will", _("Will be done")
    LEFT_OUT = "left_out", _("Left out")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Not done")
    UNDONE = "undone", _("Taken back")
    KEPT = "kept", _("Not taken back")


class Batch(ProgramModel):
    """One act of one person on several rows of a list; nobody else sees it. Kept for some weeks, history for ever.

    `path` and `query`: the list as it was shown. `given`: what was filled in, as it was typed. `job_id`: the job that does the next step.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    table = models.CharField(max_length=60)
    path = models.CharField(max_length=300)
    query = models.TextField(blank=True)
    act = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.ASKED)
    given = models.JSONField(default=dict, blank=True)
    job_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    undo_until = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="batch_state_known", condition=models.Q(state__in=BatchState.values)),
            models.CheckConstraint(
                name="batch_done_has_day",
                condition=models.Q(state__in=[BatchState.ASKED, BatchState.READY], done_at=None)
                | models.Q(state__in=[BatchState.DONE, BatchState.UNDONE], done_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["made_at"], name="batch_by_age")]

    def __str__(self) -> str:
        return f"{self.table}: {self.act}"


class BatchRow(ProgramModel):
    """One row of a batch. `was` and `became`: its columns before and after, for taking the act back."""

    # only the sweep deletes a batch, its rows first: with CASCADE Django would read what the engine may not
    batch = ProgramForeignKey(Batch, on_delete=models.DO_NOTHING, related_name="rows")
    person_id = models.UUIDField()  # of the batch, for its fence
    position = models.PositiveIntegerField()
    subject_id = models.UUIDField()
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=RowState.choices, default=RowState.CHOSEN)
    says = models.TextField(blank=True)
    was = models.JSONField(null=True)
    became = models.JSONField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "batch", "subject_id"], name="batch_row_once"),
            models.CheckConstraint(
                name="batch_row_state_known", condition=models.Q(state__in=RowState.values)
            ),
        ]


class Every(models.TextChoices):
    """How often a report is sent."""

    WEEK = "week", _("Every week, on its first working day")
    MONTH = "month", _("Every month, on its first working day")
    QUARTER = "quarter", _("Every quarter, on its first working day")


class Format(models.TextChoices):
    """What a list is written as."""

    CSV = "csv", _("Comma-separated (CSV)")
    XLSX = "xlsx", _("Spreadsheet (XLSX)")


class Schedule(ProgramModel):
    """A list that somebody has sent to her regularly, under the name of the view it was made from.

    It is made as she may see it on that day. `next_at`: from when the next one is made. `stopped_why` is set where it stopped by itself.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    table = models.CharField(max_length=60)
    path = models.CharField(max_length=300)
    query = models.TextField(blank=True)
    file_format = models.CharField(_("as"), max_length=4, choices=Format.choices, default=Format.XLSX)
    every = models.CharField(_("how often"), max_length=10, choices=Every.choices)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    stopped_why = SentenceField(blank=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="schedule_every_known", condition=models.Q(every__in=Every.values)),
            models.CheckConstraint(
                name="schedule_format_known", condition=models.Q(file_format__in=Format.values)
            ),
            models.UniqueConstraint(
                "program",
                "person",
                "path",
                MD5("query"),
                "every",
                "file_format",
                condition=models.Q(stopped_at=None),
                name="schedule_running_once",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=models.Q(stopped_at=None), name="schedule_due")]

    def __str__(self) -> str:
        return self.name


class Export(ProgramModel):
    """A file of a list that is made in the background for one person; the file has the same id (`files.PersonalFile`).

    `period`: the first day of the week, month or quarter that a schedule made it for; there is one for each.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    table = models.CharField(max_length=60)
    path = models.CharField(max_length=300)
    query = models.TextField(blank=True)
    file_format = models.CharField(max_length=4, choices=Format.choices)
    asked_at = models.DateTimeField()
    job_id = models.UUIDField(null=True)
    schedule = ProgramForeignKey(Schedule, related_name="+", null=True)
    period = models.DateField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="export_format_known", condition=models.Q(file_format__in=Format.values)
            ),
            models.UniqueConstraint(fields=["program", "schedule", "period"], name="export_once_per_period"),
            models.CheckConstraint(
                name="export_of_schedule_has_period",
                condition=models.Q(schedule=None, period=None)
                | models.Q(schedule__isnull=False, period__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], name="export_by_age")]

    def __str__(self) -> str:
        return self.name


class Answer(ProgramModel):
    """What waited for one person in one program when she was last asked for it, and what that was made of; hers alone, and forgotten after some days.

    It holds while nothing in `reads` was touched outside of `snapshot` (`wsr.ui.answers`). `audience`, `organization_id`: what she was there,
    `made_for`: everything else that the words depend on. `day`: the day it is of, where it depends on that. `is_whole`: nothing in it is asked
    anew each time. `parts`: what each function of a room said, `tasks`: what the page shows of it.
    """

    person_id = models.UUIDField()
    audience = models.CharField(max_length=10)
    organization_id = models.UUIDField(default=OPEN)
    language = models.CharField(max_length=10)
    made_for = models.CharField(max_length=64)
    epoch = models.CharField(max_length=100)
    snapshot = models.TextField()
    reads = ArrayField(models.CharField(max_length=63))
    day = models.CharField(max_length=21, blank=True)
    is_whole = models.BooleanField()
    parts = models.JSONField()
    tasks = models.JSONField()
    made_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "person_id", "audience", "organization_id", "language"],
                name="answer_once",
            )
        ]
        indexes = [models.Index(fields=["person_id", "language"], name="answers_of_person")]

    def __str__(self) -> str:
        return f"{self.audience}, {self.made_at}"
