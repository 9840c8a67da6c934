"""A job: long work of one program that survives the death of any process."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Person
from wsr.said import SentenceField
from wsr.tenancy.models import ProgramModel


class State(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class JobQuerySet(models.QuerySet):
    """Chains of jobs."""

    def open(self) -> "JobQuerySet":
        """Waiting or running."""
        return self.filter(state__in=[State.QUEUED, State.RUNNING])


class Job(ProgramModel):
    """One piece of long work. `params` holds ids only, never a person's words."""

    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    title = SentenceField()
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    message = SentenceField(blank=True)

    objects = ProgramModel.manager_from(JobQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="job_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="job_ended_when_over",
                condition=Q(state__in=[State.QUEUED, State.RUNNING], ended_at=None)
                | Q(state__in=[State.DONE, State.FAILED, State.CANCELLED], ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(ended_at=None), name="job_open"),
            models.Index(fields=["program", "-asked_at", "id"], name="job_newest"),
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def is_open(self) -> bool:
        """Waiting or running."""
        return self.ended_at is None

    @property
    def percent(self) -> int:
        """Progress from 0 to 100."""
        return (
            100 if self.state == State.DONE else min(99, self.done * 100 // self.total) if self.total else 0
        )
