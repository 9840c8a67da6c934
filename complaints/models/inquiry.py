"""Between acceptance and the outcome: the investigation, its plan, interviews, and what was found."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.enums import Outcome, Place, Way, With
from complaints.models.complaints import OfComplaint
from programs.models import Provision
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey


class Investigation(OfComplaint):
    """The investigation of a complaint, one for each; one that is begun again goes on with its plan.

    What was said in interviews has a circle and a key of its own (`complaints.operations.inquiry.notes_of`): a trigger keeps it to those
    who investigate.
    """

    way = models.CharField(_("who investigates"), max_length=20, choices=Way.choices)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta(OfComplaint.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "complaint"], name="investigation_once"),
            models.CheckConstraint(name="investigation_way_known", condition=Q(way__in=Way.values)),
        ]


class PlanStep(OfComplaint):
    """One step of the plan. In the vault: `words`. Done or dropped, never deleted."""

    ordinal = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    due_on = models.DateField(_("due"))
    planned_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta(OfComplaint.Meta):
        ordering = ("ordinal",)
        constraints = [
            models.UniqueConstraint(fields=["program", "complaint", "ordinal"], name="plan_step_once"),
            models.CheckConstraint(
                name="plan_step_ends_once",
                condition=Q(done_at=None) | Q(done_by__isnull=False, dropped_at=None),
            ),
        ]


class Interview(OfComplaint):
    """Somebody was spoken to: with whom by category, never by name. In the vault, under the key of the notes: `notes`."""

    spoken_with = models.CharField(_("with whom"), max_length=20, choices=With.choices)
    place = models.CharField(_("where"), max_length=20, choices=Place.choices, default=Place.AWAY)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    held_on = models.DateField(_("when"))
    noted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta(OfComplaint.Meta):
        ordering = ("held_on", "noted_at", "pk")
        constraints = [
            models.CheckConstraint(
                name="complaint_interview_with_known", condition=Q(spoken_with__in=With.values)
            ),
            models.CheckConstraint(
                name="complaint_interview_place_known", condition=Q(place__in=Place.values)
            ),
        ]


class Finding(OfComplaint):
    """What was found about one provision. The provision is that of one version of the code, so the finding keeps the version it was judged by.

    In the vault: `reasons`. Found anew it ends, and another row begins.
    """

    provision = ProgramForeignKey(Provision, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    workers_affected = models.PositiveIntegerField(_("workers affected"), null=True, blank=True)
    found_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(OfComplaint.Meta):
        ordering = ("provision__position", "provision__pk")
        constraints = [
            models.UniqueConstraint(
                fields=["program", "complaint", "provision"],
                condition=Q(ended_at=None),
                name="complaint_finding_once",
            ),
            models.CheckConstraint(
                name="complaint_finding_outcome_known", condition=Q(outcome__in=Outcome.values)
            ),
        ]
