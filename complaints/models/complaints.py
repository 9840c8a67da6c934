"""Complaints, who brings them, what may be said of them, and the table of rules that triages them."""

import uuid
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.enums import (
    COMPLAINT_MOVES,
    OPEN_STATES,
    PENDING_STATES,
    Channel,
    ComplaintState,
    FiledBy,
    Recipient,
    Said,
    Scope,
)
from programs.models import Participation, Provision, Severity, Workplace
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class TriageRuleQuerySet(models.QuerySet):
    """Chains of triage rules."""

    def on(self, day: date) -> "TriageRuleQuerySet":
        """The table as it stood on a day."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)


class TriageRule(ProgramModel):
    """One line of the program's table: what a complaint is about, and what follows. Never changed: ended, and a new line begun.

    `label`: language code -> what a worker reads, for instance {"en": "Wages", "bn": "মজুরি"}; English is always there.
    """

    key = models.SlugField(_("key"), max_length=60)
    label = models.JSONField(_("words for workers"))
    provision = ProgramForeignKey(Provision, related_name="+", null=True, blank=True)
    scope = models.CharField(_("scope"), max_length=20, choices=Scope.choices, default=Scope.UNDECIDED)
    severity = ProgramForeignKey(Severity, related_name="+", null=True, blank=True)
    is_urgent = models.BooleanField(_("danger to life or limb"), default=False)
    partner = models.CharField(_("whom it is referred to"), max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    set_at = models.DateTimeField()

    objects: ClassVar = ProgramModel.manager_from(TriageRuleQuerySet)

    class Meta(ProgramModel.Meta):
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["program", "key"], condition=Q(valid_until=None), name="triage_rule_once"
            ),
            models.CheckConstraint(name="triage_rule_scope_known", condition=Q(scope__in=Scope.values)),
            models.CheckConstraint(
                name="triage_rule_ends_after_start",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
            # What is outside goes to a named partner and stays on record. Source: `domain.md` 2.5 (A34).
            models.CheckConstraint(
                name="triage_rule_outside_has_partner", condition=~Q(scope=Scope.OUTSIDE) | ~Q(partner="")
            ),
        ]

    def __str__(self) -> str:
        return self.words("en")

    @property
    def is_canceled(self) -> bool:
        """It was planned, and never came to hold."""
        return self.valid_until == self.valid_from

    def words(self, language: str) -> str:
        """What a worker reads, in her language or else in English."""
        return self.label.get(language) or self.label.get(language.partition("-")[0]) or self.label["en"]


class ComplaintQuerySet(models.QuerySet):
    """Chains of complaints."""

    def open(self) -> "ComplaintQuerySet":
        """Neither closed, referred, withdrawn, merged nor found to be none."""
        return self.filter(state__in=OPEN_STATES)


class Complaint(ProgramModel):
    """One complaint, from the first word to the end of the watch. Its id is random, and that of its circle and of its key.

    `number` is what people say on the phone: random, with a check character, unique on the whole installation. What was said,
    by whom, and where if it was told in words, is in the vault, for those in its circle alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("number"), max_length=12, unique=True, editable=False)
    state = models.CharField(max_length=20, choices=ComplaintState.choices, default=ComplaintState.RECEIVED)
    channel = models.CharField(_("how it came"), max_length=20, choices=Channel.choices)
    filed_by = models.CharField(_("who complains"), max_length=20, choices=FiledBy.choices)
    language = models.CharField(_("language"), max_length=10, default="en")
    is_anonymous = models.BooleanField(_("without a name"), default=True)
    rule = ProgramForeignKey(TriageRule, related_name="+", null=True)
    scope = models.CharField(_("scope"), max_length=20, choices=Scope.choices, default=Scope.UNDECIDED)
    severity = ProgramForeignKey(Severity, related_name="+", null=True, blank=True)
    is_urgent = models.BooleanField(_("danger"), default=False)
    supplier = ProgramForeignKey(Participation, related_name="complaints", null=True, blank=True)
    workplace = ProgramForeignKey(Workplace, related_name="complaints", null=True, blank=True)
    handler = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    is_handled = models.BooleanField(
        default=False,
        editable=False,
        help_text="Somebody has a part in it that stays: kept by triggers, whoever writes.",
    )
    continues = ProgramForeignKey("complaints.Complaint", related_name="continued_by", null=True, blank=True)
    is_retaliation = models.BooleanField(
        _("retaliation"),
        default=False,
        help_text="Opened because somebody was made to pay for another complaint.",
    )
    merged_into = ProgramForeignKey("complaints.Complaint", related_name="merged", null=True, blank=True)
    received_at = models.DateTimeField(_("received"))
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    triaged_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    took = models.DurationField(
        null=True,
        editable=False,
        help_text="From its receipt to its closing, kept by a trigger: below a policy only a plain comparison uses an index.",
    )
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar = ProgramModel.manager_from(ComplaintQuerySet)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="complaint_channel_known", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(name="complaint_filed_by_known", condition=Q(filed_by__in=FiledBy.values)),
            models.CheckConstraint(name="complaint_scope_known", condition=Q(scope__in=Scope.values)),
            # Whoever works on it answers for it: what was accepted has a handler.
            models.CheckConstraint(
                name="complaint_accepted_has_handler",
                condition=~Q(
                    state__in=(
                        ComplaintState.ACCEPTED,
                        ComplaintState.INVESTIGATING,
                        ComplaintState.RESOLVING,
                        ComplaintState.IN_REVIEW,
                    )
                )
                | Q(handler__isnull=False),
            ),
            models.CheckConstraint(
                name="complaint_closed_has_date",
                condition=~Q(state=ComplaintState.CLOSED) | Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="complaint_merged_into_another",
                condition=Q(state=ComplaintState.MERGED, merged_into__isnull=False) & ~Q(merged_into=F("id"))
                | ~Q(state=ComplaintState.MERGED) & Q(merged_into=None),
            ),
        ]
        indexes = [
            # One for each filter of the list, in its order: a page and a capped count read what they show and nothing else.
            models.Index(fields=["program", "state", "received_at", "id"], name="complaint_by_state"),
            models.Index(fields=["program", "state", "id"], name="complaint_sorted_by_state"),
            models.Index(fields=["program", "-received_at", "id"], name="complaint_by_day"),
            models.Index(fields=["program", "channel", "received_at", "id"], name="complaint_by_channel"),
            models.Index(fields=["program", "is_handled", "received_at", "id"], name="complaint_by_holding"),
            models.Index(
                fields=["program", "handler", "received_at", "id"],
                condition=Q(state__in=OPEN_STATES),
                name="complaint_open_of_handler",
            ),
            models.Index(
                fields=["program", "received_at", "id"],
                condition=Q(state__in=PENDING_STATES),
                name="complaint_pending",
            ),
            models.Index(
                fields=["program", "-is_urgent", "received_at", "id"],
                condition=Q(is_handled=False, state__in=PENDING_STATES),
                name="complaint_to_take",
            ),
            models.Index(
                fields=["program", "received_at", "id"],
                condition=Q(is_urgent=True),
                name="complaint_urgent",
            ),
            models.Index(
                fields=["program", "received_at", "id"],
                condition=Q(is_retaliation=True),
                name="complaint_retaliation",
            ),
            models.Index(
                fields=["program", "took", "received_at", "id"],
                condition=Q(state=ComplaintState.CLOSED),
                name="complaint_by_speed",
            ),
            models.Index(fields=["program", "supplier", "-received_at"], name="complaint_of_supplier"),
            models.Index(fields=["program", "handler", "state"], name="complaint_of_handler"),
        ]

    def __str__(self) -> str:
        return (
            f"Complaint {self.pk}"  # history and logs write this down: the number stands in this table alone
        )

    def may_become(self, state: ComplaintState) -> bool:
        """Whether the table of moves allows it."""
        return state in COMPLAINT_MOVES[ComplaintState(self.state)]

    @property
    def is_open(self) -> bool:
        """Whether work on it is not finished."""
        return self.state in OPEN_STATES


