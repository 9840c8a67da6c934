"""Inspections, who is on the team, and who is barred by a tie to the supplier."""

from datetime import date
from decimal import ROUND_CEILING
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.enums import (
    ASSIGNMENT_MOVES,
    FIELD_STATES,
    INSPECTION_MOVES,
    OVER,
    AssignmentState,
    InspectionKind,
    InspectionState,
    TeamRole,
    Tie,
)
from programs.models import CodeVersion, Participation, Season, Workplace
from wsr.accounts.models import Person
from wsr.tenancy.models import OPEN, ProgramForeignKey, ProgramModel, secret_of_field


class InspectionQuerySet(models.QuerySet):
    """Chains of inspections."""

    def unfinished(self) -> "InspectionQuerySet":
        """Neither issued nor cancelled."""
        return self.exclude(state__in=(InspectionState.ISSUED, InspectionState.CANCELLED))

    def over(self) -> "InspectionQuerySet":
        """The visit took place and was submitted."""
        return self.filter(state__in=OVER)

    def between(self, start: date, end: date) -> "InspectionQuerySet":
        """Planned to touch the days from `start` to `end`, both included."""
        return self.filter(starts_on__lte=end, ends_on__gte=start)


class Inspection(ProgramModel):
    """One visit to one workplace, from the plan to the issued report.

    `secret_of`: its own id while nobody outside the team may know of it, see `wsr.tenancy.circles`. An unannounced inspection is opened
    when its visit is over. `number` is given then as well: gaps in numbers would tell. What the auditors need of the place is
    copied when it is planned: they read no lists of the program, and the record stays true to its day.
    """

    secret_of = secret_of_field()
    kind = models.CharField(_("kind"), max_length=20, choices=InspectionKind.choices)
    state = models.CharField(max_length=20, choices=InspectionState.choices, default=InspectionState.PLANNED)
    number = models.PositiveIntegerField(_("number"), null=True, editable=False)
    is_announced = models.BooleanField(_("announced"))
    supplier = ProgramForeignKey(Participation, related_name="inspections")
    workplace = ProgramForeignKey(Workplace, related_name="inspections")
    season = ProgramForeignKey(Season, related_name="+", null=True, blank=True)
    code = ProgramForeignKey(CodeVersion, related_name="+")
    follows = ProgramForeignKey("audits.Inspection", related_name="followed_by", null=True, blank=True)
    supplier_name = models.CharField(max_length=300)
    workplace_name = models.CharField(max_length=300)
    address = models.CharField(max_length=900, blank=True)
    country = models.CharField(max_length=2)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    languages = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    purpose = models.TextField(_("what the team should look at"), blank=True)
    workers_present = models.PositiveIntegerField(_("workers present"), null=True, blank=True)
    interview_share = models.DecimalField(
        _("share of workers to interview"),
        max_digits=5,
        decimal_places=4,
        null=True,
        help_text="The program's floor on the day of the plan; 0.5 is half. None: the program has set none.",
    )
    few_interviews_reason = models.TextField(_("why fewer were interviewed"), blank=True)
    summary = models.TextField(_("summary"), blank=True)
    planned_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    arrived_at = models.DateTimeField(_("arrived"), null=True)
    left_at = models.DateTimeField(_("left"), null=True)
    submitted_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.TextField(blank=True)
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="Grows with every change; the API's ETag.")

    objects: ClassVar = ProgramModel.manager_from(InspectionQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="inspection_kind_known", condition=Q(kind__in=InspectionKind.values)),
            models.CheckConstraint(
                name="inspection_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="inspection_share_is_share",
                condition=Q(interview_share=None) | Q(interview_share__gte=0, interview_share__lte=1),
            ),
            # An unannounced visit is known to its team alone until it was submitted; a cancelled one stays with them.
            models.CheckConstraint(
                name="inspection_secret_until_over",
                condition=Q(is_announced=True)
                | ~Q(secret_of=OPEN)
                | Q(left_at__isnull=False)
                | Q(state__in=(*OVER, InspectionState.CANCELLED)),
            ),
            models.CheckConstraint(
                name="inspection_secret_has_no_number",
                condition=Q(secret_of=OPEN) | Q(number=None),
            ),
            models.UniqueConstraint(fields=["program", "number"], name="inspection_number_once"),
        ]
        indexes = [
            models.Index(fields=["program", "updated_at", "id"], name="inspection_by_change"),
            models.Index(fields=["program", "workplace", "-starts_on"], name="inspection_of_workplace"),
            models.Index(fields=["program", "supplier", "-starts_on"], name="inspection_of_supplier"),
            models.Index(fields=["program", "starts_on", "id"], name="inspection_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.number}" if self.number else self.get_kind_display()

    def may_become(self, state: InspectionState) -> bool:
        """Whether the table of moves allows it."""
        return state in INSPECTION_MOVES[InspectionState(self.state)]

    @property
    def is_secret(self) -> bool:
        """Whether only its team may know of it."""
        return self.secret_of != OPEN

    @property
    def is_writable(self) -> bool:
        """Whether the records of the visit may be written: during it, and after it was returned."""
        return self.state in FIELD_STATES

    def interviews_needed(self) -> int | None:
        """How many workers must be interviewed: the share of those present, rounded up. None: no floor, or nobody counted.

        120 workers and a floor of half: 60. Source: `domain.md` 5.6, F10.
        """
        if self.interview_share is None or self.workers_present is None:
            return None
        return int((self.interview_share * self.workers_present).to_integral_value(ROUND_CEILING))


class OfInspection(ProgramModel):
    """Base of what belongs to one inspection. The supplier stands here too, so that those barred from it see none of it."""

    secret_of = secret_of_field()
    inspection = ProgramForeignKey(Inspection, related_name="%(class)ss")
    supplier = ProgramForeignKey(Participation, related_name="+")

    class Meta(ProgramModel.Meta):
        abstract = True


class TeamMember(OfInspection):
    """Somebody on the team, or asked to join it. Who stands here and has not left is in the inspection's circle."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=TeamRole.choices)
    state = models.CharField(max_length=20, choices=AssignmentState.choices, default=AssignmentState.ASKED)
    name = models.CharField(max_length=200, help_text="As she was called on that day.")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta(OfInspection.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "inspection", "person"], name="team_member_once"),
            models.CheckConstraint(name="team_role_known", condition=Q(role__in=TeamRole.values)),
        ]

    def __str__(self) -> str:
        return self.get_role_display()

    def may_become(self, state: AssignmentState) -> bool:
        """Whether the table of moves allows it."""
        return state in ASSIGNMENT_MOVES[AssignmentState(self.state)]


class Declaration(OfInspection):
    """What somebody declared about her independence from the supplier before joining: an answer to each kind of tie. Never changed."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ties = ArrayField(models.CharField(max_length=20, choices=Tie.choices), default=list, blank=True)
    statement = models.TextField(blank=True)
    declared_at = models.DateTimeField()

    @property
    def bars(self) -> bool:
        """Whether any tie stands in the way."""
        return bool(self.ties)


class Bar(ProgramModel):
    """A person may have nothing to do with inspections of a supplier: she gets 404, also as staff. Ended, never deleted.

    It holds at once, and is itself as secret as the inspection at which the tie was declared.
    """

    secret_of = secret_of_field()
    inspection = ProgramForeignKey(Inspection, related_name="bars", null=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    supplier = ProgramForeignKey(Participation, related_name="+")
    tie = models.CharField(_("tie"), max_length=20, choices=Tie.choices)
    note = models.TextField(_("note"), blank=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "person", "supplier", "tie"], condition=Q(ended_at=None), name="bar_once"
            ),
            models.CheckConstraint(name="bar_tie_known", condition=Q(tie__in=Tie.values)),
        ]
