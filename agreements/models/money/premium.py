"""What brands owe: accrual, invoices and their numbers."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.models.agreements import Clause
from agreements.models.money import columns
from agreements.money.enums import InvoiceKind, InvoiceState
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class Accrual(ProgramModel):
    """What a brand owes for one supplier, period and rate. Only ever added to: after a correction the difference is a row of its own,
    so the rows of one supplier, period and rate always add up to what is owed now."""

    brand = ProgramForeignKey(Participation, related_name="+")
    supplier = ProgramForeignKey(Participation, related_name="+")
    clause = ProgramForeignKey(Clause, related_name="+")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    product = models.CharField(_("product"), max_length=120, help_text="As the clause names it.")
    unit = models.CharField(_("unit"), max_length=30)
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)
    currency = columns.currency()
    volume = columns.volume(
        _("volume"), help_text="In the unit of the rate, rounded to six decimals for reading."
    )
    amount = columns.amount(_("premium"))
    supplier_part = columns.amount(_("supplier's share"))
    workers_part = columns.amount(_("workers' share"))
    is_difference = models.BooleanField(_("after a correction"), default=False)
    accrued_at = models.DateTimeField(_("worked out"))

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="accrual_parts_add_up",
                condition=Q(amount=F("supplier_part") + F("workers_part")),
            ),
            models.CheckConstraint(name="accrual_has_currency", condition=columns.is_currency()),
            models.CheckConstraint(name="accrual_rate_positive", condition=Q(rate__gte=0)),
            models.CheckConstraint(name="accrual_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="accrual_says_something", condition=~Q(volume=0, amount=0, supplier_part=0)
            ),
        ]
        indexes = [
            models.Index(fields=["program", "brand", "supplier", "starts_on"], name="accrual_of_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class InvoiceSeries(ProgramModel):
    """The last number used in a year. Locked while a number is taken, so numbers have no gap."""

    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta(ProgramModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "year"], name="invoice_series_once")]


class Invoice(ProgramModel):
    """What a brand is asked to pay. Its amount and its paper never change; what a correction changes comes on a later one."""

    kind = models.CharField(_("for"), max_length=10, choices=InvoiceKind.choices)
    brand = ProgramForeignKey(Participation, related_name="+")
    supplier = ProgramForeignKey(Participation, null=True, blank=True, related_name="+")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    currency = columns.currency()
    amount = columns.amount(_("amount"))
    supplier_part = columns.amount(_("supplier's share"), default=0)
    workers_part = columns.amount(_("workers' share"), default=0)
    explained = models.JSONField(default=list, help_text="The lines, as they were when it was issued.")
    file = ProgramForeignKey(StoredFile, related_name="+")
    issued_on = models.DateField(_("issued"))
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=InvoiceState.choices, default=InvoiceState.OPEN
    )
    issued_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "year", "sequence"], name="invoice_number_once"),
            models.CheckConstraint(name="invoice_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="invoice_has_currency", condition=columns.is_currency()),
            models.CheckConstraint(name="invoice_kind_known", condition=Q(kind__in=InvoiceKind.values)),
            models.CheckConstraint(name="invoice_state_known", condition=Q(state__in=InvoiceState.values)),
            models.CheckConstraint(
                name="invoice_paid_has_time",
                condition=Q(state=InvoiceState.OPEN, paid_at=None)
                | Q(state=InvoiceState.PAID, paid_at__isnull=False),
            ),
            models.CheckConstraint(
                name="invoice_parts_add_up",
                condition=Q(kind=InvoiceKind.FEE)
                | Q(supplier__isnull=False, amount=F("supplier_part") + F("workers_part")),
            ),
        ]
        indexes = [models.Index(fields=["program", "brand", "-issued_on"], name="invoice_of_brand")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Year and place in it: 2026-0001."""
        return f"{self.year}-{self.sequence:04}"


class InvoiceLine(ProgramModel):
    """Which accrual an invoice asks for. An accrual is asked for once."""

    invoice = ProgramForeignKey(Invoice, related_name="lines")
    accrual = ProgramForeignKey(Accrual, related_name="lines")
    brand = ProgramForeignKey(Participation, related_name="+")

    class Meta(ProgramModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "accrual"], name="accrual_invoiced_once")]
