"""Obligations: what a clause or a decision of the committee asks of a party, with answers, proof and decisions."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.enums import OBLIGATION_MOVES, OWED, ObligationState
from agreements.models.agreements import Agreement, Clause, Party
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class Schedule(ProgramModel):
    """One recurring duty of one party from one clause. `rule` is an RRULE; a period lasts from one date of it to the day before the next.

    `opens_at`: when the engine opens the period that begins on `next_start`; empty where nothing follows.
    """

    agreement = ProgramForeignKey(Agreement, on_delete=models.CASCADE, related_name="schedules")
    clause = ProgramForeignKey(Clause, related_name="schedules")
    party = ProgramForeignKey(Party, related_name="schedules")
    duty = models.CharField(max_length=60)
    rule = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="Last day that is owed for.")
    next_start = models.DateField(null=True)
    opens_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "clause", "party", "duty"], name="schedule_once"),
            models.CheckConstraint(
                name="schedule_next_has_moment",
                condition=Q(next_start=None, opens_at=None)
                | Q(next_start__isnull=False, opens_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["opens_at", "id"], condition=Q(opens_at__isnull=False), name="schedule_opens"
            )
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.rule}"


DECISION = "agreements.resolution"  # what an obligation without a clause is about


class ObligationQuerySet(models.QuerySet):
    """Chains of obligations."""

    def owed(self) -> "ObligationQuerySet":
        """Waiting for the party."""
        return self.filter(state__in=OWED)

    def to_decide(self) -> "ObligationQuerySet":
        """Waiting for the program."""
        return self.filter(state=ObligationState.SUBMITTED)

    def of(self, participation_id: object) -> "ObligationQuerySet":
        """Of one participant."""
        return self.filter(participation_id=participation_id)


class Obligation(ProgramModel):
    """What one party must do once, or for one period, because a clause says so. Its date is that of its clock.

    `about`: what it is about where something else opened it, by label and id, for example one payment. What a decision of the committee asks
    for is about that decision and has no agreement, clause and party.
    """

    agreement = ProgramForeignKey(Agreement, related_name="obligations", null=True)
    clause = ProgramForeignKey(Clause, related_name="obligations", null=True)
    party = ProgramForeignKey(Party, related_name="obligations", null=True)
    participation = ProgramForeignKey(Participation, related_name="obligations")
    duty = models.CharField(max_length=60)
    title = models.CharField(_("obligation"), max_length=200)
    period_start = models.DateField(_("period from"))
    period_end = models.DateField(_("period to"), null=True, blank=True)
    counted_from = models.DateTimeField(_("counted from"))
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.UUIDField(null=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ObligationState.choices, default=ObligationState.OPEN
    )
    is_overdue = models.BooleanField(_("overdue"), default=False)
    opened_at = models.DateTimeField(_("opened"))
    submitted_at = models.DateTimeField(_("answered"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = ProgramModel.manager_from(ObligationQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "clause", "party", "duty", "period_start", "about_id"],
                name="obligation_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="obligation_state_known", condition=Q(state__in=ObligationState.values)
            ),
            models.CheckConstraint(
                name="obligation_period_in_order",
                condition=Q(period_end=None) | Q(period_end__gte=F("period_start")),
            ),
            models.CheckConstraint(
                name="obligation_submitted_has_moment",
                condition=~Q(state=ObligationState.SUBMITTED) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="obligation_of_clause_or_decision",
                condition=Q(agreement__isnull=False, clause__isnull=False, party__isnull=False)
                | Q(agreement=None, clause=None, party=None, about_type=DECISION, about_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["program", "state", "counted_from", "id"], name="obligation_by_state"),
            models.Index(fields=["program", "participation", "state"], name="obligation_of_party"),
            models.Index(fields=["program", "agreement"], name="obligation_of_agreement"),
        ]

    def __str__(self) -> str:
        return self.title

    def may_become(self, state: ObligationState) -> bool:
        """Whether the table of moves allows it."""
        return state in OBLIGATION_MOVES[ObligationState(self.state)]

    @property
    def is_owed(self) -> bool:
        """Waiting for the party."""
        return self.state in OWED

    @property
    def clause_name(self) -> str:
        """Reference and title of the clause; empty for what the committee decided."""
        return f"{self.clause.reference} {self.clause.title}" if self.clause else ""


class Answer(ProgramModel):
    """What the party said it did, with its proof. Never changed; a further answer is a further row."""

    obligation = ProgramForeignKey(Obligation, related_name="answers")
    participation = ProgramForeignKey(Participation, related_name="+")
    note = models.TextField(_("what was done"))
    sent_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    sent_by_name = models.CharField(max_length=200)
    sent_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        ordering = ["sent_at", "id"]
        constraints = [models.CheckConstraint(name="answer_says_something", condition=~Q(note=""))]
        indexes = [models.Index(fields=["program", "obligation"], name="answer_of_obligation")]


class Proof(ProgramModel):
    """A file sent with an answer."""

    answer = ProgramForeignKey(Answer, related_name="proofs")
    participation = ProgramForeignKey(Participation, related_name="+")
    file = ProgramForeignKey(StoredFile, related_name="+")

    class Meta(ProgramModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "answer", "file"], name="proof_once_in_answer")
        ]


class Decision(ProgramModel):
    """What the program decided about an obligation. Never changed. Without `decided_by` a rule of the agreement did it."""

    obligation = ProgramForeignKey(Obligation, related_name="decisions")
    participation = ProgramForeignKey(Participation, related_name="+")
    outcome = models.CharField(max_length=10, choices=ObligationState.choices)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        ordering = ["decided_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="decision_outcome_known",
                condition=Q(outcome=ObligationState.ACCEPTED)
                | Q(
                    outcome__in=[
                        ObligationState.RETURNED,
                        ObligationState.WAIVED,
                        ObligationState.CANCELLED,
                    ]
                )
                & ~Q(reason=""),
            )
        ]
        indexes = [models.Index(fields=["program", "obligation"], name="decision_of_obligation")]
