"""The market consequence: one duty to stop purchases per brand and suspension."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.enums import DUTY_MOVES, DUTY_OVER, DutyState
from agreements.models.agreements import Clause
from programs.models import Participation, StandingEvent
from wsr.files.models import StoredFile
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class StopDutyQuerySet(models.QuerySet):
    """Chains of duties."""

    def active(self) -> "StopDutyQuerySet":
        """Neither lifted nor withdrawn: the brand may not buy."""
        return self.exclude(state__in=DUTY_OVER)


class StopDuty(ProgramModel):
    """A brand must stop buying from a supplier because of one standing event, acknowledge it and prove it.

    `hires`: `brand` is whoever hires the supplier on a running site, directly or further up, and must end its work there.

    The dates come from the brand's stop-purchase clause in force when the duty opened; without one they are empty and the duty
    stays. `stop_by` is the last day on which a purchase is no breach; it does not count for purchases from `lifted_on` on.
    """

    brand = ProgramForeignKey(Participation, related_name="stop_duties")
    supplier = ProgramForeignKey(Participation, related_name="stopped_by")
    standing_event = ProgramForeignKey(StandingEvent, related_name="stop_duties")
    hires = models.BooleanField(default=False, db_default=False)
    clause = ProgramForeignKey(Clause, related_name="stop_duties", null=True)
    state = models.CharField(_("state"), max_length=12, choices=DutyState.choices, default=DutyState.OPEN)
    opened_at = models.DateTimeField(_("opened"))
    acknowledge_by = models.DateField(_("acknowledge by"), null=True)
    stop_by = models.DateField(_("stop by"), null=True)
    prove_by = models.DateField(_("prove by"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    acknowledged_name = models.CharField(_("acknowledged by"), max_length=200, blank=True)
    stopped_on = models.DateField(_("last purchase"), null=True)
    proof_file = ProgramForeignKey(StoredFile, related_name="+", null=True)
    proof_note = models.TextField(_("proof"), blank=True)
    proof_at = models.DateTimeField(_("proof sent"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision = models.TextField(_("answer of the program"), blank=True)
    lifted_on = models.DateField(_("lifted"), null=True)
    over_at = models.DateTimeField(null=True)
    over_reason = models.TextField(blank=True)

    objects = ProgramModel.manager_from(StopDutyQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "brand", "standing_event"], name="stop_duty_once_per_event"
            ),
            models.UniqueConstraint(
                fields=["program", "brand", "supplier"],
                condition=~Q(state__in=DUTY_OVER),
                name="stop_duty_one_active",
            ),
            models.CheckConstraint(name="stop_duty_state_known", condition=Q(state__in=DutyState.values)),
            models.CheckConstraint(
                name="stop_duty_acknowledged_by_somebody",
                condition=Q(state__in=[DutyState.OPEN, *DUTY_OVER])
                | Q(acknowledged_at__isnull=False) & ~Q(acknowledged_name=""),
            ),
            models.CheckConstraint(
                name="stop_duty_proof_is_there",
                condition=~Q(state__in=[DutyState.SUBMITTED, DutyState.ACCEPTED, DutyState.RETURNED])
                | Q(proof_at__isnull=False, stopped_on__isnull=False),
            ),
            models.CheckConstraint(
                name="stop_duty_over_has_time",
                condition=Q(over_at=None) & ~Q(state__in=DUTY_OVER)
                | Q(over_at__isnull=False, state__in=DUTY_OVER),
            ),
        ]
        indexes = [
            models.Index(fields=["program", "state", "stop_by", "id"], name="stop_duty_by_state"),
            models.Index(fields=["program", "supplier"], name="stop_duty_of_supplier"),
        ]

    def may_become(self, state: DutyState) -> bool:
        """Whether the table of moves allows it."""
        return state in DUTY_MOVES[DutyState(self.state)]

    @property
    def is_active(self) -> bool:
        """The brand may not buy."""
        return self.state not in DUTY_OVER

    @property
    def lacks_clause(self) -> bool:
        """No clause says by when: the date is missing."""
        return self.clause_id is None

    def forbids(self, day: date) -> bool:
        """Whether a purchase of this day is against the duty."""
        return (
            self.state != DutyState.WITHDRAWN
            and self.stop_by is not None
            and day > self.stop_by
            and (self.lifted_on is None or day < self.lifted_on)
        )


class FlaggedPurchase(ProgramModel):
    """A reported purchase that a duty forbids, flagged once. `is_partial`: its period began before the stop and ended after it.

    A partial one is no breach by itself: somebody must ask for the dates.
    """

    duty = ProgramForeignKey(StopDuty, related_name="flagged")
    purchase_id = models.UUIDField()
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    is_partial = models.BooleanField(default=False)
    flagged_at = models.DateTimeField(_("flagged"))

    class Meta(ProgramModel.Meta):
        ordering = ["from_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "duty", "purchase_id"], name="purchase_flagged_once")
        ]
