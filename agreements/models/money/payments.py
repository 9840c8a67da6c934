"""What was paid, what waits in escrow, and what reached workers."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.models.money import columns
from agreements.models.money.premium import Invoice
from agreements.money.enums import Direction, Ended, PaymentState, PaymentWay
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class Payment(ProgramModel):
    """Money a brand says it paid on an invoice; who should have it says whether it came."""

    invoice = ProgramForeignKey(Invoice, related_name="payments")
    brand = ProgramForeignKey(Participation, related_name="+")
    supplier = ProgramForeignKey(Participation, null=True, blank=True, related_name="+")
    way = models.CharField(_("way"), max_length=15, choices=PaymentWay.choices)
    currency = columns.currency()
    amount = columns.amount(_("amount"))
    supplier_part = columns.amount(_("supplier's share"), default=0)
    workers_part = columns.amount(_("workers' share"), default=0)
    paid_on = models.DateField(_("paid on"))
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    state = models.CharField(
        _("state"), max_length=15, choices=PaymentState.choices, default=PaymentState.CLAIMED
    )
    claimed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_note = models.TextField(_("note"), blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="payment_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="payment_has_currency", condition=columns.is_currency()),
            models.CheckConstraint(name="payment_way_known", condition=Q(way__in=PaymentWay.values)),
            models.CheckConstraint(name="payment_state_known", condition=Q(state__in=PaymentState.values)),
            models.CheckConstraint(
                name="payment_parts_add_up",
                condition=Q(way=PaymentWay.PROGRAM, supplier=None)
                | (
                    ~Q(way=PaymentWay.PROGRAM)
                    & Q(supplier__isnull=False, amount=F("supplier_part") + F("workers_part"))
                ),
            ),
            models.CheckConstraint(
                name="payment_answered_once",
                condition=Q(state=PaymentState.CLAIMED, answered_at=None, answered_by=None)
                | (~Q(state=PaymentState.CLAIMED) & Q(answered_at__isnull=False, answered_by__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["program", "invoice", "reference"],
                condition=~Q(reference="") & ~Q(state=PaymentState.NOT_RECEIVED),
                name="payment_reference_once",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "brand", "-paid_on"], name="payment_of_brand"),
            models.Index(fields=["program", "supplier", "-paid_on"], name="payment_of_supplier"),
            models.Index(fields=["program"], condition=Q(seen_at=None), name="payment_unseen"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class EscrowAccount(ProgramModel):
    """What the program holds for one supplier's workers until it can be passed on. Never below zero."""

    supplier = ProgramForeignKey(Participation, related_name="+")
    currency = columns.currency()
    supplier_part = columns.amount(default=0)
    workers_part = columns.amount(default=0)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "supplier", "currency"], name="escrow_account_once"),
            models.CheckConstraint(
                name="escrow_never_negative", condition=Q(supplier_part__gte=0, workers_part__gte=0)
            ),
            models.CheckConstraint(name="escrow_has_currency", condition=columns.is_currency()),
        ]

    @property
    def balance(self) -> object:
        """What is there."""
        return self.supplier_part + self.workers_part


class EscrowEntry(ProgramModel):
    """Money into escrow or out of it. Only ever added to."""

    account = ProgramForeignKey(EscrowAccount, related_name="entries")
    supplier = ProgramForeignKey(Participation, related_name="+")
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices)
    currency = columns.currency()
    amount = columns.amount(_("amount"))
    supplier_part = columns.amount(_("supplier's share"))
    workers_part = columns.amount(_("workers' share"))
    balance = columns.amount(_("balance after it"))
    payment = ProgramForeignKey(Payment, null=True, blank=True, related_name="escrow_entries")
    happened_on = models.DateField(_("day"))
    note = models.TextField(_("note"), blank=True)
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="escrow_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="escrow_balance_not_negative", condition=Q(balance__gte=0)),
            models.CheckConstraint(
                name="escrow_direction_known", condition=Q(direction__in=Direction.values)
            ),
            models.CheckConstraint(
                name="escrow_parts_add_up", condition=Q(amount=F("supplier_part") + F("workers_part"))
            ),
            models.UniqueConstraint(fields=["program", "payment"], name="payment_in_escrow_once"),
        ]


class PayrollReport(ProgramModel):
    """What a supplier's payroll passed on in one period, in totals: no worker's name, no single wage. Corrected by a new row."""

    supplier = ProgramForeignKey(Participation, related_name="+")
    starts_on = models.DateField(_("first day of the payroll period"))
    ends_on = models.DateField(_("last day of the payroll period"))
    paid_on = models.DateField(_("paid out on"))
    worker_count = models.PositiveIntegerField(_("workers paid"))
    currency = columns.currency()
    total_paid = columns.amount(_("premium paid to workers"))
    share_kept = columns.amount(_("kept for taxes and administration"), default=0)
    proof = ProgramForeignKey(StoredFile, null=True, blank=True, related_name="+")
    replaces = ProgramForeignKey("self", null=True, blank=True, related_name="replaced_by")
    reason = models.TextField(_("reason of the correction"), blank=True)
    reported_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(_("reported"))
    ended_at = models.DateTimeField(null=True, blank=True)
    ended = models.CharField(max_length=10, choices=Ended.choices, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta(ProgramModel.Meta):
        indexes = [models.Index(fields=["program"], condition=Q(seen_at=None), name="payroll_unseen")]
        constraints = [
            models.CheckConstraint(name="payroll_total_positive", condition=Q(total_paid__gt=0)),
            models.CheckConstraint(name="payroll_kept_not_negative", condition=Q(share_kept__gte=0)),
            models.CheckConstraint(name="payroll_of_workers", condition=Q(worker_count__gt=0)),
            models.CheckConstraint(name="payroll_has_currency", condition=columns.is_currency()),
            models.CheckConstraint(name="payroll_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="payroll_ended_has_reason",
                condition=Q(ended_at=None, ended="") | Q(ended_at__isnull=False, ended__in=Ended.values),
            ),
            models.UniqueConstraint(fields=["program", "replaces"], name="payroll_replaced_once"),
            models.UniqueConstraint(
                fields=["program", "supplier", "currency", "starts_on"],
                condition=Q(ended_at=None),
                name="payroll_period_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on}–{self.ends_on}"
