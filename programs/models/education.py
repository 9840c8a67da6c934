"""Education: what a workplace is owed, the sessions, what was handed out, and the library."""

from datetime import UTC
from hashlib import sha256

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from programs.enums import (
    NUMBERED,
    SESSION_MOVES,
    Access,
    DueBasis,
    DueState,
    EducationKind,
    MaterialKind,
    SessionState,
)
from programs.models.participations import Participation
from programs.models.seasons import Season
from programs.models.workplaces import Workplace
from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


def name_of(kind: str, number: int) -> str:
    """A kind with its number, where it has one: “Module of the course 3”."""
    label = str(EducationKind(kind).label)
    return (
        _now("%(kind)s %(number)s") % {"kind": label, "number": number}
        if number and kind in NUMBERED
        else label
    )


class EducationDue(ProgramModel):
    """One thing that a workplace is owed, with the rule as it stood when it was drawn up: a later rule rewrites nothing.

    `period` tells the same thing of different times apart. `due_on` is None where no date follows from the rules; `counted_from` is what it
    was counted from.
    """

    workplace = ProgramForeignKey(Workplace, related_name="education_dues")
    supplier = ProgramForeignKey(Participation, related_name="+")
    kind = models.CharField(_("what"), max_length=20, choices=EducationKind.choices)
    number = models.PositiveSmallIntegerField(default=0)
    period = models.CharField(max_length=60)
    season = ProgramForeignKey(Season, related_name="+", null=True, blank=True)
    opens_on = models.DateField(_("from"))
    due_on = models.DateField(_("due"), null=True, blank=True)
    basis = models.CharField(max_length=20, choices=DueBasis.choices)
    counted_from = models.DateField(null=True, blank=True)
    rule_key = models.CharField(max_length=120)
    rule_words = models.CharField(max_length=300, blank=True)
    rule_certainty = models.CharField(max_length=20, blank=True)
    rule_source = models.CharField(max_length=600, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=DueState.choices, default=DueState.OWED)
    met_on = models.DateField(_("held on"), null=True, blank=True)
    dropped_reason = models.CharField(_("reason"), max_length=600, blank=True)
    drawn_up_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "workplace", "kind", "number", "period"], name="education_due_once"
            ),
            models.CheckConstraint(
                name="education_due_kind_known", condition=Q(kind__in=EducationKind.values)
            ),
            models.CheckConstraint(name="education_due_state_known", condition=Q(state__in=DueState.values)),
            models.CheckConstraint(
                name="education_due_met_has_day",
                condition=(Q(state=DueState.MET) & Q(met_on__isnull=False))
                | (~Q(state=DueState.MET) & Q(met_on=None)),
            ),
            models.CheckConstraint(
                name="education_due_dropped_has_reason",
                condition=~Q(state=DueState.DROPPED) | ~Q(dropped_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["program", "state", "due_on", "id"], name="education_due_by_day"),
            models.Index(fields=["program", "workplace"], name="education_due_of_workplace"),
            models.Index(fields=["program", "season"], name="education_due_of_season"),
        ]

    def __str__(self) -> str:
        return name_of(self.kind, self.number)