class OfComplaint(ProgramModel):
    """Base of what belongs to one complaint: for those in its circle, and the worker herself."""

    complaint = ProgramForeignKey(Complaint, related_name="%(class)ss")

    class Meta(ProgramModel.Meta):
        abstract = True


class Complainant(OfComplaint):
    """Somebody who complains; several bring one complaint together, each with her own consent.

    In the vault: `name`, `phone`, `safe_contact` (how, what never to do), `code_word`. The first one is found by the number of the complaint and
    has its id; each other one to whom a slip was given by a number of her own. `call_from` and `call_until` are hours of the program's clocks.
    """

    ordinal = models.PositiveSmallIntegerField()
    filed_by = models.CharField(max_length=20, choices=FiledBy.choices)
    has_name = models.BooleanField(default=False)
    has_phone = models.BooleanField(default=False)
    may_call = models.BooleanField(_("may be called"), default=False)
    may_text = models.BooleanField(_("may get text messages"), default=False)
    number = models.CharField(max_length=12, blank=True, editable=False)
    call_from = models.TimeField(null=True)
    call_until = models.TimeField(null=True)
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(
        null=True, help_text="She takes part no more; the complaint of the others goes on."
    )

    class Meta(OfComplaint.Meta):
        ordering = ("ordinal",)
        constraints = [
            models.UniqueConstraint(fields=["program", "complaint", "ordinal"], name="complainant_once"),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="complainant_number_once"
            ),
        ]


class Consent(OfComplaint):
    """What one complainant lets be said to whom. Withdrawn, never deleted: what was said before stays said."""

    complainant = ProgramForeignKey(Complainant, related_name="consents")
    recipient = models.CharField(max_length=20, choices=Recipient.choices)
    said = models.CharField(max_length=20, choices=Said.choices)
    given_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, help_text="None: the worker gave it herself."
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(OfComplaint.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "complainant", "recipient", "said"],
                condition=Q(withdrawn_at=None),
                name="consent_once",
            ),
            models.CheckConstraint(
                name="consent_recipient_known", condition=Q(recipient__in=Recipient.values)
            ),
            models.CheckConstraint(name="consent_said_known", condition=Q(said__in=Said.values)),
        ]
