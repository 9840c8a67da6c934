"""Breaches of agreements: notice, cure, petition to the committee, decision, arbitration."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.enums import (
    ARBITRATION_MOVES,
    BREACH_MOVES,
    DISPUTE_MOVES,
    ArbitrationState,
    BreachState,
    Choice,
    DisputeState,
    Outcome,
)
from agreements.models.agreements import Agreement, Clause
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class Breach(ProgramModel):
    """A suspected or noticed breach by one participant. `subject`: what it is about (an obligation, a duty, a purchase), by label and id.

    A suspicion belongs to the program; the participant sees it from the notice on.
    """

    number = models.CharField(_("number"), max_length=20, editable=False)
    agreement = ProgramForeignKey(Agreement, related_name="breaches", null=True)
    clause = ProgramForeignKey(Clause, related_name="breaches", null=True)
    participation = ProgramForeignKey(Participation, related_name="breaches")
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.UUIDField(null=True)
    title = models.CharField(_("breach"), max_length=200)
    facts = models.TextField(_("facts"))
    state = models.CharField(
        _("state"), max_length=14, choices=BreachState.choices, default=BreachState.SUSPECTED
    )
    letter = ProgramForeignKey(StoredFile, related_name="+", null=True)
    opened_at = models.DateTimeField(_("opened"))
    noticed_at = models.DateTimeField(_("notice served"), null=True)
    acknowledged_at = models.DateTimeField(_("receipt acknowledged"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="breach_number_once"),
            models.UniqueConstraint(
                fields=["program", "subject_type", "subject_id"],
                condition=Q(subject_id__isnull=False),
                name="breach_once_per_subject",
            ),
            models.CheckConstraint(name="breach_state_known", condition=Q(state__in=BreachState.values)),
            models.CheckConstraint(
                name="breach_noticed_has_letter",
                condition=Q(state__in=[BreachState.SUSPECTED, BreachState.WITHDRAWN])
                | Q(noticed_at__isnull=False, letter__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["program", "state", "opened_at", "id"], name="breach_by_state"),
            models.Index(fields=["program", "participation", "state"], name="breach_of_participation"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def may_become(self, state: BreachState) -> bool:
        """Whether the table of moves allows it."""
        return state in BREACH_MOVES[BreachState(self.state)]


class BreachStep(ProgramModel):
    """Something that was said or decided about a breach, for the program and the participant to read. Never changed."""

    breach = ProgramForeignKey(Breach, related_name="steps")
    participation = ProgramForeignKey(Participation, related_name="+")
    state = models.CharField(max_length=14, choices=BreachState.choices)
    text = models.TextField(blank=True)
    file = ProgramForeignKey(StoredFile, related_name="+", null=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    is_from_party = models.BooleanField(default=False)
    is_internal = models.BooleanField(default=False, help_text="For the program alone.")
    at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["program", "breach"], name="breach_step_of_breach")]


class Dispute(ProgramModel):
    """A petition to the committee about one breach, by the participant or by the program, and what the committee decided."""

    breach = ProgramForeignKey(Breach, related_name="disputes")
    participation = ProgramForeignKey(Participation, related_name="disputes")
    is_from_party = models.BooleanField(_("filed by the participant"), default=False)
    petition = models.TextField(_("petition"))
    filed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField(_("filed"))
    state = models.CharField(
        _("state"), max_length=12, choices=DisputeState.choices, default=DisputeState.FILED
    )
    outcome = models.CharField(_("decision"), max_length=10, choices=Outcome.choices, blank=True)
    decision = models.TextField(_("reasons"), blank=True)
    remedy = models.TextField(_("what must be done"), blank=True)
    votes_for = models.PositiveSmallIntegerField(default=0)
    votes_against = models.PositiveSmallIntegerField(default=0)
    votes_recused = models.PositiveSmallIntegerField(default=0)
    decided_at = models.DateTimeField(_("decided"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "breach"],
                condition=~Q(state__in=[DisputeState.FINAL, DisputeState.WITHDRAWN]),
                name="dispute_one_open",
            ),
            models.CheckConstraint(name="dispute_state_known", condition=Q(state__in=DisputeState.values)),
            models.CheckConstraint(
                name="dispute_decided_has_reasons",
                condition=~Q(state=DisputeState.DECIDED)
                | (Q(outcome__in=Outcome.values, decided_at__isnull=False) & ~Q(decision="")),
            ),
        ]
        indexes = [models.Index(fields=["program", "state", "filed_at", "id"], name="dispute_by_state")]

    def __str__(self) -> str:
        return str(self.breach_id)

    def may_become(self, state: DisputeState) -> bool:
        """Whether the table of moves allows it."""
        return state in DISPUTE_MOVES[DisputeState(self.state)]


class Vote(ProgramModel):
    """One committee member's vote, on a petition, on an item of a meeting, or on both at once. Never changed; only the committee and the program read it.

    `seat`: whose vote it is, where the committee has seats; `entered_by`: who wrote it down at the meeting, where not she herself.
    """

    dispute = ProgramForeignKey(Dispute, related_name="votes", null=True)
    item = ProgramForeignKey("agreements.AgendaItem", related_name="votes", null=True)
    seat = ProgramForeignKey("agreements.Seat", related_name="votes", null=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice.choices)
    reason = models.TextField(_("reason"), blank=True)
    cast_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta(ProgramModel.Meta):
        ordering = ["cast_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "dispute", "person"], name="vote_once"),
            models.UniqueConstraint(fields=["program", "dispute", "seat"], name="vote_once_of_seat"),
            models.UniqueConstraint(fields=["program", "item", "seat"], name="vote_once_on_item"),
            models.CheckConstraint(name="vote_choice_known", condition=Q(choice__in=Choice.values)),
            models.CheckConstraint(
                name="vote_is_about_something",
                condition=Q(dispute__isnull=False) | Q(item__isnull=False, seat__isnull=False),
            ),
            models.CheckConstraint(
                name="vote_is_somebodys", condition=Q(person__isnull=False) | Q(seat__isnull=False)
            ),
        ]

    @property
    def voter(self) -> str:
        """Who voted: the member as the committee knows her, else the person."""
        return str(self.seat or self.person)


class Arbitration(ProgramModel):
    """What follows an appeal. `amount` in `currency` is the sum of the award or settlement."""

    dispute = ProgramForeignKey(Dispute, related_name="arbitrations")
    participation = ProgramForeignKey(Participation, related_name="+")
    is_from_party = models.BooleanField(_("asked for by the participant"), default=False)
    grounds = models.TextField(_("grounds"))
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked for"))
    state = models.CharField(
        _("state"), max_length=10, choices=ArbitrationState.choices, default=ArbitrationState.ASKED
    )
    rules = models.CharField(_("rules of arbitration"), max_length=300, blank=True)
    seat = models.CharField(_("seat"), max_length=200, blank=True)
    arbitrator = models.CharField(_("arbitrator"), max_length=300, blank=True)
    filed_on = models.DateField(_("filed"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    award = models.TextField(_("award or settlement"), blank=True)
    amount = models.DecimalField(_("sum"), max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "dispute"], name="arbitration_once"),
            models.CheckConstraint(
                name="arbitration_state_known", condition=Q(state__in=ArbitrationState.values)
            ),
            models.CheckConstraint(
                name="arbitration_sum_has_currency",
                condition=Q(amount=None, currency="") | (Q(amount__gte=0) & ~Q(currency="")),
            ),
            models.CheckConstraint(
                name="arbitration_filed_has_seat",
                condition=Q(
                    state__in=[ArbitrationState.ASKED, ArbitrationState.SETTLED, ArbitrationState.ENDED]
                )
                | (Q(filed_on__isnull=False) & ~Q(seat="") & ~Q(rules="")),
            ),
        ]

    def may_become(self, state: ArbitrationState) -> bool:
        """Whether the table of moves allows it."""
        return state in ARBITRATION_MOVES[ArbitrationState(self.state)]