class EducationSession(ProgramModel):
    """One session with workers. Who was there is counted and never named; no list of names is kept anywhere.

    `workers_present`: how many were at work there that day, or on a first day how many began. `counted_on`: the day from which it counts
    as held, by the program's rule on confirmation.
    """

    workplace = ProgramForeignKey(Workplace, related_name="education_sessions")
    supplier = ProgramForeignKey(Participation, related_name="+")
    due = ProgramForeignKey(EducationDue, related_name="sessions", null=True, blank=True)
    kind = models.CharField(_("what"), max_length=20, choices=EducationKind.choices)
    number = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    place = models.CharField(_("where at the workplace"), max_length=200, blank=True)
    languages = ArrayField(models.CharField(max_length=20), verbose_name=_("languages"))
    topics = ArrayField(models.CharField(max_length=200), default=list, blank=True, verbose_name=_("topics"))
    leader = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("led by"))
    leader_name = models.CharField(max_length=200)  # what the supplier is told of who comes
    worker_educators = models.PositiveSmallIntegerField(_("worker educators"), default=0)
    is_paid_time = models.BooleanField(_("on paid time"), null=True)
    state = models.CharField(
        _("state"), max_length=10, choices=SessionState.choices, default=SessionState.PLANNED
    )
    access = models.CharField(max_length=12, choices=Access.choices, default=Access.NOT_ASKED)
    access_note = models.CharField(_("what the supplier says"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    workers_present = models.PositiveIntegerField(_("workers present"), null=True, blank=True)
    attended = models.PositiveIntegerField(_("took part"), null=True, blank=True)
    counted_on = models.DateField(null=True, blank=True)
    planned_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reported_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reported_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_reason = models.CharField(_("reason"), max_length=600, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="education_session_kind_known", condition=Q(kind__in=EducationKind.values)
            ),
            models.CheckConstraint(
                name="education_session_state_known", condition=Q(state__in=SessionState.values)
            ),
            models.CheckConstraint(
                name="education_session_access_known", condition=Q(access__in=Access.values)
            ),
            models.CheckConstraint(
                name="education_session_takes_time", condition=Q(minutes__gt=0, minutes__lte=1440)
            ),
            models.CheckConstraint(
                name="education_session_not_more_than_present",
                condition=Q(attended=None, workers_present=None) | Q(attended__lte=F("workers_present")),
            ),
            models.CheckConstraint(
                name="education_session_held_is_counted",
                condition=~Q(state__in=[SessionState.HELD, SessionState.CONFIRMED])
                | Q(
                    attended__isnull=False,
                    workers_present__isnull=False,
                    is_paid_time__isnull=False,
                    reported_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="education_session_confirmed_by_somebody",
                condition=~Q(state=SessionState.CONFIRMED)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="education_session_cancelled_has_reason",
                condition=~Q(state=SessionState.CANCELLED) | ~Q(cancelled_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["program", "-starts_at", "-id"], name="education_session_by_day"),
            models.Index(fields=["program", "workplace", "starts_at"], name="education_session_of_workplace"),
            models.Index(fields=["program", "due"], name="education_session_of_due"),
        ]

    @property
    def time_and_place(self) -> str:
        """A mark of when and where it is: an answer is to these and to no others."""
        said = f"{self.starts_at.astimezone(UTC).isoformat()} {self.minutes} {self.place}"
        return sha256(said.encode()).hexdigest()

    def __str__(self) -> str:
        return name_of(self.kind, self.number)

    def may_become(self, state: SessionState) -> bool:
        """Whether the table of moves allows it."""
        return state in SESSION_MOVES[SessionState(self.state)]

    @property
    def percent(self) -> int | None:
        """Of those present, how many of a hundred took part, rounded down; None before the report, or with nobody there."""
        return self.attended * 100 // self.workers_present if self.workers_present else None  # type: ignore[operator]


class SessionNote(ProgramModel):
    """What only the program's staff may read of a session: whether management sat in, and what educators noticed."""

    session = ProgramForeignKey(EducationSession, related_name="notes")
    management_present = models.BooleanField(_("somebody of the management was in the room"))
    text = models.TextField(_("what you noticed"), blank=True)
    updated_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "session"], name="session_note_once")]


class Material(ProgramModel):
    """One thing of the library in one language and version: a file kept here, or a link."""

    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=MaterialKind.choices)
    language = models.CharField(_("language"), max_length=20)
    version = models.CharField(_("version"), max_length=40)
    link = models.URLField(_("link"), max_length=600, blank=True)
    file = ProgramForeignKey(StoredFile, related_name="+", null=True, blank=True)
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    retired_on = models.DateField(_("no longer handed out since"), null=True, blank=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "title", "language", "version"], name="education_material_once"
            ),
            models.CheckConstraint(
                name="education_material_kind_known", condition=Q(kind__in=MaterialKind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language}, {self.version})"


class Handout(ProgramModel):
    """How many of a material were handed out at a session; of a video, how many saw it."""

    session = ProgramForeignKey(EducationSession, related_name="handouts")
    material = ProgramForeignKey(Material, related_name="+")
    count = models.PositiveIntegerField(_("how many"))

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "session", "material"], name="handout_once"),
            models.CheckConstraint(name="handout_of_something", condition=Q(count__gt=0)),
        ]
