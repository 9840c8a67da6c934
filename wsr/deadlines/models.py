"""Clocks, the steps of their ladders that have fired, their pauses, and the program's own days."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import UUID7
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Person
from wsr.deadlines.enums import OPEN, Basis, State, Unit
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class ClockQuerySet(models.QuerySet):
    """Chains of clocks."""

    def open(self) -> "ClockQuerySet":
        """Not met and not cancelled."""
        return self.filter(state__in=OPEN)

    def of(self, subject: Any) -> "ClockQuerySet":
        """The clocks of a row, or of ("app.model", id)."""
        subject_type, subject_id = subject_of(subject)
        return self.filter(subject_type=subject_type, subject_id=subject_id)


class Clock(ProgramModel):
    """One running limit. `title` and `url` may be shown in a portal and in a calendar: nothing confidential stands in them.

    `ladder` holds the keys of its steps in order and `rung_ats` when each is due; `rung` is the place of the next one. `wake_at` is when
    the sweep looks at it next: the next step, a later try of one that failed, or the end of a pause; empty when nothing will happen.
    """

    kind = models.CharField(_("kind"), max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    title = models.CharField(_("what"), max_length=200)
    url = models.CharField(max_length=300, blank=True)
    responsible_participation_id = models.UUIDField(_("who must act"), null=True)

    started_at = models.DateTimeField(_("started"))
    due_at = models.DateTimeField(_("due"))
    target_at = models.DateTimeField(_("own target"), null=True)
    length_value = models.PositiveIntegerField(_("length"))
    length_unit = models.CharField(max_length=20, choices=Unit.choices)
    extended_by = models.PositiveIntegerField(_("extended by"), default=0)
    extensions = models.PositiveSmallIntegerField(default=0)
    basis = models.CharField(_("set by"), max_length=20, choices=Basis.choices)
    certainty = models.CharField(_("certainty"), max_length=20, blank=True)
    source = models.CharField(_("source"), max_length=600, blank=True)
    calendar_country = models.CharField(_("calendar"), max_length=10, blank=True)
    time_zone = models.CharField(max_length=64)
    rule_version = models.CharField(max_length=16)
    skipped = models.JSONField(default=list)  # [[day, why], …]
    is_clipped = models.BooleanField(default=False)

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RUNNING)
    ladder = ArrayField(models.CharField(max_length=60), default=list)
    rung_ats = ArrayField(models.DateTimeField(), default=list)
    rung = models.PositiveSmallIntegerField(default=0)
    next_rung_at = models.DateTimeField(_("next step"), null=True)
    wake_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    met_at = models.DateTimeField(_("met"), null=True)
    missed_at = models.DateTimeField(_("missed"), null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=600, blank=True)
    started_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = ProgramModel.manager_from(ClockQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="clock_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="clock_unit_known", condition=Q(length_unit__in=Unit.values)),
            models.CheckConstraint(
                name="clock_over_has_end",
                condition=Q(state__in=OPEN, ended_at=None)
                | Q(state__in=[State.MET, State.CANCELLED], ended_at__isnull=False, wake_at=None),
            ),
            models.UniqueConstraint(
                fields=["program", "kind", "subject_type", "subject_id"],
                condition=Q(state__in=OPEN),
                name="clock_one_open",
            ),
        ]
        indexes = [
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="clock_wake"),
            models.Index(fields=["program", "due_at", "id"], name="clock_by_due"),
            models.Index(
                fields=["program", "due_at", "id"], condition=Q(ended_at=None), name="clock_open_by_due"
            ),
            models.Index(fields=["program", "subject_type", "subject_id"], name="clock_subject"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Neither met nor cancelled."""
        return self.ended_at is None

    @property
    def is_late(self) -> bool:
        """Met after it was due."""
        return self.met_at is not None and self.met_at > self.due_at

    @property
    def due(self) -> date | datetime:
        """The day of the limit where it is counted; for hours the moment."""
        moment = self.due_at.astimezone(ZoneInfo(self.time_zone))
        return moment if self.length_unit == Unit.HOURS else moment.date()

    def is_overdue(self, at: datetime) -> bool:
        """Open, counting, and past its limit at a moment."""
        return self.is_open and self.state != State.PAUSED and self.due_at < at

    @property
    def subject(self) -> tuple[str, Any]:
        """What it is about, by label and id."""
        return self.subject_type, self.subject_id


class Fired(ProgramModel):
    """A step of a clock's ladder that happened, once. `is_passed_over`: a higher one happened in its place.

    It is also the order to tell people: `told_at` is empty until that is done.
    """

    clock = ProgramForeignKey(Clock, related_name="fired")
    rung = models.CharField(max_length=60)
    planned_at = models.DateTimeField()
    fired_at = models.DateTimeField()
    is_passed_over = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "clock", "rung"], name="clock_rung_once")]
        indexes = [
            models.Index(fields=["fired_at", "id"], condition=Q(told_at=None), name="clock_rung_untold")
        ]


class Pause(ProgramModel):
    """A time during which a clock did not count. `until` is the last moment its ceiling allows."""

    clock = ProgramForeignKey(Clock, related_name="pauses")
    since = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=600)
    paused_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "clock"], condition=Q(ended_at=None), name="clock_one_pause"
            ),
            models.CheckConstraint(
                name="clock_pause_ends_after_start",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("since")),
            ),
        ]


class Asked(ProgramModel):
    """An act on a clock by somebody who may not touch clocks (a portal, a worker, an auditor): the next tick does it."""

    act = models.CharField(
        max_length=10, choices=[("start", "start"), ("meet", "meet"), ("cancel", "cancel")]
    )
    kind = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    values = models.JSONField(default=dict)
    participation_id = models.UUIDField(null=True)  # of the portal that asks: it meets its own clocks only
    at = models.DateTimeField()
    failed_at = models.DateTimeField(
        null=True
    )  # it could not be done; tried again later, without holding up the others

    class Meta(ProgramModel.Meta):
        indexes = [models.Index(fields=["at", "id"], name="clock_asked_first")]


class WorkingWeek(ProgramModel):
    """The program's own weekly rest days in a country (Monday is 0). The row without a country names the one that `stands_for` none."""

    country = models.CharField(_("country"), max_length=10, blank=True)
    rest_weekdays = ArrayField(models.PositiveSmallIntegerField(), null=True, blank=True)
    stands_for = models.CharField(max_length=10, blank=True)
    set_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "country"], name="working_week_once")]


class CalendarDay(ProgramModel):
    """A single day that the program counts otherwise than the calendar does. Without a country it holds for all."""

    country = models.CharField(_("country"), max_length=10, blank=True)
    day = models.DateField(_("day"))
    is_working = models.BooleanField(_("counts as a working day"))
    reason = models.CharField(_("reason"), max_length=200)
    set_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        ordering = ["day", "country", "id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "country", "day"], name="calendar_day_once")
        ]


class Feed(models.Model):
    """A person's calendar address, over all her programs. Only the digest of its token is kept."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(revoked_at=None), name="calendar_feed_one")
        ]


def subject_of(subject: Any) -> tuple[str, Any]:
    """("app.model", id) of a saved row, or of such a pair itself."""
    return subject if isinstance(subject, tuple) else (subject._meta.label_lower, subject.pk)
