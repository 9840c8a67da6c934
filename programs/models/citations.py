"""What authorities found: citations of employers, matched to suppliers by a person."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.models.participations import Participation
from wsr.tenancy.models import ProgramForeignKey, ProgramModel


class Citation(ProgramModel):
    """One act of enforcement as a public authority lists it. Whom it concerns is `supplier` once a person has said so.

    Names of private persons are not kept. Paid, appealed and withdrawn are as the list says; null where it says nothing.
    """

    supplier = ProgramForeignKey(Participation, related_name="citations", null=True, blank=True)
    identity = models.CharField(max_length=64, editable=False)
    number = models.CharField(_("number"), max_length=60, blank=True)
    legal_name = models.CharField(_("legal name"), max_length=300)
    trade_name = models.CharField(_("trade name"), max_length=300, blank=True)
    name_key = models.CharField(max_length=300, editable=False)
    cited_on = models.DateField(_("date"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    is_paid = models.BooleanField(_("paid"), null=True)
    is_withdrawn = models.BooleanField(_("withdrawn"), null=True)
    is_appealed = models.BooleanField(_("appealed"), null=True)
    is_affirmed = models.BooleanField(_("affirmed"), null=True)
    hearing_on = models.DateField(_("hearing"), null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(ProgramModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "identity"], name="citation_once"),
            models.CheckConstraint(
                name="citation_amount_has_currency", condition=Q(amount=None) | ~Q(currency="")
            ),
        ]
        indexes = [models.Index(fields=["program", "supplier", "-cited_on"], name="citation_of_supplier")]

    def __str__(self) -> str:
        return self.number or self.legal_name
