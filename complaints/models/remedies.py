"""What is owed to workers after a finding, to how many of them, and which of them got it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.models.money import columns
from complaints.enums import Got, OwedBy, RemedyKind
from complaints.models.complaints import Complainant, OfComplaint
from wsr.accounts.models import Person
from wsr.files.models import SealedFile
from wsr.tenancy.models import ProgramForeignKey


class Remedy(OfComplaint):
    """Something that is owed to one or more workers, until a day. In the vault: `words`, which the worker reads. What shows that it was paid
    (`proof`) may name workers: sealed with the case, for its circle.

    Amounts of money are whole minor units of their currency; the shares of a remedy add up to it, at the latest at the end of the transaction
    (a trigger). Dropped with a reason, never deleted.
    """

    ordinal = models.PositiveSmallIntegerField()
    kind = models.CharField(_("what"), max_length=20, choices=RemedyKind.choices)
    owed_by = models.CharField(_("owed by"), max_length=20, choices=OwedBy.choices)
    due_on = models.DateField(_("due"))
    worker_count = models.PositiveSmallIntegerField(_("workers"))
    currency = columns.currency(blank=True, default="")
    amount = columns.amount(_("amount"), null=True, blank=True)
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    paid_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, help_text="Who recorded it."
    )
    proof = ProgramForeignKey(SealedFile, related_name="+", null=True, blank=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)

    class Meta(OfComplaint.Meta):
        ordering = ("ordinal",)
        constraints = [
            models.UniqueConstraint(fields=["program", "complaint", "ordinal"], name="remedy_once"),
            models.CheckConstraint(name="remedy_kind_known", condition=Q(kind__in=RemedyKind.values)),
            models.CheckConstraint(name="remedy_owed_by_known", condition=Q(owed_by__in=OwedBy.values)),
            models.CheckConstraint(name="remedy_of_workers", condition=Q(worker_count__gt=0)),
            models.CheckConstraint(
                name="remedy_money_has_amount",
                condition=(Q(kind=RemedyKind.MONEY, amount__gt=0) & columns.is_currency())
                | (~Q(kind=RemedyKind.MONEY) & Q(amount=None, currency="")),
            ),
            models.CheckConstraint(
                name="remedy_paid_by_somebody",
                condition=Q(paid_at=None, paid_by=None) | Q(paid_at__isnull=False, paid_by__isnull=False),
            ),
            models.CheckConstraint(
                name="remedy_dropped_by_somebody",
                condition=Q(dropped_at=None, dropped_by=None)
                | Q(dropped_at__isnull=False, dropped_by__isnull=False),
            ),
        ]

    @property
    def is_owed(self) -> bool:
        """Neither reported as paid or done nor dropped."""
        return self.paid_at is None and self.dropped_at is None


class RemedyShare(OfComplaint):
    """What one worker is owed of a remedy, and whether she got it. Those who complain are known; of others there is a number only."""

    remedy = ProgramForeignKey(Remedy, related_name="shares")
    ordinal = models.PositiveSmallIntegerField()
    complainant = ProgramForeignKey(Complainant, related_name="shares", null=True)
    amount = columns.amount(null=True)
    got = models.CharField(max_length=3, choices=Got.choices, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, help_text="None: the worker herself."
    )

    class Meta(OfComplaint.Meta):
        ordering = ("ordinal",)
        constraints = [
            models.UniqueConstraint(fields=["program", "remedy", "ordinal"], name="remedy_share_once"),
            models.UniqueConstraint(
                fields=["program", "remedy", "complainant"],
                condition=Q(complainant__isnull=False),
                name="remedy_share_of_complainant_once",
            ),
            models.CheckConstraint(name="remedy_share_positive", condition=Q(amount=None) | Q(amount__gt=0)),
            models.CheckConstraint(
                name="remedy_share_answered",
                condition=Q(got="", answered_at=None, answered_by=None)
                | Q(got__in=Got.values, answered_at__isnull=False),
            ),
        ]
