"""How a complaint ends: what is proposed to the worker and what she says to it, who else looked at it, who decided an appeal."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.enums import AppealOutcome, Reply, ReviewOutcome, Side
from complaints.models.complaints import Complainant, Complaint, OfComplaint
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class Resolution(OfComplaint):
    """A solution proposed to the worker, as one version of it: another proposal is another row, and the newest holds. In the vault: `text`."""

    number = models.PositiveSmallIntegerField()
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta(OfComplaint.Meta):
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["program", "complaint", "number"], name="resolution_once")
        ]


class ResolutionAnswer(OfComplaint):
    """What one complainant says to a proposal; her newest answer holds. In the vault: `words`.

    `entered_by`: who wrote it down when she said it on the phone; None where she answered on her page.
    """

    resolution = ProgramForeignKey(Resolution, related_name="answers")
    complainant = ProgramForeignKey(Complainant, related_name="answers")
    reply = models.CharField(_("answer"), max_length=20, choices=Reply.choices)
    at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)

    class Meta(OfComplaint.Meta):
        ordering = ("at", "pk")
        constraints = [
            models.CheckConstraint(name="resolution_reply_known", condition=Q(reply__in=Reply.values))
        ]


class Review(OfComplaint):
    """The handler gives an outcome to a second person, who approves it or gives it back. Approved, it is the closing of the complaint.

    In the vault: `reason` (why it is closed without the agreement of every complainant; she reads it) and `words` (of the reviewer who gives it
    back). `appeal_until`: what she was told; empty where the program has set no time.
    """

    resolution = ProgramForeignKey(Resolution, related_name="reviews")
    handed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    handed_at = models.DateTimeField()
    is_without_agreement = models.BooleanField(default=False)
    outcome = models.CharField(max_length=20, choices=ReviewOutcome.choices, default=ReviewOutcome.PENDING)
    reviewer = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    appeal_until = models.DateTimeField(null=True)

    class Meta(OfComplaint.Meta):
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["program", "complaint"],
                condition=Q(outcome=ReviewOutcome.PENDING),
                name="review_pending_once",
            ),
            # What was closed with once is not closed with again: after an appeal there is a new proposal.
            models.UniqueConstraint(
                fields=["program", "resolution"],
                condition=Q(outcome=ReviewOutcome.APPROVED),
                name="resolution_closes_once",
            ),
            models.CheckConstraint(
                name="review_outcome_known", condition=Q(outcome__in=ReviewOutcome.values)
            ),
            models.CheckConstraint(
                name="review_decided_by_another",
                condition=Q(outcome=ReviewOutcome.PENDING, reviewer=None, decided_at=None)
                | (
                    ~Q(outcome=ReviewOutcome.PENDING)
                    & Q(reviewer__isnull=False, decided_at__isnull=False)
                    & ~Q(reviewer=F("handed_by"))
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["program", "decided_at"],
                condition=Q(outcome=ReviewOutcome.APPROVED),
                name="review_closings",
            )
        ]


class Appeal(OfComplaint):
    """The worker, or the employer on paper, does not accept an outcome. Decided by somebody who had no part in it.

    In the vault: `words` (of who appeals) and `answer` (of who decided, in plain words for the worker). `entered_by`: who wrote it down;
    None where the worker appealed on her page.
    """

    review = ProgramForeignKey(Review, related_name="appeals", help_text="The closing that it is against.")
    side = models.CharField(_("who appeals"), max_length=20, choices=Side.choices)
    complainant = ProgramForeignKey(Complainant, related_name="appeals", null=True)
    filed_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    outcome = models.CharField(max_length=20, choices=AppealOutcome.choices, default=AppealOutcome.PENDING)
    decider = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta(OfComplaint.Meta):
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["program", "complaint"],
                condition=Q(outcome=AppealOutcome.PENDING),
                name="appeal_pending_once",
            ),
            models.UniqueConstraint(
                fields=["program", "review", "side", "complainant"],
                nulls_distinct=False,
                name="appeal_once_for_each",
            ),
            models.CheckConstraint(
                name="appeal_has_side",
                condition=Q(side=Side.WORKER, complainant__isnull=False)
                | Q(side=Side.EMPLOYER, complainant=None, entered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="appeal_outcome_known", condition=Q(outcome__in=AppealOutcome.values)
            ),
            models.CheckConstraint(
                name="appeal_decided_by_somebody",
                condition=Q(outcome=AppealOutcome.PENDING, decider=None, decided_at=None)
                | (~Q(outcome=AppealOutcome.PENDING) & Q(decider__isnull=False, decided_at__isnull=False)),
            ),
        ]


class Reopening(OfComplaint):
    """A closed complaint is worked on again. In the vault: `reason`."""

    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(OfComplaint.Meta):
        ordering = ("pk",)


class Link(ProgramModel):
    """Two complaints about the same event or place, each worked on by itself. Ended, never deleted. `first` has the smaller id."""

    first = ProgramForeignKey(Complaint, related_name="+")
    second = ProgramForeignKey(Complaint, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="link_of_two", condition=Q(first__lt=F("second"))),
            models.UniqueConstraint(
                fields=["program", "first", "second"], condition=Q(ended_at=None), name="link_once"
            ),
        ]


class Joined(OfComplaint):
    """A worker of a merged complaint complains in the other one as well, until the two are taken apart: there she is asked, and may appeal.

    `complaint`, `complainant`: hers; `other`, `other_complainant`: where the work is. Her own secret leads to both.
    """

    complainant = ProgramForeignKey(Complainant, related_name="joined_to")
    other = ProgramForeignKey(Complaint, related_name="+")
    other_complainant = ProgramForeignKey(Complainant, related_name="joined_from")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(OfComplaint.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "complainant"], condition=Q(ended_at=None), name="joined_once"
            ),
            models.UniqueConstraint(fields=["program", "other_complainant"], name="joined_as_somebody_new"),
        ]
