"""The climb of a supplier along the program's ladder: cases, steps, letters, meetings."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.enums import EscalationState, MeetingState, Recipient, StepKind
from programs.models import Participation, Rung, StandingEvent, Workplace
from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class EscalationQuerySet(models.QuerySet):
    """Chains of escalations."""

    def open(self) -> "EscalationQuerySet":
        """Not closed."""
        return self.filter(state=EscalationState.OPEN)


class Escalation(ProgramModel):
    """A supplier on the ladder, as a whole or for one workplace. `lead`: it stands here because of another supplier of its group."""

    serial = models.PositiveIntegerField(editable=False)
    supplier = ProgramForeignKey(Participation, related_name="escalations")
    workplace = ProgramForeignKey(Workplace, related_name="escalations", null=True, blank=True)
    lead = ProgramForeignKey("self", related_name="followers", null=True, blank=True)
    rung = ProgramForeignKey(Rung, related_name="+")
    rung_since = models.DateField(_("since"))
    state = models.CharField(
        _("state"), max_length=10, choices=EscalationState.choices, default=EscalationState.OPEN
    )
    trigger = models.CharField(_("what started it"), max_length=300)
    provision_reference = models.CharField(_("provision"), max_length=100, blank=True)
    condition_for_return = models.TextField(_("what must be proven before it returns"), blank=True)
    condition_note = models.TextField(_("how it was proven"), blank=True)
    condition_file = ProgramForeignKey(StoredFile, related_name="+", null=True, blank=True)
    condition_met_on = models.DateField(_("condition fulfilled"), null=True, blank=True)
    proposed_rung = ProgramForeignKey(Rung, related_name="+", null=True, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    brands_told = models.PositiveIntegerField(
        default=0, help_text="How many brands were given a duty; the supplier may know how many, never which."
    )
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    outcome = models.TextField(_("outcome"), blank=True)

    objects = ProgramModel.manager_from(EscalationQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "serial"], name="escalation_number_once"),
            models.UniqueConstraint(
                fields=["program", "supplier", "workplace"],
                condition=Q(state=EscalationState.OPEN),
                name="escalation_one_open",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="escalation_state_known", condition=Q(state__in=EscalationState.values)
            ),
            models.CheckConstraint(
                name="escalation_closed_has_time",
                condition=Q(state=EscalationState.OPEN, closed_at=None)
                | Q(state=EscalationState.CLOSED, closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="escalation_condition_met_is_proven",
                condition=Q(condition_met_on=None) | ~Q(condition_note=""),
            ),
        ]
        indexes = [models.Index(fields=["program", "state", "rung_since", "id"], name="escalation_by_state")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As people say it."""
        return f"E-{self.serial:04d}"

    @property
    def is_open(self) -> bool:
        """Not closed."""
        return self.state == EscalationState.OPEN

    @property
    def waits_for_proof(self) -> bool:
        """Something must be proven before it returns, and is not."""
        return bool(self.condition_for_return) and self.condition_met_on is None


class EscalationStep(ProgramModel):
    """One thing that happened to a case. Never changed."""

    escalation = ProgramForeignKey(Escalation, related_name="steps")
    supplier = ProgramForeignKey(Participation, related_name="+")
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    rung = ProgramForeignKey(Rung, related_name="+")
    from_rung = ProgramForeignKey(Rung, related_name="+", null=True)
    effective_on = models.DateField(_("effective"))
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=200, blank=True)
    reason = models.TextField(_("reason"))
    provision_reference = models.CharField(_("provision"), max_length=100, blank=True)
    is_override = models.BooleanField(default=False)
    standing_event = ProgramForeignKey(StandingEvent, related_name="+", null=True)

    class Meta(ProgramModel.Meta):
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(name="escalation_step_kind_known", condition=Q(kind__in=StepKind.values)),
            models.CheckConstraint(name="escalation_step_has_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["program", "escalation", "-at"], name="escalation_step_newest")]


class LetterText(ProgramModel):
    """The program's own words of a letter: for one rung, to one kind of reader, in one language."""

    rung = ProgramForeignKey(Rung, related_name="letter_texts")
    to = models.CharField(_("to"), max_length=10, choices=Recipient.choices)
    language = models.CharField(_("language"), max_length=10)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    source = models.CharField(_("source"), max_length=300, blank=True)
    set_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        ordering = ["to", "language", "id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "rung", "to", "language"], name="letter_text_once"),
            models.CheckConstraint(name="letter_text_to_known", condition=Q(to__in=Recipient.values)),
        ]


class Letter(ProgramModel):
    """One letter of one step: written in the transaction of the step, printed and sent right after it.

    The words are fixed when it is written; the PDF's SHA-256 is kept when it is printed.
    """

    serial = models.PositiveIntegerField(editable=False)
    escalation = ProgramForeignKey(Escalation, related_name="letters")
    step = ProgramForeignKey(EscalationStep, related_name="letters")
    to = models.CharField(max_length=10, choices=Recipient.choices)
    participation = ProgramForeignKey(Participation, related_name="letters", null=True)
    workplace = ProgramForeignKey(Workplace, related_name="+", null=True)
    addressee = models.CharField(_("to"), max_length=300)
    language = models.CharField(max_length=10)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField()
    written_on = models.DateField(_("date"))
    file = ProgramForeignKey(StoredFile, related_name="+", null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    acknowledged_at = models.DateTimeField(_("received"), null=True)
    acknowledged_name = models.CharField(max_length=200, blank=True)

    class Meta(ProgramModel.Meta):
        ordering = ["-serial"]
        constraints = [
            models.UniqueConstraint(fields=["program", "serial"], name="letter_number_once"),
            models.UniqueConstraint(
                fields=["program", "step", "to", "participation", "workplace", "language"],
                name="letter_once_per_step",
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="letter_to_known", condition=Q(to__in=Recipient.values)),
            models.CheckConstraint(
                name="letter_sent_is_printed",
                condition=Q(sent_at=None) | Q(file__isnull=False) & ~Q(sha256=""),
            ),
            models.CheckConstraint(
                name="letter_received_by_somebody",
                condition=Q(acknowledged_at=None) | Q(sent_at__isnull=False) & ~Q(acknowledged_name=""),
            ),
        ]
        indexes = [models.Index(fields=["program", "participation"], name="letter_of_participation")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As it is printed."""
        return f"L-{self.serial:05d}"


class Meeting(ProgramModel):
    """A meeting with the supplier, planned and then held; on the rung that the case stood on."""

    escalation = ProgramForeignKey(Escalation, related_name="meetings")
    supplier = ProgramForeignKey(Participation, related_name="+")
    rung = ProgramForeignKey(Rung, related_name="+")
    state = models.CharField(max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED)
    planned_for = models.DateField(_("day"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    held_on = models.DateField(_("held"), null=True)
    participants = models.TextField(_("participants"), blank=True)
    minutes = models.TextField(_("minutes"), blank=True)
    outcome = models.TextField(_("outcome"), blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta(ProgramModel.Meta):
        ordering = ["-planned_for", "-id"]
        constraints = [
            models.CheckConstraint(name="meeting_state_known", condition=Q(state__in=MeetingState.values)),
            models.CheckConstraint(
                name="meeting_held_has_record",
                condition=~Q(state=MeetingState.HELD)
                | Q(held_on__isnull=False) & ~Q(participants="") & ~Q(outcome=""),
            ),
        ]
