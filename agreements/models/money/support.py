"""Financial support other than the premium."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.models.money import columns
from agreements.money.enums import SupportForm
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class Support(ProgramModel):
    """A loan, a prepayment, a better price, a commitment to orders or money that a brand gives a supplier. Private to the two and staff.

    It holds once both sides have confirmed it.
    """

    brand = ProgramForeignKey(Participation, related_name="+")
    supplier = ProgramForeignKey(Participation, related_name="+")
    form = models.CharField(_("form"), max_length=20, choices=SupportForm.choices)
    currency = columns.currency()
    amount = columns.amount(_("amount"))
    terms = models.TextField(_("terms"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="support_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="support_has_currency", condition=columns.is_currency()),
            models.CheckConstraint(name="support_form_known", condition=Q(form__in=SupportForm.values)),
            models.CheckConstraint(name="support_between_two", condition=~Q(brand=F("supplier"))),
            models.CheckConstraint(
                name="support_ends_after_start", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_form_display()} {self.amount} {self.currency}"


class SupportConfirmation(ProgramModel):
    """One side confirms a record of support. A side can speak only for itself, and once."""

    support = ProgramForeignKey(Support, related_name="confirmations")
    participation = ProgramForeignKey(Participation, related_name="+")
    brand = ProgramForeignKey(Participation, related_name="+")
    supplier = ProgramForeignKey(Participation, related_name="+")
    confirmed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "support", "participation"], name="support_confirmed_once"
            ),
            models.CheckConstraint(
                name="support_confirmed_by_a_side",
                condition=Q(participation=F("brand")) | Q(participation=F("supplier")),
            ),
        ]
