"""Corrective actions: what a supplier must put right, until when, who pays, and who verified it."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.enums import (
    ACTION_MOVES,
    DUE_STATES,
    UNFIXED,
    ActionState,
    ExtensionState,
    Origin,
    Payer,
    Side,
)
from audits.models.inspections import Inspection
from programs.models import Participation, Provision, Severity, Workplace
from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class ActionQuerySet(models.QuerySet):
    """Chains of corrective actions."""

    def unfixed(self) -> "ActionQuerySet":
        """Not verified as fixed."""
        return self.filter(state__in=UNFIXED)

    def overdue(self, *, on: date) -> "ActionQuerySet":
        """The supplier's date has passed."""
        return self.filter(state__in=DUE_STATES, due_on__lt=on)

    def original(self) -> "ActionQuerySet":
        """Of the first report of a workplace: what progress is counted on. Source: `domain.md` 2.3, A18."""
        return self.filter(is_original=True).exclude(state=ActionState.WITHDRAWN)


class CorrectiveAction(ProgramModel):
    """One thing to put right at one workplace. It carries the supplier, so that a brand sees it only where it buys from it.

    What the program decided on carries no finding and no word that points to a person. `finding_id` names a finding without a foreign
    key: brands and suppliers that read this row read no record of a visit.
    """

    supplier = ProgramForeignKey(Participation, related_name="corrective_actions")
    workplace = ProgramForeignKey(Workplace, related_name="corrective_actions")
    inspection = ProgramForeignKey(Inspection, related_name="actions", null=True, blank=True)
    finding_id = models.UUIDField(null=True, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    is_original = models.BooleanField(
        default=False, help_text="From the initial inspection; progress counts these."
    )
    number = models.PositiveIntegerField(_("number"))
    provision = ProgramForeignKey(Provision, related_name="+", null=True, blank=True)
    severity = ProgramForeignKey(Severity, related_name="+", null=True, blank=True)
    title = models.CharField(_("what is wrong"), max_length=300)
    action = models.TextField(_("what will be done"), blank=True)
    state = models.CharField(max_length=20, choices=ActionState.choices, default=ActionState.PROPOSED)
    due_on = models.DateField(_("due"), null=True, blank=True)
    payer = models.CharField(_("who pays"), max_length=20, choices=Payer.choices, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    finance_plan = models.TextField(_("how it is paid"), blank=True)
    created_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    closed_reason = models.TextField(blank=True)
    laddered_for = models.DateField(
        null=True, help_text="The missed date that was put to the ladder: each counts once."
    )
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = ProgramModel.manager_from(ActionQuerySet)

    class Meta(ProgramModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "number"], name="action_number_once"),
            models.CheckConstraint(name="action_state_known", condition=Q(state__in=ActionState.values)),
            models.CheckConstraint(
                name="action_agreed_has_date",
                condition=~Q(state__in=DUE_STATES) | Q(due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="action_verified_by_somebody",
                condition=~Q(state=ActionState.VERIFIED)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
            ),
            # Nobody verifies what she reported herself.
            models.CheckConstraint(
                name="action_verified_by_another",
                condition=Q(verified_by=None) | Q(reported_by=None) | ~Q(verified_by=models.F("reported_by")),
            ),
            models.CheckConstraint(
                name="action_cost_has_currency", condition=Q(cost=None) | Q(currency__regex=r"^[A-Z]{3}$")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["program", "state", "due_on", "id"], name="action_by_due"),
            models.Index(fields=["program", "supplier", "state"], name="action_of_supplier"),
            models.Index(fields=["program", "workplace", "state"], name="action_of_workplace"),
            models.Index(fields=["program", "updated_at", "id"], name="action_by_change"),
        ]

    def __str__(self) -> str:
        return self.title

    def may_become(self, state: ActionState) -> bool:
        """Whether the table of moves allows it."""
        return state in ACTION_MOVES[ActionState(self.state)]

    def is_overdue(self, *, on: date) -> bool:
        """Whether the supplier's date has passed."""
        return self.state in DUE_STATES and self.due_on is not None and self.due_on < on


class OfAction(ProgramModel):
    """Base of what belongs to one corrective action."""

    action = ProgramForeignKey(CorrectiveAction, related_name="%(class)ss")
    supplier = ProgramForeignKey(Participation, related_name="+")

    class Meta(ProgramModel.Meta):
        abstract = True


class Milestone(OfAction):
    """One step of an action that takes long, with its own date. Example: one rest day a month by May, one a week by August."""

    title = models.CharField(_("step"), max_length=300)
    due_on = models.DateField(_("due"))
    reached_at = models.DateTimeField(null=True)
    reached_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(OfAction.Meta):
        ordering: ClassVar = ["due_on", "position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="milestone_verified_by_another",
                condition=Q(verified_by=None) | Q(reached_by=None) | ~Q(verified_by=models.F("reached_by")),
            )
        ]


class ActionProof(OfAction):
    """What the supplier shows for an action: a cleaned file and a note. Only added."""

    file = ProgramForeignKey(StoredFile, related_name="+", null=True)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()


class ActionStep(OfAction):
    """What happened to an action, in order, for its page: who said what, when. Only added. `side` is set by the database."""

    state = models.CharField(max_length=20, choices=ActionState.choices)
    note = models.TextField(blank=True)
    name = models.CharField(max_length=200)
    side = models.CharField(max_length=10, choices=Side.choices, default=Side.PROGRAM)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    inspection_id = models.UUIDField(null=True, help_text="The visit at which it was verified.")

    class Meta(OfAction.Meta):
        indexes: ClassVar = [models.Index(fields=["program", "action", "at"], name="action_step_in_order")]


class Extension(OfAction):
    """A request for more time, with the reason, and its answer."""

    state = models.CharField(max_length=20, choices=ExtensionState.choices, default=ExtensionState.ASKED)
    due_before = models.DateField()
    due_asked = models.DateField(_("new date"))
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta(OfAction.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "action"],
                condition=Q(state=ExtensionState.ASKED),
                name="extension_one_open",
            )
        ]


class FinanceConsent(OfAction):
    """One side's consent to who pays for an action. Withdrawn by a change of the plan: `plan_sha256` no longer fits."""

    participation_id = models.UUIDField(help_text="The brand, the supplier, or the program's own body.")
    plan_sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    given_at = models.DateTimeField()

    class Meta(OfAction.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "action", "participation_id", "plan_sha256"], name="finance_consent_once"
            )
        ]
